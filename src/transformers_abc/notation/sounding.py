"""What is heard: notes in seconds, with repeats played out and the tempo map applied.

This is what a listener's notes are compared with. Seconds are floats; two notes that begin together in the tune have the same float.
Ornaments and grace notes are not played.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import DEFAULT_TEMPO, Tune


class SoundingEvent(NamedTuple):
    """One note as it is heard.

    Attributes:
        onset_s, end_s: seconds from the start of the tune as it is played.
        pitch_midi: MIDI number of the pitch.
        voice: place of its voice in `Tune.voices`.
    """

    onset_s: float
    end_s: float
    pitch_midi: int
    voice: int


def sounding_events(tune: Tune) -> Iterator[SoundingEvent]:
    """The notes of all voices by onset, then pitch, then voice.

    >>> from transformers_abc.notation.tune import BarLine, Note, Voice
    >>> voice = Voice((Note(Fraction(0), Fraction(1, 4), 60), Note(Fraction(1, 4), Fraction(3, 4), 67)))
    >>> tune = Tune((voice,), (Fraction(1),), bar_lines=((Fraction(1), BarLine(plays=2)),))
    >>> for event in sounding_events(tune): print(*event)
    0.0 0.5 60 0
    0.5 2.0 67 0
    2.0 2.5 60 0
    2.5 4.0 67 0
    """
    played = expand_repeats(tune)
    tempo_map = _TempoMap(played)
    events = [
        SoundingEvent(tempo_map.seconds_at(note.onset_wn), tempo_map.seconds_at(note.end_wn), note.pitch_midi, index)
        for index, voice in enumerate(played.voices)
        for note in voice.notes
    ]
    events.sort(key=lambda event: (event.onset_s, event.pitch_midi, event.voice))
    yield from events


class _TempoMap:
    """`Tune.seconds_at` for many times: the seconds at each change of tempo are added up once."""

    def __init__(self, tune: Tune) -> None:
        later = [(change_wn, tempo) for change_wn, tempo in tune.tempos if change_wn > 0]
        first = [tempo for change_wn, tempo in tune.tempos if change_wn <= 0]
        self._changes_wn = [Fraction(0), *(change_wn for change_wn, _ in later)]
        self._whole_notes_s = [tempo.whole_note_s for tempo in (first[-1] if first else DEFAULT_TEMPO, *(tempo for _, tempo in later))]
        self._seconds = [tune.seconds_at(change_wn) for change_wn in self._changes_wn]

    def seconds_at(self, time_wn: Fraction) -> float:
        if len(self._seconds) == 1:
            return float(time_wn) * self._whole_notes_s[0]
        place = bisect_right(self._changes_wn, time_wn) - 1
        return self._seconds[place] + float(time_wn - self._changes_wn[place]) * self._whole_notes_s[place]
