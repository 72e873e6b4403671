"""How fast predictions are scored: pairs a second, by processor time, beside what one would use instead.

    python benchmarks/scoring.py --out docs/results/scoring.json

Pairs are a tune and a copy with a quarter of its pitches wrong, of 1 voice x 80 notes and of 4 x 300. Timed apart: tune against tune, text
against a digested reference (what a reward does), reading alone; and jiwer's character error rate of the texts and mir_eval's note F1 of
the notes in seconds, which each say a part of it. Three rounds each; the median counts. What a 7B model needs to write the same text is
reckoned at 50 tokens a second and sequence in a batch of 64, three characters a token.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from pathlib import Path
from random import Random

import jiwer

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from robustness.edits import wrong_pitches  # noqa: E402  (the tests' packages are found through the line above)
from robustness.music import spelled  # noqa: E402
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS  # noqa: E402
from transformers_abc.notation.reader import read_abc  # noqa: E402
from transformers_abc.notation.sounding import sounding_events  # noqa: E402
from transformers_abc.notation.tune import Note, Tempo, Tune, Voice  # noqa: E402
from transformers_abc.notation.writer import write_abc  # noqa: E402
from transformers_abc.scoring.compare import compare  # noqa: E402
from transformers_abc.scoring.digest import digest  # noqa: E402
from transformers_abc.scoring.note_f1 import onset_f1  # noqa: E402

SIZES = {"1 voice x 80 notes": (1, 80), "4 voices x 300 notes": (4, 300)}
PAIRS, ROUNDS, SECONDS = 20, 3, 1.0
TOKENS_PER_S, BATCH, CHARACTERS_PER_TOKEN = 50, 64, 3


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    results = {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "pairs_per_s": {label: measure(*size) for label, size in SIZES.items()},
        "model_share": {label: model_share(*size) for label, size in SIZES.items()},
        "degenerate_ms": degenerate(),
    }
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


def quartet(voices: int, notes: int, seed: int) -> Tune:
    """Voices of so many notes in eighths, quarters and dotted rhythms, as real ones are."""
    random = Random(seed)
    parts, longest_wn = [], Fraction(0)
    for instrument in HEARD_INSTRUMENTS[:voices]:
        now_wn, pitch, written = Fraction(0), (instrument.lowest + instrument.highest) // 2, list[Note]()
        for _ in range(notes):
            length_wn = Fraction(random.choice((2, 2, 2, 4, 4, 3, 1)), 16)
            pitch = min(max(pitch + random.choice((-3, -2, -1, 0, 1, 2, 3)), instrument.lowest), instrument.highest)
            written.append(spelled(now_wn, length_wn, pitch))
            now_wn += length_wn
        longest_wn = max(longest_wn, now_wn)
        parts.append(Voice(tuple(written), instrument.name, instrument.program))
    bars = ceil(longest_wn)
    return Tune(tuple(parts), (Fraction(1),) * bars, tempos=((Fraction(0), Tempo(Fraction(1, 4), Fraction(100))),))


def measure(voices: int, notes: int) -> dict[str, float]:
    """Pairs a second of everything that is timed."""
    references = [quartet(voices, notes, seed) for seed in range(PAIRS)]
    predictions = [wrong_pitches(tune, 0.25, seed) for seed, tune in enumerate(references)]
    texts, reference_texts = [write_abc(tune) for tune in predictions], [write_abc(tune) for tune in references]
    digests = [digest(tune) for tune in references]
    heard, heard_references = [list(map(_notes, tunes)) for tunes in (predictions, references)]
    timed: dict[str, Callable[[int], object]] = {
        "tune against tune": lambda pair: compare(predictions[pair], references[pair]),
        "text against a digested reference": lambda pair: compare(texts[pair], digests[pair]),
        "text against text": lambda pair: compare(texts[pair], reference_texts[pair]),
        "reading the text alone": lambda pair: read_abc(texts[pair]),
        "jiwer, character error rate": lambda pair: jiwer.cer(reference_texts[pair], texts[pair]),
        "mir_eval, note F1": lambda pair: onset_f1(heard_references[pair], heard[pair]),
    }
    return {name: rate(one) for name, one in timed.items()}


def rate(one: Callable[[int], object]) -> float:
    """How many a second of processor time; the median of a few rounds over all pairs."""
    rates = []
    for _ in range(ROUNDS):
        done, start_s = 0, time.process_time()
        while time.process_time() - start_s < SECONDS:
            one(done % PAIRS)
            done += 1
        rates.append(done / (time.process_time() - start_s))
    return round(statistics.median(rates), 1)


def model_share(voices: int, notes: int) -> dict[str, float]:
    """Scoring a text as a share of the time that its sequence takes to be written, and a batch as a share of the time that that takes."""
    tune = quartet(voices, notes, 0)
    text, reference = write_abc(tune), digest(tune)
    tokens = len(text) / CHARACTERS_PER_TOKEN
    percent = 100 / rate(lambda pair: compare(text, reference)) / (tokens / TOKENS_PER_S)
    return {"tokens": round(tokens), "percent_of_sequence": round(percent, 3), "percent_of_batch": round(percent * BATCH, 2)}


def degenerate() -> dict[str, float]:
    """2,000 repeated notes, as a model that has lost its way writes them, against 300."""
    text = "X:1\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\n" + "c" * 2000 + "|"
    reference = digest(quartet(1, 300, 0))
    return {"one note 2,000 times against 300 notes": round(1000 / rate(lambda pair: compare(text, reference)), 1)}


def _notes(tune: Tune) -> list[tuple[float, int]]:
    return [(event.onset_s, event.pitch_midi) for event in sounding_events(tune)]


if __name__ == "__main__":
    main()
