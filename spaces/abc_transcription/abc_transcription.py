"""ABC transcription: how far ABC notation is from what it should be. The metric as ``evaluate`` loads it.

    evaluate.load("abc_transcription").compute(predictions=[...], references=[...])

Everything is computed by the package transformers_abc. The Space's folder holds an exact copy of this file, since the package's own is the
one that an installed wheel has. One import stands in a line, or evaluate misreads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

from transformers_abc.scoring.metric import metric_results

_DESCRIPTION = """\
The metric compares transcriptions of music in ABC notation with references, as they sound: key and accidentals applied, ties merged,
repeats played out. Voices are matched one to one at the least cost. The loss, in 0 (right) to 1, is a weighted mean of the losses of pitch,
rhythm, metre, tempo, key, instrument and form (preset "full") or of pitch, metre, tempo and instrument (preset "article"). Text is data:
whatever a model wrote is scored, and what has no music in it has the loss 1.
"""

_CITATION = """\
@software{transformers_abc,
  title = {transformers_abc: from a recording of music to ABC notation},
  author = {{The transformers_abc authors}},
  year = {2026},
  license = {Apache-2.0}
}
"""

_INPUTS_DESCRIPTION = """
Args:
    predictions (list of str): ABC texts, as a model wrote them.
    references (list of str, or of lists of str): the right ABC for each prediction, or several texts of which the nearest counts.
    preset (str): "full" (default) or "article"; whose loss `abc_transcription` is. The losses of both are always given.
    per_sample (bool): add the figures of each sample; None for one that was skipped. Default: False.
    bootstrap (bool or int): add a 95 % interval of `abc_transcription`; a number is that of its rounds (True: 2000). Default: False.
    seed (int): of the bootstrap. Default: 0.
    groups (list): what each sample belongs to, such as its piece; the bootstrap then draws whole groups. Default: None.

Returns:
    abc_transcription (float): mean loss of the preset, in 0 (right) to 1.
    reward (float): 1 less the loss.
    loss_article, loss_full (float): mean loss of each preset.
    pitch, rhythm, metre, tempo, key, instrument, form (float or None): mean of each part over the samples whose reference says something
        about it; None where none does.
    pitch_error_rate (float or None): edits of pitches over all samples, divided by notes; None without notes.
    n (int): samples scored.
    unreadable (int): predictions among them without any music, whose loss is 1.
    skipped (int): samples left out, since their references have no music.
    signature (str): what the figures depend on; figures of one signature, n aside, may be compared.
    interval_95 (list of two floats): with `bootstrap` only.
    per_sample (list of dict): with `per_sample` only.

Example:
    >>> import evaluate
    >>> metric = evaluate.load("abc_transcription")
    >>> reference = "X:1\\nM:3/4\\nL:1/4\\nQ:1/4=90\\nK:G\\nV:1 name=\\"Flute\\"\\nGAB|c2B|A3|]"
    >>> prediction = reference.replace("c2B", "c2A").replace("=90", "=100")
    >>> results = metric.compute(predictions=[prediction], references=[reference])
    >>> results["abc_transcription"], results["tempo"], round(results["pitch"], 3)
    (0.06, 0.1, 0.167)
"""


class AbcTranscription(evaluate.Metric):
    """The metric; see its `inputs_description`."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS_DESCRIPTION,
            features=[
                datasets.Features({"predictions": text, "references": datasets.Sequence(text)}),
                datasets.Features({"predictions": text, "references": text}),
            ],
            license="Apache-2.0",
            reference_urls=["https://abcnotation.com/wiki/abc:standard:v2.1"],
        )

    def _infer_feature_from_batch(self, batch: dict[str, Any]) -> datasets.Features:
        """Evaluate looks at the first sample here; without any it would fail with an IndexError, and a text would be a list of letters."""
        for name, column in batch.items():
            if isinstance(column, str):
                raise ValueError(f"{name} must be a list of texts, not one text")
            if column is None or not len(column):
                raise ValueError(f"there is nothing to score: {name} is empty")
        return super()._infer_feature_from_batch(batch)

    def _compute(
        self,
        predictions: Sequence[str | None],
        references: Sequence[str | Sequence[str | None] | None],
        preset: str = "full",
        per_sample: bool = False,
        bootstrap: bool | int = False,
        seed: int = 0,
        groups: list[Any] | None = None,
    ) -> dict[str, Any]:
        return metric_results(predictions, references, preset=preset, per_sample=per_sample, bootstrap=bootstrap, seed=seed, groups=groups)
