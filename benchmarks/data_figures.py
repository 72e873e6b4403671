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
    parts = _results("alignment")["parts"]
    pairs = ", ".join(f"{part['instrument']} {part['matched']} of {part['written']}" for part in parts)
    return f"{pairs}; of these {' + '.join(str(part['changed']) for part in parts)} were played at another pitch than written.\n"


def synthesis_table() -> str:
    """Seconds of audio a second of processor time, what others need for the sound alone, and memory."""
    results = _results("synthesis")
    rows = ["| audio seconds a core second, 16 kHz | 1 voice | 4 voices | as they come |", "|---|---|---|---|"]
    for kind, label in (("with_notes", "clips with notes, sounds: {}"), ("with_text", "clips with notes and ABC: {}")):
        for name, row in results[kind].items():
            rows.append(f"| {label.format(name)} | {row['1 voices']:.0f} | {row['4 voices']:.0f} | {row['as they come']:.0f} |")
    one, four = (results["sound_alone"][voices] for voices in ("1", "4"))
    rows += [f"| *sound alone: {name}* | {one[name]:.0f} | {four[name]:.0f} | |" for name in one if name != "notes a second"]
    memory = ", ".join(f"{row['own']} MB after {minutes}" for minutes, row in results["memory_mb"].items())
    bank = results["soundfont_s"]
    notes = (
        f"{results['material']['soundfont']}, {results['material']['pieces']} scores. Memory of an hour of stream: {memory} of its own. "
        f"The SoundFont's notes take {bank['to_render']:g} s to render once and {bank['megabytes']} MB on disk, which processes share."
    )
    return "\n".join(rows) + f"\n\n{notes}\n"
