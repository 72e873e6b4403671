"""Write measured figures into the documents, between their markers.

    python benchmarks/figures.py

A block ``<!-- figures:NAME -->`` ... ``<!-- /figures -->`` of README.md, the cards or docs/ is replaced by the table NAME, which is made
from docs/results/*.json. ``--check`` changes nothing and fails where a document is out of date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results"
SETS = {
    "synthetic": "synthetic clips of works and timbres not trained on, instruments of the training SoundFont, {n} of 10 s",
    "01_Jupiter_vn_vc": "URMP 01 Jupiter, violin and cello, real",
    "12_Spring_vn_vn_vc": "URMP 12 Spring, two violins and cello, real",
}


def main() -> int:
    """Update every document, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="only tell whether documents are up to date")
    options = parser.parse_args()
    stale = []
    for path in [ROOT / "README.md", *sorted((ROOT / "hub_cards").rglob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        updated = re.sub(r"(<!-- figures:(\w+) -->\n).*?(<!-- /figures -->)", lambda m: m[1] + TABLES[m[2]]() + m[3], text, flags=re.DOTALL)
        if updated != text:
            stale.append(path)
            if not options.check:
                path.write_text(updated, encoding="utf-8")
    for path in stale:
        print(("out of date: " if options.check else "updated: ") + str(path.relative_to(ROOT)), file=sys.stderr)
    return 1 if options.check and stale else 0


def _results(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def quality_table() -> str:
    """Onset F1 beside the baseline's."""
    rows = ["| | tolerance | transformers_abc | basic-pitch 0.4 |", "|---|---|---|---|"]
    for name, row in _results("transcribe")["quality"].items():
        label = SETS.get(name, name).format(n=row["n"])
        rows.append(f"| {label} | {row['tolerance_s'] * 1000:.0f} ms | {_f1(row['transformers_abc'])} | {_f1(row.get('basic_pitch'))} |")
    return "\n".join(rows) + "\n"


def _f1(figures: dict | None) -> str:
    if figures is None:
        return "not run"
    interval = figures.get("interval_95")
    return f"{figures['onset_f1']:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def speed_table() -> str:
    """Speed and memory by length of the recording."""
    results = _results("transcribe")
    rows = ["| recording | times real time | start-up | peak memory |", "|---|---|---|---|"]
    for name, row in results["speed"].items():
        rows.append(f"| {name} | {row['times_real_time']:.0f} | {row['start_s']:.1f} s | {row['peak_mb'] / 1000:.2f} GB |")
    return "\n".join(rows) + f"\n\nOn {results['machine']['cpus']} cores, no GPU.\n"


def commands_table() -> str:
    """Wall time of the two commands."""
    results = _results("commands")
    rows = ["| command | first run | second run |", "|---|---|---|"]
    rows += [
        f"| `make {command}` | {results[f'{command}_first_s']} s | {results[f'{command}_second_s']} s |" for command in ("demo", "test")
    ]
    note = f"On {results['cpus']} cores; the first runs install torch and the other packages, from pip's cache where they are in it."
    return "\n".join(rows) + f"\n\n{note}\n"


def excerpt_scores() -> str:
    """What was written of the real excerpts."""
    quality = _results("transcribe")["quality"]
    return "\n".join(f"{SETS[name].format()}:\n\n```\n{row['abc']}```\n" for name, row in quality.items() if "abc" in row)


def example_score() -> str:
    """What the demo prints."""
    return f"```\n{_results('transcribe')['examples']['greensleeves']}```\n"


TABLES: dict[str, Callable[[], str]] = {
    "quality": quality_table,
    "speed": speed_table,
    "commands": commands_table,
    "excerpts": excerpt_scores,
    "example": example_score,
}

if __name__ == "__main__":
    sys.exit(main())
