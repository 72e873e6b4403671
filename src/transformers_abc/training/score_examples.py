"""Music to learn beats and bars from: passages of scores and composed tunes, played by someone and heard with mistakes.

An example is a function of (seed, index). It is a stretch of 8 to 40 s that may begin anywhere in a bar, of one to all of the voices, whose
metre does not change. How often which mistake happens was measured on clips of validation works heard by the shipped listener (see
`mishear`); each example has its own share of that, some none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Metre, Tune
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.tune_performance import TunePerformance, perform_tune

COMPOSED_SHARE = 0.25
CLIP_S = (8.0, 40.0)
PLAYED_SHARE = 1.4  # of the clip's length that is played, at the written tempo
ON_BAR_LINE_SHARE, FROM_START_SHARE = 0.35, 0.25  # of the clips
FEWEST_NOTES = 6
MOST_ATTEMPTS = 50
# A track is right if this share of notes is within so much of a beat of where the score has them, and the rest of it on the beat.
RIGHT_SHARE, NEAR, ON_BEAT = 0.7, 0.25, 0.2
# Hearing as measured: see `mishear`. A quarter of the examples is heard perfectly.
PERFECT_SHARE, SEVERITY = 0.25, (0.2, 1.8)
MISSED, EXTRA, SPLIT, LATE, CUT_SHORT, TOO_LONG = 0.12, 0.06, 0.03, 0.025, 0.03, 0.12
HELD_FROM_BEFORE_S = 0.25


@dataclass(frozen=True, slots=True)
class TruePlaces:
    """Where notes really stand, arrays ``[notes]`` of what was played, heard or not.

    Attributes:
        onsets_s: when they were played.
        onsets_wn: in the score, in whole notes.
        in_bar_wn: since the beginning of their bar; a pickup ends where a whole bar would.
        metre: of all of them.
    """

    onsets_s: np.ndarray
    onsets_wn: np.ndarray
    in_bar_wn: np.ndarray
    metre: Metre

    def phase(self, track: Beats, beat_wn: Fraction) -> int | None:
        """The number of a beat of the track on which a bar begins, less than the beats of a bar; None if the track is not this beat."""
        places = track.position(self.onsets_s)
        apart = places - self.onsets_wn / float(beat_wn)
        offset = float(np.median(apart))
        if abs(offset - round(offset)) > ON_BEAT or float((np.abs(apart - offset) < NEAR).mean()) < RIGHT_SHARE:
            return None
        lines = np.round(places - self.in_bar_wn / float(beat_wn)).astype(int)
        return int(np.bincount(lines % int(self.metre.bar_wn / beat_wn)).argmax())


@dataclass(frozen=True, slots=True)
class ScoreExample:
    """Notes as heard, and what the score says of them."""

    notes: tuple[HeardNote, ...]
    places: TruePlaces


@dataclass(frozen=True)
class ScoreExamples:
    """Examples by number.

    Args:
        passages: ABC texts; tunes are composed where there are none.
        seed: of everything.

    >>> example = ScoreExamples(seed=3)[0]
    >>> str(example.places.metre), len(example.notes) > 5
    ('4/4', True)
    """

    passages: Sequence[str] = ()
    seed: int = 0

    def __getitem__(self, index: int) -> ScoreExample:
        for attempt in range(MOST_ATTEMPTS):
            rng = np.random.default_rng([self.seed, index, attempt])
            example = self._example(rng)
            if example is not None:
                return example
        raise ValueError("these passages have no music of one metre in them: give others")

    def _example(self, rng: np.random.Generator) -> ScoreExample | None:
        clip_s = float(rng.uniform(*CLIP_S))
        if not self.passages or rng.random() < COMPOSED_SHARE:
            tune = compose_tune(rng)
        else:
            tune = read_abc(self.passages[int(rng.integers(len(self.passages)))])
        tune = _some_voices(_some_bars(tune, clip_s, rng), rng)
        if not tune.voices or sum(len(voice.notes) for voice in tune.voices) < FEWEST_NOTES:
            return None
        performance = perform_tune(tune, rng, semitones=int(rng.integers(-2, 3)))
        start_s = _clip_start_s(performance, clip_s, rng)
        return cut_example(performance, start_s, start_s + clip_s, rng)


def cut_example(
    performance: TunePerformance,
    start_s: float,
    end_s: float,
    rng: np.random.Generator,
    severity: float | None = None,
    voices: Sequence[int] | None = None,
) -> ScoreExample | None:
    """A span of a performance, heard; None where the metre changes or little is played.

    Args:
        performance: what is played.
        start_s, end_s: of the span.
        rng: decides what is heard wrongly.
        severity: how much is, 1 as measured, 0 nothing; drawn by default.
        voices: places of those that are heard; all by default.
    """
    score = performance.score
    pairs = [
        (note, written.onset_wn)
        for place, (voice, notes) in enumerate(zip(score.voices, performance.notes, strict=True))
        for written, note in zip(voice.notes, notes, strict=True)
        if voices is None or place in voices
    ]
    inside = [(note, onset_wn) for note, onset_wn in pairs if start_s <= note.onset_s < end_s]
    if len(inside) < FEWEST_NOTES:
        return None
    onsets_wn = [onset_wn for _, onset_wn in inside]
    first_wn, last_wn = min(onsets_wn), max(onsets_wn)
    metre = score.metre_at(first_wn)
    if any(first_wn < time_wn <= last_wn for time_wn, _ in score.metres):
        return None
    held = [note for note, _ in pairs if note.onset_s < start_s and note.offset_s > start_s + HELD_FROM_BEFORE_S]
    notes = [_heard(note, start_s, end_s) for note in (*(note for note, _ in inside), *held)]
    severity = severity if severity is not None else 0.0 if rng.random() < PERFECT_SHARE else float(rng.uniform(*SEVERITY))
    heard = mishear(notes, rng, severity)
    if len(heard) < FEWEST_NOTES:
        return None
    played_s = np.array([note.onset_s - start_s for note, _ in inside])
    return ScoreExample(tuple(heard), TruePlaces(played_s, np.array(onsets_wn, dtype=np.float64), _in_bar(score, onsets_wn), metre))


def mishear(notes: Sequence[HeardNote], rng: np.random.Generator, severity: float = 1.0) -> list[HeardNote]:
    """What a listener makes of notes.

    Measured on quartets and mixed ensembles of validation works, which is severity 1: a tenth missed, short ones more often; 2 % melt into
    the same pitch before; 6 % extra, half of them pieces of a note that is split, a third octaves and twelfths; onsets within 8 ms in half
    of the cases and 21 ms in 90 %, 3 % later than 30 ms; offsets within 20 ms in most, a tenth of the notes too long by a third or more.
    """
    if severity <= 0:
        return sorted(notes)
    kept: list[HeardNote] = []
    for note in sorted(notes):
        if rng.random() < severity * MISSED * float(np.clip(1.6 - 1.5 * note.duration_s, 0.5, 1.4)):
            before = next((place for place in reversed(range(len(kept))) if kept[place].pitch_midi == note.pitch_midi), None)
            if before is not None and 0 < note.onset_s - kept[before].offset_s < 0.1:
                kept[before] = replace(kept[before], offset_s=note.offset_s)
            continue
        kept.append(_blurred(note, rng, severity))
        if rng.random() < severity * SPLIT and note.duration_s > 0.2:
            at_s = float(rng.uniform(note.onset_s + 0.05, note.offset_s - 0.05))
            kept[-1] = replace(kept[-1], offset_s=max(at_s, kept[-1].onset_s + 0.04))
            kept.append(replace(note, onset_s=at_s, offset_s=max(note.offset_s, at_s + 0.05), confidence=float(rng.uniform(0.5, 0.85))))
        if rng.random() < severity * EXTRA / 2:
            kept.append(_ghost(note, rng))
    return sorted(kept)


def _blurred(note: HeardNote, rng: np.random.Generator, severity: float) -> HeardNote:
    onset_s = note.onset_s + float(rng.normal(0, 0.01 * severity))
    if rng.random() < severity * LATE:
        onset_s += float(rng.uniform(0.03, 0.12))
    length_s, kind = note.duration_s, rng.random()
    if kind < severity * CUT_SHORT:
        length_s *= float(rng.uniform(0.2, 0.9))
    elif kind > 1 - severity * TOO_LONG:
        length_s *= float(rng.uniform(1.0, 2.0))
    length_s += float(rng.normal(0, 0.02 * severity))
    onset_s = max(onset_s, 0.0)
    confidence = float(1 - 0.35 * min(severity / 1.4, 1.0) * rng.beta(1.2, 3))
    return replace(note, onset_s=onset_s, offset_s=onset_s + max(length_s, 0.04), confidence=confidence)


def _ghost(note: HeardNote, rng: np.random.Generator) -> HeardNote:
    """A note that is not there: an octave or a twelfth of one that is, or anything near it."""
    away = int(rng.choice([12, -12, 19, 7, *rng.integers(-9, 10, 2).tolist()]))
    onset_s = max(note.onset_s + float(rng.normal(0, 0.02) if rng.random() < 0.6 else rng.uniform(0, note.duration_s)), 0.0)
    length_s, pitch = float(rng.uniform(0.05, 0.45)), int(np.clip(note.pitch_midi + away, 0, 127))
    return replace(note, onset_s=onset_s, offset_s=onset_s + length_s, pitch_midi=pitch, confidence=float(rng.uniform(0.5, 0.85)))


def _some_bars(tune: Tune, clip_s: float, rng: np.random.Generator) -> Tune:
    bars = len(tune.bar_lengths_wn)
    count = min(max(int(bars * PLAYED_SHARE * clip_s / max(tune.seconds_at(tune.length_wn), 1.0)), 1), bars)
    first = int(rng.integers(bars - count + 1))
    return clip_bars(tune, first, first + count) if count < bars else tune


def _some_voices(tune: Tune, rng: np.random.Generator) -> Tune:
    voices = [voice for voice in tune.voices if voice.notes]
    if not voices:
        return replace(tune, voices=())
    count = int(rng.integers(1, len(voices) + 1))
    chosen = sorted(rng.choice(len(voices), count, replace=False).tolist())
    return replace(tune, voices=tuple(voices[place] for place in chosen))


def _clip_start_s(performance: TunePerformance, clip_s: float, rng: np.random.Generator) -> float:
    """At the beginning, just before a bar line, or anywhere."""
    kind, latest_s = rng.random(), max(performance.end_s - clip_s, 0.0)
    if kind < FROM_START_SHARE:
        return 0.0
    if kind < FROM_START_SHARE + ON_BAR_LINE_SHARE:
        lines = set(performance.score.bar_onsets_wn)
        on_line = [
            note.onset_s
            for voice, notes in zip(performance.score.voices, performance.notes, strict=True)
            for written, note in zip(voice.notes, notes, strict=True)
            if written.onset_wn in lines and note.onset_s <= latest_s
        ]
        if on_line:
            return max(float(rng.choice(sorted(on_line))) - 0.05, 0.0)
    return float(rng.uniform(0, latest_s))


def _heard(note: PlayedNote, start_s: float, end_s: float) -> HeardNote:
    instruments = tuple(float(instrument == note.instrument) for instrument in HEARD_INSTRUMENTS)
    onset_s = max(note.onset_s - start_s, 0.0)
    return HeardNote(onset_s, max(min(note.offset_s, end_s) - start_s, onset_s + 0.04), note.pitch_midi, 1.0, instruments)


def _in_bar(score: Tune, onsets_wn: Sequence[Fraction]) -> np.ndarray:
    """Places within bars, in whole notes."""
    starts = np.array(score.bar_onsets_wn, dtype=np.float64)
    lengths = np.array(score.bar_lengths_wn, dtype=np.float64)
    onsets = np.array(onsets_wn, dtype=np.float64)
    bar = np.searchsorted(starts, onsets + 1e-9, side="right") - 1
    first_is_short = float(score.metres[0][1].bar_wn) - lengths[0]
    return onsets - starts[bar] + np.where((bar == 0) & (first_is_short > 0), first_is_short, 0.0)
