"""All tunes and cases against both oracles.

- ``make oracles``: the same, with everything that is needed.
- ``cd tests && python -m oracles [--show KIND]``: write docs/results/oracles.json; with --show, name the tunes of a kind.
- ``cd tests && python -m oracles --fix``: choose anew the tunes that CI compares, into fixed_tunes.txt.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from . import abc2midi, abcjs, corpus
from .cases import CASES, DEVIATIONS
from .comparison import Comparison, compare, played_by_us
from .fixing import fixed_choice
from .kinds import ABC2MIDI, ABCJS
from .places import RESULTS, memory_path
from .preparation import prepare
from .sounding import differences

EXAMPLES = 3


def main() -> int:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--show", metavar="KIND", help="name the tunes of a kind of disagreement, and where they differ first")
    parser.add_argument("--fix", action="store_true", help="choose anew the tunes that CI compares")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the figures go")
    options = parser.parse_args()
    folder = corpus.folder()
    if folder is None or abc2midi.version() is None or abcjs.version() is None:
        print("an oracle is missing: run tests/oracles/install, and install Debian's abcmidi", file=sys.stderr)
        return 2
    tunes = list(corpus.tunes(folder))
    if options.fix:
        corpus.FIXED.write_text("".join(f"{name}\n" for name in fixed_choice(tunes)), encoding="utf-8")
        return 0
    comparison = compare(tunes, memory_path())
    results = summary(comparison)
    options.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for kind in results["kinds"]:
        print(f"{kind['oracle']:9} {kind['tunes']:4} {kind['kind']}: {', '.join(kind['examples'])}")
    for oracle, findings in comparison.findings.items():
        for finding in findings:
            if finding.kind.name == options.show:
                print(f"{oracle}: {finding.tune}: {finding.first} (eighths; the other oracle: {finding.arbiter})")
        print(f"{oracle} agrees on {comparison.agreement(oracle):.2%} of {len(tunes)} tunes")
    return 0


def summary(comparison: Comparison) -> dict[str, Any]:
    """What docs/results/oracles.json holds."""
    decorations = sum(text.decorations for text in comparison.prepared)
    grace_notes = sum(text.grace_notes for text in comparison.prepared)
    return {
        "versions": {"abc2midi": abc2midi.version(), "abcjs": abcjs.version(), "corpus": corpus.version()},
        "tunes": len(comparison.tunes),
        "notes": comparison.notes,
        "decorations": decorations,
        "grace_notes": grace_notes,
        "excluded_share": round((decorations + grace_notes) / (comparison.notes + grace_notes), 4),
        "tunes_with_repeat_starts_written": sum(text.repeat_starts > 0 for text in comparison.prepared),
        "agree_as_written": _agree_without_repeat_starts(comparison),
        "read_s": round(comparison.read_s, 1),
        "agree": {oracle: len(comparison.tunes) - len(found) for oracle, found in comparison.findings.items()},
        "kinds": [row for oracle, kinds in (("abc2midi", ABC2MIDI), ("abcjs", ABCJS)) for row in _kind_rows(comparison, oracle, kinds)],
        "cases": {"number": len(CASES), "constructs": len({case.name.partition(":")[0] for case in CASES})},
        "deviations": [{"oracle": it.oracle, "reason": it.reason, "cases": list(it.cases)} for it in DEVIATIONS],
        "disagreements": {oracle: {it.tune: it.kind.name for it in found} for oracle, found in comparison.findings.items()},
    }


def _agree_without_repeat_starts(comparison: Comparison) -> int:
    """On how many tunes abc2midi agrees whose copy is not told where repeats start."""
    told = [tune for tune, text in zip(comparison.tunes, comparison.prepared, strict=True) if text.repeat_starts]
    answers = abc2midi.play([prepare(tune.text, writes_repeat_starts=False).text for tune in told], memory_path())
    agree = [differences(played_by_us(tune.text), answer["notes"]) == ([], []) for tune, answer in zip(told, answers, strict=True)]
    differ = {finding.tune for finding in comparison.findings["abc2midi"]} - {tune.name for tune in told}
    return len(comparison.tunes) - len(differ) - agree.count(False)


def _kind_rows(comparison: Comparison, oracle: str, kinds: Any) -> list[dict[str, Any]]:
    rows = []
    for kind in kinds:
        found = [finding for finding in comparison.findings[oracle] if finding.kind is kind]
        if found:
            arbiter = Counter(finding.arbiter for finding in found)
            row = {"oracle": oracle, "kind": kind.name, "what": kind.what, "right": kind.right, "tunes": len(found)}
            rows.append(row | {"other_oracle": dict(arbiter), "examples": [finding.tune for finding in found[:EXAMPLES]]})
    return sorted(rows, key=lambda row: -row["tunes"])


if __name__ == "__main__":
    sys.exit(main())
