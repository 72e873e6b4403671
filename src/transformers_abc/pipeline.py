"""The task "music-transcription" of transformers' pipelines.

    import transformers_abc
    from transformers import pipeline

    transcriber = pipeline("music-transcription")
    print(transcriber("quartet.ogg")["abc"])

Importing this module makes the task known. `import transformers_abc` does so as soon as something loads the pipelines (see `registration`),
which is why what hears is loaded only when something is to be heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import AutoModel
from transformers.pipelines import PIPELINE_REGISTRY
from transformers.pipelines.base import ChunkPipeline

if TYPE_CHECKING:
    from transformers_abc.data.audio import Recording
    from transformers_abc.models.feature_extraction import AbcFeatureExtractor
    from transformers_abc.models.listener import AbcListener

TASK = "music-transcription"
DEFAULT_MODEL = Path(__file__).parent / "models" / "default_listener"


@dataclass(frozen=True)
class _About:
    """What is known of a recording when it has been read up to some window: what `read_notes` asks of it, without the recording."""

    path: Path
    duration_s: float
    peak: float


class MusicTranscriptionPipeline(ChunkPipeline):
    """From recordings of music to ABC.

    Args:
        model: an `AbcListener`, the packaged one by default.
        feature_extractor: that of the model's configuration by default.
        device, dtype, batch_size: as for every pipeline. What is batched are windows, of a recording and of the next one. Weights that are
            stored in float16 are computed in float32 on a CPU unless `dtype` says otherwise.

    A recording gives a dict, which `json.dumps` takes:

    - ``"abc"``: the score as ABC text. There is no ``"text"`` beside it: it would say the same again.
    - ``"notes"``: as they were heard, each with ``onset_s``, ``offset_s``, ``pitch_midi``, ``confidence`` and ``instrument`` (its name).
    - ``"duration_s"``: length of the recording, in seconds.
    """

    model: AbcListener
    feature_extractor: AbcFeatureExtractor  # type: ignore[assignment]

    _load_tokenizer = False  # type: ignore[assignment]
    _load_processor = False  # type: ignore[assignment]
    _load_image_processor = False  # type: ignore[assignment]
    _load_video_processor = False  # type: ignore[assignment]
    _load_feature_extractor = None  # without one, the model's configuration says all

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wanted_dtype = kwargs.get("dtype")
        super().__init__(*args, **kwargs)
        if self.model.config.model_type != "abc_listener":
            raise TypeError(f"{TASK} needs an AbcListener, got {type(self.model).__name__}")
        import torch

        from transformers_abc.models.feature_extraction import AbcFeatureExtractor

        stored_in_half = self.model.dtype == torch.float16 and wanted_dtype in (None, "auto")
        if stored_in_half and self.device.type == "cpu":
            self.model.float()
        self.model.eval().to(memory_format=torch.channels_last)
        if self.feature_extractor is None:
            self.feature_extractor = AbcFeatureExtractor.for_listener(self.model.config)

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # nothing else by position
        """Transcribe one recording or several.

        Args:
            inputs: a path, the bytes of an audio file, an array of mono float samples at the model's rate (16 kHz), ``{"array" or "raw":
                samples, "sampling_rate": ...}`` at any rate, a row of `datasets` with ``Audio(decode=False)``; or a list, a generator, a
                torch dataset (such as a `KeyDataset`) or an `IterableDataset` of `datasets` of these. Of other iterators and of tables of
                `datasets` make a generator: to transformers they are one recording.
            title: of the tunes; by default the file's name, where there is one.
            interleave: see `notation.writer.write_abc`.
            batch_size: windows that are heard together.

        Returns:
            A dict; of a list a list of them, when all are ready; of a generator or dataset an iterator that reads one recording after the
            other and gives each result as soon as it is ready.

        Raises:
            TypeError: something is no recording.
            transformers_abc.data.audio.AudioError: a recording is missing, damaged, too short, not mono (arrays only), ...
        """
        if isinstance(inputs, list) and not inputs:
            return []
        return super().__call__(inputs, **kwargs)

    def _sanitize_parameters(  # type: ignore[override]  # what is not known is an error
        self, *, title: str | None = None, interleave: bool | None = None
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        given = {"title": title, "interleave": interleave}
        return {}, {}, {name: value for name, value in given.items() if value is not None}

    def preprocess(self, input_: Any) -> Iterator[dict[str, Any]]:  # type: ignore[override]  # chunks: one dict a window
        import torch

        from transformers_abc.data.given_audio import opened
        from transformers_abc.listening import windows_of

        rate = self.model.config.sampling_rate
        given = input_.detach().cpu().numpy() if isinstance(input_, torch.Tensor) else input_
        with opened(given, rate) as recording:
            windows = windows_of(recording, rate)
            window = next(windows)
            for following in windows:
                yield {"window": window, "about": _about(recording), "is_last": False}
                window = following
            yield {"window": window, "about": _about(recording), "is_last": True}

    def _forward(self, input_tensors: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        from transformers_abc.listening import listen

        windows = input_tensors.pop("window")
        batched = isinstance(windows, list)
        heard = listen(self.model, self.feature_extractor, windows if batched else [windows])
        return {"posteriors": heard if batched else heard[0], **input_tensors}

    def postprocess(self, model_outputs: list[dict[str, Any]], title: str | None = None, interleave: bool = False) -> dict[str, Any]:  # type: ignore[override]
        from transformers_abc.data.given_audio import NAMELESS
        from transformers_abc.listening import note_rows, read_notes
        from transformers_abc.notation.writer import write_abc
        from transformers_abc.score_writer.writing import write_score

        about = model_outputs[-1]["about"]
        heard = read_notes([output["posteriors"] for output in model_outputs], about, self.model)
        if title is None:
            title = "" if about.path == NAMELESS else about.path.stem
        abc = write_abc(write_score(heard.notes, heard.duration_s, title), interleave=interleave)
        return {"abc": abc, "notes": note_rows(heard.notes), "duration_s": round(heard.duration_s, 3)}


def _about(recording: Recording) -> _About:
    return _About(recording.path, recording.duration_s, recording.peak)


def _register() -> None:
    PIPELINE_REGISTRY.register_pipeline(
        TASK, MusicTranscriptionPipeline, pt_model=AutoModel, default={"model": (str(DEFAULT_MODEL), None)}, type="audio"
    )
    # By this mark `save_pretrained` would save a copy of this module beside the weights, which then loads with trust_remote_code only.
    del MusicTranscriptionPipeline._registered_impl  # type: ignore[attr-defined]


_register()
