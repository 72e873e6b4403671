"""What of a tune is scored, laid out for quick comparison; a reference that is compared with often is digested once.

Conventions:
    - Music is scored as it sounds: repeats played out, ties merged, key and accidentals applied; without grace notes, ornaments and rests.
    - Notes stand in the order of their onsets, those of a chord from low to high.
    - Voices without a note are left out: nobody hears them.
    - Of metre, tempo and key the first counts. What a text does not say (no ``Q:``; no ``M:`` or ``K:``, as the reader's diagnostics tell)
      is None.
    - Words are no music, though the reader finds notes in them: what has neither a field nor a bar line counts as unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from transformers_abc.notation.diagnostics import Severity
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.repeats import MAX_PLAYED_EVENTS, expand_repeats
from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune
from transformers_abc.scoring.instrument_names import instrument_of

_TICKS_WN = 2**12 * 3**3 * 5 * 7 * 11 * 13  # nearly all times are whole numbers of these; those that are not stay exact fractions
_LENGTH_BITS = 48  # a rhythm is one number: where in the bar, and how long
NGRAM = 4  # notes; the shortest run whose return says something about music

_NO_MUSIC = {"no-tune", "no-notation"}  # diagnostics of the reader

Rhythm = int | tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class VoiceDigest:
    """One voice.

    Attributes:
        pitches: a character for each note, whose code is its MIDI pitch.
        rhythms: for each note where in its bar it begins and how long it is, exactly; equal if and only if both are.
        instrument: a name of General MIDI, another name, or empty; see `instrument_names.instrument_of`.
    """

    pitches: str
    rhythms: tuple[Rhythm, ...]
    instrument: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A tune as it is scored.

    Attributes:
        voices: those that have notes.
        metre, tempo, key: at the start; None where the tune does not say.
        is_readable: whether there is any music in it, if only rests.
        bars: as written, in all voices.
        odd_bars: of these, how many do not sum, as the reader found.
        errors: faults of the text that the reader reported as errors.
        repetition: share of the runs of `NGRAM` notes (pitch and rhythm) that were there before, in 0 to 1.
    """

    voices: tuple[VoiceDigest, ...]
    metre: Metre | None
    tempo: Tempo | None
    key: Key | None
    is_readable: bool
    bars: int
    odd_bars: int
    errors: int
    repetition: float

    @property
    def notes(self) -> int:
        return sum(len(voice.pitches) for voice in self.voices)


def digest(music: str | Tune | Digest, max_events: int = MAX_PLAYED_EVENTS) -> Digest:
    r"""Lay music out for scoring; what is a digest already is given back.

    Args:
        music: ABC text of any kind, or a tune.
        max_events: how far repeats are played out, in notes, marks and bars.

    >>> played = digest("X:1\nM:2/4\nL:1/4\nK:G\n|:GF:|")
    >>> [ord(pitch) for pitch in played.voices[0].pitches], played.tempo, str(played.key), played.bars
    ([67, 66, 67, 66], None, 'G', 1)
    """
    if isinstance(music, Digest):
        return music
    tune = read_abc(music) if isinstance(music, str) else music
    found = [diagnostic.code for diagnostic in tune.diagnostics]
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in tune.diagnostics)
    if not tune.voices or _NO_MUSIC & {*found}:
        return Digest((), None, None, None, False, 0, 0, errors, 0.0)
    played = expand_repeats(tune, max_events=max_events)
    in_bars = _BarTimes(played)
    voices = tuple(
        VoiceDigest(
            "".join([chr(note.pitch_midi) for note in voice.notes]),
            tuple(in_bars.rhythms(voice.notes)),
            instrument_of(voice.name, voice.program),
        )
        for voice in played.voices
        if voice.notes
    )
    return Digest(
        voices,
        None if "no-metre" in found or tune.metres[0][1].is_free else tune.metres[0][1],
        tune.tempos[0][1] if tune.tempos else None,
        None if "no-key" in found else tune.keys[0][1],
        True,
        len(tune.bar_lengths_wn) * len(tune.voices),
        found.count("bar-too-long") + found.count("bar-too-short"),
        errors,
        _repetition(voices),
    )


class _BarTimes:
    """Where in their bars notes begin, however the music is written down.

    A pickup ends where a whole bar would, so that it is the same with rests before it. Two parts of a bar that a repeat sign divides count
    as one bar, so that a repeat is the same as the music written out.
    """

    def __init__(self, tune: Tune) -> None:
        lengths, metre = tune.bar_lengths_wn, tune.metres[0][1]
        starts = self._starts = list(accumulate(map(_ticks, lengths), initial=0))
        has_pickup = len(lengths) > 1 and lengths[0] < min(lengths[1], metre.bar_wn) and not metre.is_free
        for bar in _second_parts(tune, starts, 1 if has_pickup else 0):
            starts[bar] = starts[bar - 1]
        if has_pickup:
            starts[0] = _ticks(lengths[0] - metre.bar_wn)

    def rhythms(self, notes: Sequence[Note]) -> Iterator[Rhythm]:
        starts, place = self._starts, 0
        last = len(starts) - 2
        for note in notes:
            onset, length = _ticks(note.onset_wn), _ticks(note.length_wn)
            while place < last and starts[place + 1] <= onset:
                place += 1
            onset -= starts[place]
            if onset.__class__ is int and length.__class__ is int:
                yield (onset << _LENGTH_BITS) + length
            else:
                yield Fraction(onset), Fraction(length)


def _second_parts(tune: Tune, starts: Sequence[int | Fraction], first: int) -> list[int]:
    """The bars that make up a whole one together with the bar before, the bars around them being no parts.

    Where bar after bar is too short it is the metre that is wrong, which costs enough by itself. Bars before `first` are not looked at.
    """
    changes = [(_ticks(time_wn), 0 if metre.is_free else _ticks(metre.bar_wn)) for time_wn, metre in tune.metres]
    lacking, change = [], 0
    for start, end in pairwise(starts):
        while change + 1 < len(changes) and changes[change + 1][0] <= start:
            change += 1
        lacking.append(max(changes[change][1] - (end - start), 0))
    is_whole = [not lack for lack in lacking] + [True]
    return [
        bar
        for bar in range(first + 1, len(lacking))
        if lacking[bar - 1] == starts[bar + 1] - starts[bar] and is_whole[bar + 1] and (bar - 1 == first or is_whole[bar - 2])
    ]


def _ticks(time_wn: Fraction) -> int | Fraction:
    numerator, denominator = time_wn.as_integer_ratio()
    ticks, rest = divmod(_TICKS_WN, denominator)
    return Fraction(numerator * _TICKS_WN, denominator) if rest else numerator * ticks


def _repetition(voices: Sequence[VoiceDigest]) -> float:
    runs, different = 0, set()
    for voice in voices:
        notes = list(zip(voice.pitches, voice.rhythms, strict=True))
        runs += max(len(notes) - NGRAM + 1, 0)
        different |= set(zip(*(notes[first:] for first in range(NGRAM)), strict=False))
    return 1 - len(different) / runs if runs else 0.0
