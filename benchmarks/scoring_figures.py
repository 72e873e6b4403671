"""Tables of docs/scoring.md, made from docs/results/robustness.json and docs/results/scoring.json; `figures.py` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "docs" / "results"


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def attacks_table() -> str:
    """Mean losses of what was written without hearing."""
    results = _results("robustness")
    rows = ["| text | loss, `article` | loss, `full` | ms |", "|---|---|---|---|"]
    rows += [f"| {name} | {row['article']:.2f} | {row['full']:.2f} | {row['ms']:.0f} |" for name, row in results["attacks"].items()]
    poor = results["poor"]
    rows.append(f"| *a transcription with 30 % wrong pitches, median* | *{poor['article']:.2f}* | *{poor['full']:.2f}* | |")
    note = f"Means over {results['held_out']} held-out references; statistics are those of {results['training']} others."
    return "\n".join(rows) + f"\n\n{note}\n"


def evolution_table() -> str:
    """How far the evolutionary search came."""
    results = _results("robustness")
    head = "| preset | steps | loss at the start | on its training references | on held-out references (95 %) | 30 % wrong pitches |"
    rows = [head, "|---|---|---|---|---|---|"]
    for preset, row in results["evolution"].items():
        low, high = row["interval_95"]
        held_out = f"{row['held_out']:.2f} ({low:.2f} to {high:.2f})"
        rows.append(
            f"| `{preset}` | {row['steps']:,} | {row['start']:.2f} | {row['training']:.2f} | {held_out} | {results['poor'][preset]:.2f} |"
        )
    return "\n".join(rows) + "\n"


def spearman_table() -> str:
    """Correlation of the composites with note F1."""
    rows = ["| spoiled by | pairs | `article` | `full` |", "|---|---|---|---|"]
    for label, row in _results("robustness")["spearman"].items():
        rows.append(f"| {label} | {row['pairs']} | {row['article']:.2f} | {row['full']:.2f} |")
    return "\n".join(rows) + "\n"


def scoring_speed_table() -> str:
    """Pairs a second, and what share of a model's time that is."""
    results = _results("scoring")
    sizes = list(results["pairs_per_s"])
    rows = ["| pairs a second | " + " | ".join(sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for name in results["pairs_per_s"][sizes[0]]:
        rows.append(f"| {name} | " + " | ".join(f"{results['pairs_per_s'][size][name]:,.0f}" for size in sizes) + " |")
    share = {
        name: " and ".join(f"{results['model_share'][size][name]} %" for size in sizes)
        for name in ("percent_of_sequence", "percent_of_batch")
    }
    ((degenerate, milliseconds),) = results["degenerate_ms"].items()
    notes = (
        f"One process, by processor time; {degenerate}: {milliseconds} ms. Beside a 7B model that writes 50 tokens a second and sequence, "
        f"in a batch of 64: scoring a text takes {share['percent_of_sequence']} of the time that its sequence takes; scoring the whole "
        f"batch on one core {share['percent_of_batch']} of the time that the batch takes, which worker processes divide."
    )
    return "\n".join(rows) + f"\n\n{notes}\n"
