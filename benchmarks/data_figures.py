"""Tables of what the data is worth and what making it costs, for `figures.py`."""

from __future__ import annotations

import json
from pathlib import Path

RESULTS = Path(__file__).parent.parent / "docs" / "results"


def _results(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def chroma_table() -> str:
    """Clips of the real excerpts against their texts and against the score cut by seconds."""
    rows = ["| recording | from | seconds | text of the clip | lag | score cut by seconds |", "|---|---|---|---|---|---|"]
    for row in _results("alignment")["chroma"]:
        cells = (
            row["recording"],
            f"{row['start_s']} s",
            row["seconds"],
            f"**{row['ours']:.2f}**",
            f"{row['lag_s']} s",
            f"{row['by_seconds']:.2f}",
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows) + "\n"


def beats_table() -> str:
    """How far the beats of each text are from those played."""
    rows = ["| clip from | tempo | median | worst |", "|---|---|---|---|"]
    for row in _results("alignment")["beats"]:
        tempos = ", then ".join(f"{tempo:g}" for tempo in row["tempos"])
        rows.append(f"| {row['start_s']} s | {tempos} | {1000 * row['median_s']:.0f} ms | {1000 * row['worst_s']:.0f} ms |")
    return "\n".join(rows) + "\n"


def matched_line() -> str:
    """Matched notes of each part."""
    return ", ".join(f"{part['instrument']} {part['matched']} of {part['written']}" for part in _results("alignment")["parts"]) + "\n"
