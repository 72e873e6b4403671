"""Pictures of a report as inline SVG and HTML: where the losses lie, and piano rolls.

They are drawn as text, not by a plotting library, so that they take the colours of the page (light or dark) and its width, and so that the
same figures give the same bytes. Classes stand in `report_style`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from transformers_abc.evaluation.differences import ColouredNote, NoteKind

HISTOGRAM_BINS = 20
MAX_DRAWN_NOTES = 3000
_ROLL_WIDTH, _ROW_HEIGHT = 1000.0, 6.0
_LEAST_PITCHES = 18
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
_MOST_TICKS = 8


def strip(values: Sequence[float], mean: float) -> str:
    """One row between 0 and 1: a dot for each sample, the middle half as a box with the median, and the mean as a diamond."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    dots = "".join(f'<i class="dot" style="left:{100 * value:.2f}%"></i>' for value in values)
    return (
        f'<div class="strip" role="img" aria-label="mean {mean:.3f}, median {middle:.3f}, middle half {low:.3f} to {high:.3f}">'
        f'<div class="lane"><i class="box" style="left:{100 * low:.2f}%;width:{100 * (high - low):.2f}%"></i>{dots}'
        f'<i class="median" style="left:{100 * middle:.2f}%"></i><i class="mean" style="left:{100 * mean:.2f}%"></i></div></div>'
    )


def histogram(values: Sequence[float], label: str) -> str:
    """How many samples have which loss, in bars from 0 to 1."""
    counts, _ = np.histogram(np.clip(values, 0.0, 1.0), bins=HISTOGRAM_BINS, range=(0.0, 1.0))
    most = max(int(counts.max()), 1)
    bars = "".join(
        f'<i class="{"bar" if count else "bar none"}" style="height:{100 * count / most:.1f}%" '
        f'title="{place / HISTOGRAM_BINS:.2f} to {(place + 1) / HISTOGRAM_BINS:.2f}: {count}"></i>'
        for place, count in enumerate(counts)
    )
    return (
        f'<figure class="histogram"><figcaption>{escape(label)} (tallest bar: {most})</figcaption><div class="bars">{bars}</div>'
        f'<div class="axis"><span>0</span><span>0.5</span><span>1</span></div></figure>'
    )


def piano_rolls(prediction: Sequence[ColouredNote], reference: Sequence[ColouredNote]) -> str:
    """Two rolls, the reference's above, over the same seconds and pitches.

    A prediction that goes on much longer than its reference is cut at twice its length. Without any note there is no picture.
    """
    if not prediction and not reference:
        return ""
    end_s = max((note.end_s for note in reference), default=1.0)
    drawn_s = max(end_s, min(max((note.end_s for note in prediction), default=0.0), 2 * end_s))
    lowest, highest = _range([*reference, *(note for note in prediction if note.onset_s < drawn_s)])
    rolls = [_roll(name, notes, drawn_s, lowest, highest) for name, notes in (("reference", reference), ("prediction", prediction))]
    return f'<div class="rolls">{"".join(rolls)}{_time_axis(drawn_s)}</div>'


def _range(notes: Sequence[ColouredNote]) -> tuple[int, int]:
    """The lowest and highest pitch drawn; a margin, and not too few."""
    lowest, highest = min(note.pitch_midi for note in notes) - 1, max(note.pitch_midi for note in notes) + 1
    lacking = max(0, _LEAST_PITCHES - (highest - lowest + 1))
    return lowest - lacking // 2, highest + (lacking + 1) // 2


def _roll(name: str, notes: Sequence[ColouredNote], drawn_s: float, lowest: int, highest: int) -> str:
    height = (highest - lowest + 1) * _ROW_HEIGHT
    scale = _ROLL_WIDTH / drawn_s
    shapes = [
        f'<line class="octave" x1="0" x2="{_ROLL_WIDTH:.0f}" y1="{y:.0f}" y2="{y:.0f}"/>'
        for y in ((highest - pitch + 1) * _ROW_HEIGHT for pitch in range(lowest, highest + 1) if pitch % 12 == 0)
    ]
    drawn = [note for note in notes if note.onset_s < drawn_s][:MAX_DRAWN_NOTES]
    for note in drawn:
        width = max((min(note.end_s, drawn_s) - note.onset_s) * scale - 1.2, 1.5)  # a gap, so that repeated notes can be told apart
        y = (highest - note.pitch_midi) * _ROW_HEIGHT
        shapes.append(
            f'<rect class="{note.kind}" x="{note.onset_s * scale:.1f}" y="{y + 0.5:.1f}" '
            f'width="{width:.1f}" height="{_ROW_HEIGHT - 1:.1f}"/>'
        )
    same = sum(note.kind is NoteKind.SAME for note in notes)
    cut = "" if len(drawn) == len(notes) else f" (the first {len(drawn)} drawn)"
    told = f"{name}: {len(notes)} notes, {len(notes) - same} differ{cut}"
    return (
        f'<figure class="roll"><figcaption>{told}</figcaption>'
        f'<svg viewBox="0 0 {_ROLL_WIDTH:.0f} {height:.0f}" preserveAspectRatio="none" role="img" aria-label="{told}">'
        f"{''.join(shapes)}</svg></figure>"
    )


def _time_axis(drawn_s: float) -> str:
    step = next((step for step in _TICKS_S if drawn_s / step <= _MOST_TICKS), drawn_s)
    ticks = np.arange(0.0, drawn_s * 0.93, step)
    return (
        '<div class="seconds">'
        + "".join(f'<span style="left:{100 * tick / drawn_s:.2f}%">{tick:.0f} s</span>' for tick in ticks)
        + "</div>"
    )
