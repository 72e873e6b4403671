"""The report as Markdown: the figures, what was evaluated, and the worst cases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from transformers_abc.evaluation.figures import FIGURES, LABELS
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.summary import SampleSummary, Summary
from transformers_abc.evaluation.tables import figure_rows, markdown_table, shown, verdict

MAX_SHOWN_CHARACTERS = 3000
_MOST_FAILURES = 20


def markdown_report(summary: Summary, settings: Mapping[str, object], samples: Sequence[Sample], worst: int) -> str:
    """The whole text.

    Args:
        summary: of the evaluation.
        settings: it was made with.
        samples: of the set, for their references.
        worst: how many of the worst samples are shown.
    """
    references = {sample.id: sample.reference for sample in samples}
    parts = [
        f"# {_plain(str(settings['system']))} on {_plain(str(settings['set']))}",
        verdict(summary),
        markdown_table(figure_rows(summary)),
        "0 is right for losses, 1 for the onset F1. Signatures: " + ", ".join(f"`{text}`" for text in summary.signatures.values()) + ".",
        "## Settings",
        markdown_table([["setting", "value"], *([name, _value(value)] for name, value in settings.items())]),
        *_failures(summary),
        f"## The worst {min(worst, len(summary.samples))} of {len(summary.samples)}",
    ]
    parts += [_case(sample, references[sample.id]) for sample in summary.samples[:worst]]
    return "\n\n".join(parts) + "\n"


def fenced(text: str) -> str:
    r"""A code block that nothing in the text can end.

    >>> print(fenced("a\n```\nb"))
    ````
    a
    ```
    b
    ````
    """
    cut = text.strip()[:MAX_SHOWN_CHARACTERS] + ("\n…" if len(text.strip()) > MAX_SHOWN_CHARACTERS else "")
    longest = max((len(run) for run in re.findall(r"`+", cut)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{cut}\n{fence}"


def _case(sample: SampleSummary, reference: str) -> str:
    rows = [[LABELS[name] for name in FIGURES], [shown(sample.figures[name]) for name in FIGURES]]
    prediction = fenced(sample.shown.prediction) if sample.shown.prediction.strip() else "*nothing*"
    return "\n\n".join(
        [f"### {_plain(sample.id)}", markdown_table(rows), "Reference:", fenced(reference), f"Run {sample.shown.run} wrote:", prediction]
    )


def _failures(summary: Summary) -> list[str]:
    rows = [[sample.id, failure] for sample in summary.samples for failure in sample.failures]
    parts = []
    if rows:
        more = [] if len(rows) <= _MOST_FAILURES else [f"and {len(rows) - _MOST_FAILURES} more, see `report.json`"]
        parts += ["## Failures", markdown_table([["sample", "what happened"], *rows[:_MOST_FAILURES]]), *more]
    if summary.skipped:
        parts += ["## Left out", markdown_table([["sample", "reason"], *map(list, summary.skipped.items())])]
    return parts


def _plain(text: str) -> str:
    """Text in a heading: what Markdown or HTML would read is escaped."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _value(value: object) -> str:
    return "–" if value is None else str(value)
