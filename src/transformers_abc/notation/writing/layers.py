"""Notes of one voice that sound one pitch twice at a time, such as two players on one staff: how they are shared out among overlays.

The first layer takes every note, in order of onset, pitch and length (the longest first), whose pitch does not sound in it yet; what is
left goes to the second layer by the same rule, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from transformers_abc.notation.ticks import Time, in_ticks
from transformers_abc.notation.tune import Note
from transformers_abc.notation.writing.spelling import Spelling, spelled


class Tone(NamedTuple):
    """A note to be written; times in ticks."""

    start: Time
    pitch_midi: int
    end: Time
    spelling: Spelling


class Stretch(NamedTuple):
    """A time in which a layer neither starts nor ends a note; the tones stand from low to high, and none are a rest."""

    start: Time
    end: Time
    tones: Sequence[Tone]


def tones_of(notes: Iterable[Note], ticks_per_whole: int) -> list[Tone]:
    """The notes as tones, sorted by onset, pitch and length, the longest first."""
    tones = []
    for note in notes:
        start = in_ticks(note.onset_wn, ticks_per_whole)
        end = start + in_ticks(note.length_wn, ticks_per_whole)
        tones.append(Tone(start, note.pitch_midi, end, spelled(note.pitch_midi, note.alter)))
    tones.sort(key=lambda tone: (tone.start, tone.pitch_midi, -tone.end))
    return tones


def split_into_layers(tones: Iterable[Tone]) -> list[list[Tone]]:
    """The layers of a voice; there is always a first.

    >>> low = spelled(60, 0)
    >>> layers = split_into_layers([Tone(0, 60, 8, low), Tone(2, 60, 4, low), Tone(3, 60, 5, low), Tone(4, 60, 6, low)])
    >>> [[(tone.start, tone.end) for tone in layer] for layer in layers]
    [[(0, 8)], [(2, 4), (4, 6)], [(3, 5)]]
    """
    layer, left = _one_layer(tones)
    layers = [layer]
    while left:
        layer, left = _one_layer(left)
        layers.append(layer)
    return layers


def _one_layer(tones: Iterable[Tone]) -> tuple[list[Tone], list[Tone]]:
    """What one layer takes, and what is left."""
    taken, left = [], []
    sounding_until: dict[int, Time] = {}
    for tone in tones:
        start, pitch, end, _ = tone
        if sounding_until.get(pitch, start) > start:
            left.append(tone)
        else:
            sounding_until[pitch] = end
            taken.append(tone)
    return taken, left


def stretches(tones: Sequence[Tone], cuts: Iterable[Time]) -> Iterator[Stretch]:
    """The stretches of a layer between its onsets, its ends and `cuts`, the first and last of which are those of the tune."""
    times = sorted({*cuts, *(tone.start for tone in tones), *(tone.end for tone in tones)})
    sounding: list[Tone] = []
    index = 0
    for start, end in pairwise(times):
        sounding = [tone for tone in sounding if tone.end > start]
        while index < len(tones) and tones[index].start == start:
            sounding.append(tones[index])
            index += 1
        if len(sounding) > 1:
            sounding.sort(key=_pitch_of)
        yield Stretch(start, end, tuple(sounding))


def _pitch_of(tone: Tone) -> int:
    return tone.pitch_midi
