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

from data_figures import beats_table, chroma_table, matched_line, synthesis_table
from quality_figures import chance_table, confusion_tables, long_quality_table, short_quality_table, worst_scores
from scoring_figures import attacks_table, evolution_table, scoring_speed_table, spearman_table
from token_figures import (
    short_tokens_table,
    token_collections_table,
    token_learning_table,
    token_music_table,
    tokens_table,
)

from transformers_abc.notation import reader, repeats
from transformers_abc.notation.diagnostics import CODES, MAX_DIAGNOSTICS
from transformers_abc.notation.reading import bar_reader, length_reader, lexer, mark_reader, tune_reader, voice_reader

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


def notation_table() -> str:
    """How fast ABC is read, beside everything else that reads it."""
    results = _results("notation")
    rows = ["| | tunes a second (3 runs) | notes a second | notes found | memory | does not give |", "|---|---|---|---|---|---|"]
    for name, row in results["engines"].items():
        speed = row["tunes_per_s"]
        memory = "" if name.startswith("abc2midi") else f"{row['peak_mb']} MB"  # a program that is called is not in the figure
        cells = (
            f"{name} {'' if name.startswith('transformers_abc') else row['version'].split()[0]}".strip(),
            f"{speed['median']:.0f} ({speed['min']:.0f} to {speed['max']:.0f})",
            f"{row['notes_per_s']:,}",
            f"{row['notes']:,}" + (f" in {row['tunes']} tunes" if row["tunes"] != results["sample"]["tunes"] else ""),
            memory,
            "; ".join(filter(None, [row["skips"], f"failed on {row['tunes_failed']} of the tunes" if row["tunes_failed"] else ""])),
        )
        rows.append(f"| {' | '.join(cells)} |")
    sample = results["sample"]
    note = f"The same {sample['tunes']:,} tunes ({sample['kilobytes']:.0f} kB) for all, one process each, by processor time."
    return "\n".join(rows) + f"\n\n{note}\n"


def notation_long_table() -> str:
    """Milliseconds a kB on long and on hostile texts."""
    results = _results("notation")
    names = list(dict.fromkeys(name for row in results["long"].values() for name in row))
    rows = ["| ms a kB | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for label, row in results["long"].items():
        rows.append(f"| {label} | {' | '.join(_long_cell(row[name]) for name in names)} |")
    hostile = results["hostile"]
    worst = f'the worst, "{hostile["worst"]}", takes {hostile["worst_ms_per_kb"]:.1f} ms a kB, the median {hostile["median_ms_per_kb"]:.1f}'
    return "\n".join(rows) + f"\n\nOf {hostile['texts']} hostile texts {worst} (texts below 1 kB count as 1 kB).\n"


def _long_cell(figure: dict) -> str:
    if "ms_per_kb" not in figure:
        return f"no end in {figure['gave_up_after_s']} s"
    return "fails" if figure["fails"] else f"{figure['ms_per_kb']:.1f} ({figure['notes']:,} notes)"


def fuzzing_table() -> str:
    """How often each property was tried on mutated tunes."""
    counter = json.loads((ROOT / "tests" / "fuzz" / "executions.json").read_text(encoding="utf-8"))
    rows = ["| property | executions |", "|---|---|", *(f"| `{name}` | {count:,} |" for name, count in counter["targets"].items())]
    bad_cases = sum(1 for _ in (ROOT / "tests" / "fuzz" / "bad_cases").glob("*.abc"))
    return "\n".join(rows) + f"\n\n{counter['total']:,} executions in {len(counter['runs'])} runs; {bad_cases} bad cases kept as tests.\n"


def oracles_table() -> str:
    """On how many tunes the oracles play what we read."""
    results = _results("oracles")
    rows = ["| oracle | version | tunes | agree | share |", "|---|---|---|---|---|"]
    for oracle, agree in results["agree"].items():
        version = results["versions"][oracle].split()[0]
        rows.append(f"| {oracle} | {version} | {results['tunes']:,} | {agree:,} | {agree / results['tunes']:.2%} |")
    signs = f"{results['decorations']:,} decorations and {results['grace_notes']:,} grace notes"
    note = (
        f"{results['notes']:,} notes as they are played, of the corpus of {results['versions']['corpus']}. Not compared: {signs}, which is "
        f"{results['excluded_share']:.1%} of the notes. "
        f"abc2midi was told where repeats start in {results['tunes_with_repeat_starts_written']} tunes; without that it agrees on "
        f"{results['agree_as_written']:,} ({results['agree_as_written'] / results['tunes']:.2%})."
    )
    return "\n".join(rows) + f"\n\n{note}\n"


def oracle_kinds_table() -> str:
    """What the disagreements are, and who is right by the standard."""
    rows = ["| against | tunes | kind | what happens | who is right | the other oracle | for example |", "|---" * 7 + "|"]
    for row in _results("oracles")["kinds"]:
        other = ", ".join(f"{name} {count}" for name, count in sorted(row["other_oracle"].items(), key=lambda item: -item[1]))
        examples = ", ".join(f"`{name}`" for name in row["examples"][:2])
        what = row["what"].replace("|", "\\|")
        rows.append(f"| {row['oracle']} | {row['tunes']} | {row['kind']} | {what} | {row['right']} | {other} | {examples} |")
    return "\n".join(rows) + "\n"


def oracle_cases_table() -> str:
    """Which small cases are played otherwise than the standard says."""
    results = _results("oracles")
    rows = ["| by | what it does | cases |", "|---|---|---|"]
    for row in results["deviations"]:
        reason = row["reason"].replace("|", "\\|")
        rows.append(f"| {row['oracle']} | {reason} | {len(row['cases'])} |")
    number, constructs = results["cases"]["number"], results["cases"]["constructs"]
    note = f"Of {number} cases of {constructs} constructs; all others are played by both as the standard says."
    return "\n".join(rows) + f"\n\n{note}\n"


def round_trips_table() -> str:
    """How much music comes back as it was."""
    rows = ["| through | music | identical |", "|---|---|---|"]
    for name, row in _results("round_trips").items():
        rows.append(f"| {name} | {row['n']:,} {row['what']} | {row['identical']:,} |")
    return "\n".join(rows) + "\n"


def diagnostics_table() -> str:
    """Every code of the ABC reader."""
    rows = ["| code | severity | meaning |", "|---|---|---|"]
    rows += [f"| `{code}` | {severity} | {meaning} |" for code, (severity, meaning) in sorted(CODES.items())]
    return "\n".join(rows) + "\n"


def limits_table() -> str:
    """The bounds within which any text is read."""
    limits = {
        "characters of one tune": reader.MAX_TUNE_CHARACTERS,
        "voices": tune_reader.MAX_VOICES,
        "bars": bar_reader.MAX_BARS,
        "bars of multi-bar rests, beside one for each character of the tune": bar_reader.MAX_REST_BARS,
        "whole notes in a tune": voice_reader.MAX_TUNE_TICKS // length_reader.TICKS_WN,
        "whole notes in one written note": length_reader.MAX_VALUE_TICKS // length_reader.TICKS_WN,
        "digits of a length": lexer.MAX_LENGTH_DIGITS,
        "p or q of a tuplet": length_reader.MAX_TUPLET,
        "notes of a tuplet": length_reader.MAX_TUPLET_NOTES,
        "depth of broken rhythm": length_reader.MAX_BROKEN,
        "open slurs": mark_reader.MAX_OPEN_SLURS,
        "passes of a repeat": lexer.MAX_PASSES,
        "verses and lines of symbols": tune_reader.MAX_LINES_BELOW,
        "notes, marks and bars when repeats are played out": repeats.MAX_PLAYED_EVENTS,
        "diagnostics kept": MAX_DIAGNOSTICS,
    }
    return "\n".join(["| limit | |", "|---|---|", *(f"| {name} | {value:,} |" for name, value in limits.items())]) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "quality": quality_table,
    "quality_short": short_quality_table,
    "quality_long": long_quality_table,
    "quality_chance": chance_table,
    "quality_worst": worst_scores,
    "quality_confusions": confusion_tables,
    "speed": speed_table,
    "commands": commands_table,
    "excerpts": excerpt_scores,
    "example": example_score,
    "notation": notation_table,
    "notation_long": notation_long_table,
    "fuzzing": fuzzing_table,
    "oracles": oracles_table,
    "round_trips": round_trips_table,
    "diagnostics": diagnostics_table,
    "limits": limits_table,
    "oracle_kinds": oracle_kinds_table,
    "oracle_cases": oracle_cases_table,
    "attacks": attacks_table,
    "evolution": evolution_table,
    "spearman": spearman_table,
    "scoring": scoring_speed_table,
    "chroma": chroma_table,
    "beats": beats_table,
    "matched": matched_line,
    "synthesis": synthesis_table,
    "tokens": tokens_table,
    "tokens_short": short_tokens_table,
    "tokens_music": token_music_table,
    "tokens_collections": token_collections_table,
    "token_learning": token_learning_table,
}

if __name__ == "__main__":
    sys.exit(main())
