"""Notes in seconds and musical time: the score of it, and when each of its notes began.

Conventions:
    - A voice is a player. One who plays chords on a keyboard has two: the staves of both hands, parted at middle C and of one name, as
      piano music is printed and as `score_writer` writes what it hears. Several players of one keyboard stay as they are: most are hands.
    - Onsets and lengths are put on a grid as `notation.midi_parts.quantisation` says. Where the musical time was only found, and in voices
      whose notes end anywhere (at 95 % of their length, say), lengths are those that can be read: what begins together in a voice ends
      together, nothing overlaps, and short silences are no rests.
    - Notes of a voice that come to lie on one place and pitch (repetitions faster than the grid) are one note; the rest are counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median_low

import mido

from transformers_abc.data.pair_parts.musical_time import MusicalTime
from transformers_abc.notation.instruments import PROGRAM_FAMILIES, PROGRAM_NAMES
from transformers_abc.notation.midi_reader import tune_of_midi
from transformers_abc.notation.tune import Note, Tune, Voice
from transformers_abc.score_writer.heard_note import HeardNote

KEYBOARDS = ("piano", "organ")  # families of General MIDI
HANDS_SPLIT_PITCH = 60  # middle C
_ONE_HANDED = ("Accordion", "Harmonica", "Tango Accordion")
WRITTEN_ENDS, WRITTEN_SHARE = 96, 0.9  # parts of a whole note: 32nds and their triplets
QUARTER, EIGHTH = Fraction(1, 4), Fraction(1, 8)
# Keys and gates let go early: a rest is written only where the silence before the next note is longer than this share of the time between
# the onsets, and than this many quarters.
REST_SHARE, REST_BEATS = 0.4, Fraction(3, 4)

_TimedNote = tuple[Note, float]  # and its onset in seconds


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays, and what.

    Attributes:
        program: General MIDI program from 0; the voice has its name.
        notes: in seconds of the recording, at least one.
    """

    program: int
    notes: tuple[HeardNote, ...]


@dataclass(frozen=True, slots=True)
class PlayedScore:
    """A score and its onsets.

    Attributes:
        tune: voices with names and programs, without tempos (clips have their own).
        onsets_s: for each voice and each of its notes.
        player_of_voice: places in the players that were given.
        lost: notes that fell together with another one.
    """

    tune: Tune
    onsets_s: tuple[tuple[float, ...], ...]
    player_of_voice: tuple[int, ...]
    lost: int


def score_of(players: Sequence[Player], time: MusicalTime, *, is_written: bool) -> PlayedScore:
    """Write down what players play.

    Args:
        players: at least one, with notes.
        time: of the music.
        is_written: whether the time is that of the file, so that its lengths may be those of a score; see the module.

    >>> import numpy as np
    >>> notes = tuple(HeardNote(1.0 + place / 2, 1.4 + place / 2, pitch) for place, pitch in enumerate((60, 64, 67)))
    >>> played = score_of([Player(40, notes)], MusicalTime(960, np.array([0, 960]), np.array([1.0, 1.5])), is_written=False)
    >>> [(str(note.onset_wn), str(note.length_wn)) for note in played.tune.voices[0].notes], played.onsets_s
    ([('0', '1/4'), ('1/4', '1/4'), ('1/2', '1/4')], ((1.0, 1.5, 2.0),))
    """
    programs = Counter(player.program for player in players)
    staves = [
        (place, staff)
        for place, player in enumerate(players)
        for staff in (_staves(player) if programs[player.program] == 1 else [player])  # of several, each may be a hand already
    ]
    file = mido.MidiFile(type=1, ticks_per_beat=time.ticks_per_quarter, tracks=[time.signs])
    file.tracks += [_track(staff, time) for _, staff in staves]
    tune = tune_of_midi(file)
    voices, onsets_s, lost = [], [], 0
    for voice, (_, staff) in zip(tune.voices, staves, strict=True):
        timed = list(_merged(_with_onsets(voice.notes, staff.notes)))
        lost += len(staff.notes) - len(timed)
        if not (is_written and _ends_on_grid(timed)):
            timed = list(_readable(timed))
        voices.append(replace(voice, notes=tuple(note for note, _ in timed), name=PROGRAM_NAMES[staff.program], program=staff.program))
        onsets_s.append(tuple(onset_s for _, onset_s in timed))
    tune = replace(_with_hands(tune, voices, staves), tempos=(), title="")
    return PlayedScore(tune, tuple(onsets_s), tuple(place for place, _ in staves), lost)


def _staves(player: Player) -> Iterator[Player]:
    """The player, or both hands of one who needs two."""
    hands = [tuple(note for note in player.notes if (note.pitch_midi >= HANDS_SPLIT_PITCH) == is_right) for is_right in (True, False)]
    is_keyboard = PROGRAM_FAMILIES[player.program] in KEYBOARDS and PROGRAM_NAMES[player.program] not in _ONE_HANDED
    if is_keyboard and all(hands) and _sounds_together(player.notes):
        yield from (replace(player, notes=hand) for hand in hands)
    else:
        yield player


def _sounds_together(notes: Sequence[HeardNote]) -> bool:
    """Whether many notes begin before the one before them has gone half its way."""
    ordered = sorted(notes)
    together = sum(after.onset_s < (before.onset_s + before.offset_s) / 2 for before, after in pairwise(ordered))
    return together > len(ordered) / 10


def _track(player: Player, time: MusicalTime) -> mido.MidiTrack:
    """A player's notes as MIDI; all on one channel, since every player has a track."""
    starts = time.ticks_at([note.onset_s for note in player.notes]).clip(0)
    ends = time.ticks_at([note.offset_s for note in player.notes])
    timed = [(0, 0, mido.Message("program_change", program=player.program))]
    for note, start, end in zip(player.notes, starts.tolist(), ends.tolist(), strict=True):
        timed.append((start, 2, mido.Message("note_on", note=note.pitch_midi, velocity=64)))
        timed.append((max(end, start + 1), 1, mido.Message("note_off", note=note.pitch_midi)))
    track, before = mido.MidiTrack(), 0
    for tick, _, message in sorted(timed, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - before))
        before = tick
    return track


def _with_onsets(notes: Iterable[Note], played: Iterable[HeardNote]) -> list[_TimedNote]:
    """Each written note with the onset of its played one: of one pitch they come in the same order, since none overtakes another."""
    onsets_s: dict[int, list[float]] = defaultdict(list)
    for heard in sorted(played, reverse=True):
        onsets_s[heard.pitch_midi].append(heard.onset_s)
    return [(note, onsets_s[note.pitch_midi].pop()) for note in notes]


def _merged(timed: Iterable[_TimedNote]) -> Iterator[_TimedNote]:
    """Notes of one place and pitch as one: the first onset, the longest length."""
    for _, same in groupby(timed, key=lambda pair: (pair[0].onset_wn, pair[0].pitch_midi)):
        together = list(same)
        yield max((note for note, _ in together), key=lambda note: note.length_wn), min(onset_s for _, onset_s in together)


def _ends_on_grid(timed: Sequence[_TimedNote]) -> bool:
    """Whether lengths are those of a score, not of keys or gates that let go at any time."""
    return sum((note.end_wn * WRITTEN_ENDS).denominator == 1 for note, _ in timed) >= WRITTEN_SHARE * len(timed)


def _readable(timed: Iterable[_TimedNote]) -> Iterator[_TimedNote]:
    """Chords that follow each other."""
    chords = [list(chord) for _, chord in groupby(timed, key=lambda pair: pair[0].onset_wn)]
    for chord, following in zip(chords, [*chords[1:], None], strict=True):
        onset_wn = chord[0][0].onset_wn
        end_wn = median_low(note.end_wn for note, _ in chord)
        next_wn = following[0][0].onset_wn if following else None
        end_wn = _readable_end(onset_wn, end_wn, next_wn)
        for note, onset_s in chord:
            yield replace(note, length_wn=end_wn - onset_wn), onset_s


def _readable_end(onset_wn: Fraction, end_wn: Fraction, next_wn: Fraction | None) -> Fraction:
    """The next chord, unless there is a real rest before it; else the nearest eighth.

    >>> [str(_readable_end(Fraction(0), Fraction(end, 10), Fraction(1))) for end in (4, 7, 12)]
    ['3/8', '1', '1']
    """
    if next_wn is not None:
        silence_wn = next_wn - end_wn
        if silence_wn < Fraction(REST_SHARE) * (next_wn - onset_wn) or silence_wn <= REST_BEATS * QUARTER:
            return next_wn
    rounded_wn = Fraction(round(end_wn / EIGHTH)) * EIGHTH
    return rounded_wn if onset_wn < rounded_wn and (next_wn is None or rounded_wn <= next_wn) else end_wn


def _with_hands(tune: Tune, voices: list[Voice], staves: list[tuple[int, Player]]) -> Tune:
    """The voices in place, and the clefs of a player's hands."""
    both = [place for (place, _), (following, _) in pairwise(staves) if place == following]
    clefs: dict[int, Iterator[str]] = {place: iter(("treble", "bass")) for place in both}
    return replace(
        tune,
        voices=tuple(
            replace(voice, clef=next(clefs[place])) if place in clefs else voice for voice, (place, _) in zip(voices, staves, strict=True)
        ),
    )
