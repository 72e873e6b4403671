"""How good what was written is: figures of a clip and of a set, what was taken for what, chance, and the worst.

Losses are those of `scoring.compare`. Beside them:

- ``pitch_and_length``: edits of (pitch, length in whole sixteenths, at least one) between matched voices, and the notes of voices that
  stand alone, divided by the notes of the longer of each pair and of voices that stand alone.
- ``onset_f1``: of the notes in seconds, not of the score.
- ``tempo_right`` (within 5 %, in quarter notes a minute), ``metre_right``, ``key_right`` (the signature), ``voices_right`` (how many):
  shares of clips. ``instrument_right``: the share of matched voices of a clip.

Intervals are by clip, 95 %, percentile bootstrap; of fewer than five clips there is none. None: the reference does not say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from quality_sets import Clip
from quality_systems import Written
from rapidfuzz.distance import Levenshtein

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune, Voice
from transformers_abc.scoring.compare import AbcScore, compare
from transformers_abc.scoring.composite import PARTS, PRESETS
from transformers_abc.scoring.corpus import bootstrap_interval
from transformers_abc.scoring.digest import Digest, digest
from transformers_abc.scoring.note_f1 import onset_f1

TEMPO_TOLERANCE = 0.05
TEMPO_RATIOS = {"1/2": 1 / 2, "2/3": 2 / 3, "1": 1.0, "3/2": 3 / 2, "2": 2.0}
LOSSES = (*PRESETS, *PARTS, "pitch_and_length")
SHARES = ("onset_f1", "tempo_right", "metre_right", "key_right", "voices_right", "instrument_right")
FIGURES = LOSSES + SHARES
CONFUSIONS = ("metre", "tempo", "key", "voices", "instrument")
NOBODY = "none"  # in the confusion of instruments: no voice stands for this one
WORST = 5
FEWEST_CLIPS = 5  # for an interval
CHANCE_SEED = 0

Pairs = list[tuple[str, str]]  # what it is, what was written


@dataclass(frozen=True, slots=True)
class Measured:
    """A clip as written by a system: its figures, and for each of `CONFUSIONS` what stands for what."""

    figures: dict[str, float | None]
    confusions: dict[str, Pairs]


def measure(clip: Clip, written: Written, tolerance_s: float) -> Measured:
    """The figures of one clip."""
    score = compare(written.abc, clip.abc)
    ours, theirs = digest(written.abc), digest(clip.abc)
    confusions = _confusions(score, ours, theirs)
    heard = [(note.onset_s, note.pitch_midi) for note in written.notes]
    figures = {
        **score.totals,
        **score.parts,
        "pitch_and_length": pitch_and_length(read_abc(written.abc), read_abc(clip.abc), score.matching),
        "onset_f1": onset_f1([(note.onset_s, note.pitch_midi) for note in clip.notes], heard, tolerance_s),
        "tempo_right": _share(said == "1" for _, said in confusions["tempo"]),
    }
    figures |= {f"{name}_right": _share(true == said for true, said in confusions[name]) for name in ("metre", "key", "voices")}
    matched = [(true, said) for true, said in confusions["instrument"] if NOBODY not in (true, said)]
    figures["instrument_right"] = _share(true == said for true, said in matched)
    return Measured({name: figures[name] for name in FIGURES}, confusions)


def pitch_and_length(ours: Tune, theirs: Tune, pairs: Sequence[tuple[int, int]]) -> float:
    r"""See the module.

    Args:
        ours, theirs: without repeats.
        pairs: of voices that have notes, by their places among them.

    >>> ours, theirs = (read_abc("X:1\nL:1/4\nK:C\n" + notes) for notes in ("CDEF|", "CDE2|"))
    >>> pitch_and_length(ours, theirs, [(0, 0)])    # E is too short, F too much
    0.5
    """
    left, right = _lines(ours), _lines(theirs)
    edits = sum(Levenshtein.distance(left[our], right[their]) for our, their in pairs)
    longer = sum(max(len(left[our]), len(right[their])) for our, their in pairs)
    alone = sum(len(line) for place, line in enumerate(left) if place not in {our for our, _ in pairs})
    alone += sum(len(line) for place, line in enumerate(right) if place not in {their for _, their in pairs})
    return (edits + alone) / max(longer + alone, 1)


def _lines(tune: Tune) -> list[list[tuple[int, int]]]:
    return [_line(voice) for voice in tune.voices if voice.notes]


def _line(voice: Voice) -> list[tuple[int, int]]:
    return [(note.pitch_midi, max(round(note.length_wn * 16), 1)) for note in voice.notes]


def _confusions(score: AbcScore, ours: Digest, theirs: Digest) -> dict[str, Pairs]:
    said: dict[str, Pairs] = {name: [] for name in CONFUSIONS}
    if theirs.metre:
        said["metre"] = [(_metre(theirs), _metre(ours))]
    if theirs.tempo:
        said["tempo"] = [("1", tempo_class(ours.tempo.quarter_bpm / theirs.tempo.quarter_bpm) if ours.tempo else "none")]
    if theirs.key:
        said["key"] = [(f"{theirs.key.fifths:+d}", f"{ours.key.fifths:+d}" if ours.key else "none")]
    said["voices"] = [(str(len(theirs.voices)), str(len(ours.voices)))]
    said["instrument"] = [(theirs.voices[their].instrument, ours.voices[our].instrument) for our, their in score.matching]
    alone = set(range(len(theirs.voices))) - {their for _, their in score.matching}
    said["instrument"] += [(theirs.voices[their].instrument, NOBODY) for their in sorted(alone)]
    return said


def _metre(music: Digest) -> str:
    return f"{music.metre.numerator}/{music.metre.denominator}" if music.metre else "none"


def tempo_class(ratio: float) -> str:
    """Which of `TEMPO_RATIOS` a tempo is of the right one.

    >>> tempo_class(1.04), tempo_class(0.51), tempo_class(1.3)
    ('1', '1/2', 'other')
    """
    return next((name for name, exact in TEMPO_RATIOS.items() if abs(ratio / exact - 1) <= TEMPO_TOLERANCE), "other")


def _share(right: Iterable[bool]) -> float | None:
    values = list(right)
    return sum(values) / len(values) if values else None


def set_summary(clips: Sequence[Clip], written: Sequence[Written], tolerance_s: float) -> dict[str, object]:
    """All figures of a system on a set, as they stand in the results."""
    measured = [measure(clip, text, tolerance_s) for clip, text in zip(clips, written, strict=True)]
    return {
        "figures": {name: figure([one.figures[name] for one in measured]) for name in FIGURES},
        "confusions": {name: confusion([pair for one in measured for pair in one.confusions[name]]) for name in CONFUSIONS},
        "chance": chance(clips, written),
        "worst": worst(clips, written, measured),
        "clips": {clip.name: {"work": clip.work, **_rounded(one.figures)} for clip, one in zip(clips, measured, strict=True)},
    }


def figure(values: Sequence[float | None]) -> dict[str, object] | None:
    """A mean over the clips whose reference says something about it."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    interval = [round(bound, 4) for bound in bootstrap_interval(known)] if len(known) >= FEWEST_CLIPS else None
    return {"mean": round(float(np.mean(known)), 4), "interval_95": interval, "n": len(known)}


def confusion(pairs: Pairs) -> dict[str, dict[str, int]]:
    """How often what was written stands for what it is.

    >>> confusion([("3/4", "3/4"), ("3/4", "6/8"), ("2/4", "4/4")])
    {'2/4': {'4/4': 1}, '3/4': {'3/4': 1, '6/8': 1}}
    """
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for true, said in pairs:
        rows[true][said] += 1
    return {true: dict(rows[true].most_common()) for true in sorted(rows)}


def chance(clips: Sequence[Clip], written: Sequence[Written]) -> dict[str, object] | None:
    """The losses where each clip is answered with the score of another; None where there is no other."""
    if len(clips) < 2:
        return None
    scores = [compare(written[other].abc, clip.abc) for clip, other in zip(clips, exchanged(len(clips)), strict=True)]
    return {name: figure([{**score.totals, **score.parts}[name] for score in scores]) for name in (*PRESETS, *PARTS)}


def exchanged(count: int) -> list[int]:
    """For each place another one, each once: a circle through all of them in random order.

    >>> all(place != other for place, other in enumerate(exchanged(7))), sorted(exchanged(7))
    (True, [0, 1, 2, 3, 4, 5, 6])
    """
    order = np.random.default_rng(CHANCE_SEED).permutation(count).tolist()
    others = dict(pairwise([*order, order[0]]))
    return [others[place] for place in range(count)]


def worst(clips: Sequence[Clip], written: Sequence[Written], measured: Sequence[Measured]) -> list[dict[str, object]]:
    """The clips with the largest loss (`full`), with what is right and what was written."""
    ranked = sorted(zip(clips, written, measured, strict=True), key=lambda row: (-(row[2].figures["full"] or 0.0), row[0].name))
    return [
        {"clip": clip.name, "work": clip.work, "figures": _rounded(one.figures), "reference": clip.abc, "prediction": text.abc}
        for clip, text, one in ranked[:WORST]
    ]


def _rounded(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in figures.items()}
