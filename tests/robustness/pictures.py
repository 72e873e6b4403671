"""Pictures for docs/scoring.md: the shape of each part's cost, and how losses grow with errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("svg")
mpl.rcParams |= {
    "svg.hashsalt": "transformers_abc",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)

from transformers_abc.notation.tune import Metre  # noqa: E402
from transformers_abc.scoring.composite import GATE_SLOPE, PRESETS  # noqa: E402
from transformers_abc.scoring.curves import step_cost, tempo_cost  # noqa: E402
from transformers_abc.scoring.fields import metre_loss  # noqa: E402

COLOURS = {"article": "#b45309", "full": "#1d4ed8"}
METADATA = {"Date": None}  # so that the same figures give the same file


def draw_curves(path: Path) -> None:
    """What a difference costs, part by part."""
    figure, axes = plt.subplots(2, 3, figsize=(10, 5.4), layout="constrained")
    share = np.linspace(0, 1, 101)
    _line(axes[0, 0], share, share, "pitch, rhythm", "share of notes to edit")
    quarters = np.linspace(0, 60, 241)
    _line(axes[0, 1], quarters, [tempo_cost(x) for x in quarters], "tempo", "difference in quarters a minute")
    steps = np.linspace(0, 4, 161)
    _line(axes[0, 2], steps, [step_cost(x) for x in steps], "steps of metre, fifths of key", "difference")
    metres = [Metre(*numbers) for numbers in ((4, 4), (2, 2), (2, 4), (3, 4), (6, 8), (9, 8), (12, 8), (5, 4))]
    _metres(axes[1, 0], metres)
    _bars(axes[1, 1], {"the same": 0.0, "same family": 0.4, "another name": 1 - 0.5 * 0.36, "none": 1.0}, "instrument")
    gate = [min(1.0, GATE_SLOPE * (1 - x)) for x in share]
    _line(axes[1, 2], share, gate, "gate of the preset full", "pitch loss")
    axes[1, 2].set_ylabel("share of other credit that counts")
    figure.savefig(path, metadata=METADATA)
    plt.close(figure)


def draw_edits(losses: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> None:
    """Mean losses against the dose of each kind of error."""
    columns = 5
    rows = -(-len(losses) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(10, 2.3 * rows), sharex=True, sharey=True, layout="constrained")
    for axis, (kind, by_preset) in zip(axes.flat, losses.items(), strict=False):
        for preset in PRESETS:
            values = by_preset[preset]
            axis.plot(np.linspace(0, 100, len(values)), values, color=COLOURS[preset], label=preset)
        axis.set_title(kind, fontsize=9)
        axis.set_ylim(-0.02, 1.02)
    axes.flat[0].legend(frameon=False)
    figure.supxlabel("errors (%)", fontsize=9)
    figure.supylabel("mean loss", fontsize=9)
    figure.savefig(path, metadata=METADATA)
    plt.close(figure)


def _line(axis: plt.Axes, x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray, title: str, label: str) -> None:
    axis.plot(x, y, color=COLOURS["full"])
    axis.set(title=title, xlabel=label, ylabel="cost", ylim=(-0.02, 1.05))


def _metres(axis: plt.Axes, metres: Sequence[Metre]) -> None:
    table = [[metre_loss(ours, theirs) for theirs in metres] for ours in metres]
    axis.imshow(table, cmap="Blues", vmin=0, vmax=1)
    names = [str(metre) for metre in metres]
    axis.set_xticks(range(len(names)), names, rotation=60)
    axis.set_yticks(range(len(names)), names)
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            axis.text(
                column,
                row,
                f"{value:.2f}"[1:] if value < 1 else "1",
                ha="center",
                va="center",
                fontsize=6,
                color="w" if value > 0.5 else "k",
            )
    axis.set_title("metre")


def _bars(axis: plt.Axes, costs: Mapping[str, float], title: str) -> None:
    axis.barh(list(costs), list(costs.values()), color=COLOURS["full"])
    axis.invert_yaxis()
    axis.set(title=title, xlabel="cost", xlim=(0, 1.05))
