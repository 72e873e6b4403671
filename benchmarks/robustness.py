r"""Does the composite loss measure what it says, and can it be gamed? On real music that the searches never saw.

    python benchmarks/robustness.py --scores openscore_quartets/ --out docs/results/robustness.json --images docs/images

References: excerpts of eight bars of string quartets (by work, as training splits them) and tunes of music21's corpus (put there by
tests/oracles/install), half of either. Measured:

- growing errors of every kind (tests/robustness/edits.py): the mean loss at each dose;
- attacks (tests/robustness/attacks.py): what texts earn that were written without hearing anything;
- an evolutionary search that sees training references only, beside transcriptions with 30 % wrong pitches;
- Spearman's correlation of both composites with mir_eval's note F1, over spoiled transcriptions.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import mean, median

from scipy.stats import spearmanr

from transformers_abc.notation.sounding import sounding_events
from transformers_abc.notation.tune import Tune
from transformers_abc.scoring.compare import compare, signature
from transformers_abc.scoring.composite import PRESETS
from transformers_abc.scoring.corpus import bootstrap_interval
from transformers_abc.scoring.digest import digest
from transformers_abc.scoring.note_f1 import onset_f1
from transformers_abc.synthesis.scores import is_validation_work

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from oracles.corpus import folder as corpus_folder  # noqa: E402  (the tests' packages are found through the line above)
from robustness.attacks import attacks, scales_under_the_header_of, statistics_of  # noqa: E402
from robustness.edits import EDITS, wrong_pitches  # noqa: E402
from robustness.evolution import evolve  # noqa: E402
from robustness.music import folk_tunes, quartet_excerpts  # noqa: E402
from robustness.pictures import draw_curves, draw_edits  # noqa: E402

SEED = 0
DOSES = [tenth / 10 for tenth in range(11)]
SCORES_A_SIDE, EXCERPTS_A_SCORE = 24, 2
POOR_DOSE = 0.3  # the share of wrong pitches that no text written without hearing may come up to
EVOLUTION_REFERENCES = 32
SPOILED = 400  # pairs for the correlation
NOTE_ERRORS = ("pitches", "missing notes", "further notes", "missing voices")


def main() -> None:
    """Measure, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scores", type=Path, required=True, help="folder of MusicXML string quartets")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--images", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--steps", type=int, default=2000, help="of the evolutionary search (default: %(default)s)")
    options = parser.parse_args()
    training, held_out = references(options.scores)
    print(f"{len(training)} training and {len(held_out)} held-out references", file=sys.stderr)
    poor = [compare(wrong_pitches(tune, POOR_DOSE, seed), tune) for seed, tune in enumerate(held_out)]
    results = {
        "signature": signature("full"),
        "training": len(training),
        "held_out": len(held_out),
        "poor": {preset: round(median(score.totals[preset] for score in poor), 4) for preset in PRESETS},
        "edits": measure_edits(held_out),
        "attacks": measure_attacks(training, held_out),
        "evolution": {preset: measure_evolution(training, held_out, options.steps, preset) for preset in PRESETS},
        "spearman": measure_correlation(held_out),
    }
    options.images.mkdir(parents=True, exist_ok=True)
    draw_curves(options.images / "scoring_curves.svg")
    draw_edits(results["edits"], options.images / "scoring_edits.svg")
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def references(scores: Path) -> tuple[list[Tune], list[Tune]]:
    """Training and held-out references: as many folk tunes as excerpts of quartets on either side."""
    paths = sorted(scores.rglob("*.mxl"))
    sides = [[path for path in paths if is_validation_work(path.stem) is held_out] for held_out in (False, True)]
    corpus = corpus_folder()
    if corpus is None:
        raise SystemExit("music21's corpus is not installed: run tests/oracles/install")
    books = sorted(corpus.rglob("*.abc"))
    tunes = []
    for number, side in enumerate(sides):
        chosen = Random(SEED).sample(side, min(SCORES_A_SIDE, len(side)))
        excerpts = [tune for _, tune in quartet_excerpts(sorted(chosen), per_score=EXCERPTS_A_SCORE)]
        songs = list(folk_tunes(Random(SEED).sample(books[number::2], 12)))  # no book on both sides
        tunes.append([*excerpts, *Random(SEED).sample(songs, min(len(excerpts), len(songs)))])
    return tunes[0], tunes[1]


def measure_edits(tunes: Sequence[Tune]) -> dict[str, dict[str, list[float]]]:
    """Mean losses by kind of error, preset and dose."""
    found: dict[str, dict[str, list[float]]] = {}
    for name, edit in EDITS.items():
        scores = [[compare(edit(tune, dose, seed), tune) for seed, tune in enumerate(tunes)] for dose in DOSES]
        found[name] = {preset: [round(mean(score.totals[preset] for score in row), 4) for row in scores] for preset in PRESETS}
        print(name, found[name], file=sys.stderr)
    return found


def measure_attacks(training: Sequence[Tune], held_out: Sequence[Tune]) -> dict[str, dict[str, float]]:
    """Mean losses on held-out references, and milliseconds a pair."""
    rows = {}
    tried = attacks(statistics_of(training), held_out)
    tried["scales under the right header"] = lambda number: scales_under_the_header_of(held_out[number])
    for name, attack in tried.items():
        start_s = time.process_time()
        scores = [compare(attack(number), tune) for number, tune in enumerate(held_out)]
        spent_ms = (time.process_time() - start_s) * 1000 / len(held_out)
        rows[name] = {preset: round(mean(score.totals[preset] for score in scores), 4) for preset in PRESETS} | {"ms": round(spent_ms, 1)}
        print(name, rows[name], file=sys.stderr)
    return rows


def measure_evolution(training: Sequence[Tune], held_out: Sequence[Tune], steps: int, preset: str) -> dict[str, object]:
    """What the search's best text loses on references that it never saw."""
    sample = Random(SEED).sample(list(training), min(EVOLUTION_REFERENCES, len(training)))
    found = evolve(training, [digest(tune) for tune in sample], steps, SEED, preset)
    losses = [compare(found.tune, tune).totals[preset] for tune in held_out]
    row = {
        "steps": steps,
        "start": round(found.history[0], 4),
        "training": round(found.training_loss, 4),
        "held_out": round(mean(losses), 4),
        "interval_95": [round(bound, 4) for bound in bootstrap_interval(losses)],
        "best_sample": round(min(losses), 4),
    }
    print(preset, row, file=sys.stderr)
    return row


def measure_correlation(tunes: Sequence[Tune]) -> dict[str, dict[str, float]]:
    """Spearman's rho of each composite's reward with note F1 at 50 ms."""
    rows = {}
    for label, kinds in (("errors in notes only", NOTE_ERRORS), ("errors of all kinds", tuple(EDITS))):
        random = Random(SEED)
        f1, rewards = [], {preset: list[float]() for preset in PRESETS}
        for seed in range(SPOILED):
            reference = random.choice(list(tunes))
            spoiled = EDITS[random.choice(kinds)](reference, random.random(), seed)
            f1.append(onset_f1(_heard(reference), _heard(spoiled)))
            score = compare(spoiled, reference)
            for preset in PRESETS:
                rewards[preset].append(1 - score.totals[preset])
        rows[label] = {preset: round(float(spearmanr(f1, rewards[preset]).statistic), 3) for preset in PRESETS} | {"pairs": SPOILED}
        print(label, rows[label], file=sys.stderr)
    return rows


def _heard(tune: Tune) -> list[tuple[float, int]]:
    return [(event.onset_s, event.pitch_midi) for event in sounding_events(tune)]


if __name__ == "__main__":
    main()
