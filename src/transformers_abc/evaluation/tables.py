"""Tables in plain text and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from transformers_abc.evaluation.figures import LABELS
from transformers_abc.evaluation.summary import Figure, Summary

NOTHING = "–"
LEAST_TIMED_S = 0.01  # below, nothing was transcribed: the text was there already


def shown(value: float | None) -> str:
    """Three decimals, as all figures are shown."""
    return NOTHING if value is None else f"{value:.3f}"


def shown_interval(interval: tuple[float, float] | None) -> str:
    return NOTHING if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def plain_table(rows: Sequence[Sequence[str]]) -> str:
    """Columns under each other; the first row is the head, the first column stands left and the others right.

    >>> print(plain_table([["sample", "loss"], ["jig", "0.250"]]))
    sample   loss
    jig     0.250
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """As GitHub reads it; what would end a cell or begin a tag is escaped."""
    head, *body = [[_markdown_cell(cell) for cell in row] for row in rows]
    ruler = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *body))


def figure_rows(summary: Summary) -> list[list[str]]:
    """The head and a row for each figure that is known."""
    rows = [["", "mean", "95 % interval", "spread over runs", "samples"]]
    for name, label in LABELS.items():
        figure = summary.figures[name]
        if figure is not None:
            rows.append([label, *_figure_cells(figure)])
    return rows


def verdict(summary: Summary) -> str:
    """What was counted, in a sentence or two."""
    total = len(summary.samples) * summary.runs
    kinds = f"{summary.unreadable} unreadable, {summary.failed} of these failed" if summary.unreadable else "all readable"
    text = f"{counted(len(summary.samples), 'sample')}, {counted(summary.runs, 'run')}, {counted(total, 'transcription')}: {kinds}."
    if summary.skipped:
        text += f" {counted(len(summary.skipped), 'sample')} left out: the reference is broken."
    if summary.seconds < LEAST_TIMED_S:
        return text
    speed = f", {summary.times_real_time:.1f} times real time" if summary.times_real_time is not None else ""
    return f"{text} {summary.seconds:.2f} s a transcription{speed}."


def counted(number: int, thing: str) -> str:
    """Such as ``2 runs``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _figure_cells(figure: Figure) -> list[str]:
    return [shown(figure.mean), shown_interval(figure.interval), shown(figure.spread), str(figure.n)]


def _markdown_cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
