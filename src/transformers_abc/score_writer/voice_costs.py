"""What it costs a player to take a note, after the notes that the player has taken before.

A line of music moves in small steps, keeps to its register and to its pace, comes back to pitches it had just now, seldom crosses another,
and has one sound. Each of these is a cost in this module; the least sum over a whole piece is looked for by `voice_search`. The costs of
many possible pasts are computed at once.

A cost is the sum of what is done reluctantly (*features*, by name) times the `voice_weights.LineCosts` of the same names, which are learned
by `training.voices`.

Array axes: `pasts`, `notes` of a moment, `voices`, `instruments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_weights import LineCosts

OCTAVE = 12  # semitones; the unit of most distances

# From one note of a line to the next.
WIDEST_LEAP, UNKNOWN_LEAP = 14, 4  # wider leaps cost no more; of a first note, which comes from nowhere
STEP = 2  # semitones at most
RECENT_NOTES, FARTHEST_RETURN = 4, 7  # to return to; semitones from the nearest of them
TAIL_S = 0.08  # slurs and rooms let notes sound on for so long
REST_UNIT_S, LONGEST_REST_S = 0.2, 8.0
MOST_DOUBLINGS = 3  # of a length
UNKNOWN_DOUBLINGS, UNKNOWN_REST = 0.9, 1.5  # of a first note: about the mean of others

# From the line as a whole.
FARTHEST = 24  # semitones from home; farther is no worse
REGISTER_MEMORY = 0.97  # how slowly a register follows the notes
TIMBRE_FLOOR = 0.02  # probability of any sound on any instrument
TIMBRE_PRIOR_NOTES = 2.0  # for how many notes the mean of all notes stands at the start of a line

SHORTEST_S = 0.03  # shorter lengths are taken for this


@dataclass(frozen=True, slots=True)
class Moment:
    """Notes that begin together, from high to low.

    Attributes:
        onset_s, offset_s, pitch: ``[notes]``.
        timbre: ``[notes, instruments]``, probabilities.
        is_known: ``[notes]``, whether there are such.
    """

    onset_s: np.ndarray
    offset_s: np.ndarray
    pitch: np.ndarray
    timbre: np.ndarray
    is_known: np.ndarray

    @classmethod
    def of(cls, notes: Sequence[HeardNote]) -> Moment:
        nothing = (0.0,) * len(HEARD_INSTRUMENTS)
        return cls(
            np.array([note.onset_s for note in notes]),
            np.array([note.offset_s for note in notes]),
            np.array([float(note.pitch_midi) for note in notes]),
            np.array([note.instruments or nothing for note in notes]),
            np.array([bool(note.instruments) for note in notes]),
        )


@dataclass(slots=True)
class Lines:
    """What each of several pasts has given to each voice; voices are numbered from high to low.

    Attributes:
        last: ``[pasts, voices]``, the number of the last note, -1 before the first.
        pitch, onset_s, offset_s: ``[pasts, voices]``, of the last note.
        interval_s: ``[pasts, voices]``, from the onset before to the last one; 0 before the second note.
        recent: ``[pasts, voices, RECENT_NOTES]``, the last pitches.
        register: ``[pasts, voices]``, where the voice is at home, as a pitch.
        timbre, heard: ``[pasts, voices, instruments]`` sums of probabilities and ``[pasts, voices]``, of how many notes.
    """

    last: np.ndarray
    pitch: np.ndarray
    onset_s: np.ndarray
    offset_s: np.ndarray
    interval_s: np.ndarray
    recent: np.ndarray
    register: np.ndarray
    timbre: np.ndarray
    heard: np.ndarray

    @classmethod
    def begin(cls, registers: Sequence[float], timbre: np.ndarray) -> Lines:
        """One past in which nothing has been played.

        Args:
            registers: of the voices, from high to low.
            timbre: ``[instruments]``, what is expected of each.
        """
        shape = (1, len(registers))
        never = np.full(shape, -1e6)
        return cls(
            np.full(shape, -1),
            np.array([registers], dtype=float),
            never,
            never,
            np.zeros(shape),
            np.full((*shape, RECENT_NOTES), -1e3),
            np.array([registers], dtype=float),
            np.tile(TIMBRE_PRIOR_NOTES * timbre, (*shape, 1)),
            np.full(shape, TIMBRE_PRIOR_NOTES),
        )

    def after(self, pasts: np.ndarray, voices: np.ndarray, moment: Moment, first: int) -> Lines:
        """The lines after another moment.

        Args:
            pasts: ``[new pasts]``, which past each goes on from.
            voices: ``[new pasts, notes]``, who takes which note.
            moment: the notes.
            first: the number of the first of them.
        """
        new = Lines(*(getattr(self, name)[pasts] for name in self.__slots__))
        rows = np.arange(len(pasts))
        for place in reversed(range(len(moment.pitch))):  # of a chord the top note comes last and counts
            at = (rows, voices[:, place])
            onset_s, pitch = moment.onset_s[place], moment.pitch[place]
            since_s = onset_s - new.onset_s[at]
            new.interval_s[at] = np.where(new.last[at] < 0, 0.0, np.where(since_s > SHORTEST_S, since_s, new.interval_s[at]))
            new.recent[at] = np.concatenate([new.recent[at][:, 1:], np.full((len(rows), 1), pitch)], axis=1)
            new.pitch[at], new.onset_s[at], new.offset_s[at], new.last[at] = pitch, onset_s, moment.offset_s[place], first + place
            new.register[at] = REGISTER_MEMORY * new.register[at] + (1 - REGISTER_MEMORY) * pitch
            new.timbre[at] += moment.timbre[place]
            new.heard[at] += moment.is_known[place]
        return new


def note_costs(lines: Lines, moment: Moment, costs: LineCosts) -> np.ndarray:
    """What each note of a moment costs in each voice, ``[pasts, notes, voices]``."""
    return _weighted(note_features(lines, moment), costs)


def sharing_costs(voices: np.ndarray, moment: Moment, costs: LineCosts) -> np.ndarray:
    """What notes that begin together cost beside each other, ``[ways]``; arguments as of `sharing_features`."""
    return _weighted(sharing_features(voices, moment), costs)


def _weighted(features: dict[str, np.ndarray], costs: LineCosts) -> np.ndarray:
    total: np.ndarray = sum(getattr(costs, name) * feature for name, feature in features.items())
    return total


def note_features(lines: Lines, moment: Moment) -> dict[str, np.ndarray]:
    """What is done of each cost if a note of a moment goes to a voice, broadcast to ``[pasts, notes, voices]``."""
    started = (lines.last >= 0)[:, None, :]
    pitch = moment.pitch[None, :, None]
    return {
        **_melody_features(lines, pitch, started),
        **_time_features(lines, moment, started),
        **_register_features(lines, pitch),
        "timbre": _strangeness(lines, moment),
        "inside": _voices_beyond(lines, moment),
        "first_note": ~started,
    }


def _melody_features(lines: Lines, pitch: np.ndarray, started: np.ndarray) -> dict[str, np.ndarray]:
    leap = np.abs(pitch - lines.pitch[:, None, :])
    back = np.abs(pitch[..., None] - lines.recent[:, None]).min(axis=-1)
    return {
        "leap": np.where(started, np.minimum(leap, WIDEST_LEAP), UNKNOWN_LEAP) / OCTAVE,
        "no_step": ~started | (leap > STEP),
        "same_pitch": started & (leap == 0),
        "no_return": np.minimum(back, FARTHEST_RETURN) / FARTHEST_RETURN,
    }


def _time_features(lines: Lines, moment: Moment, started: np.ndarray) -> dict[str, np.ndarray]:
    onset_s, offset_s, before_s = moment.onset_s[None, :, None], moment.offset_s[None, :, None], lines.offset_s[:, None, :]
    length_s = np.maximum(offset_s - onset_s, SHORTEST_S)
    before_length_s = np.maximum(before_s - lines.onset_s[:, None, :], SHORTEST_S)
    overlap = np.clip((before_s - TAIL_S - onset_s) / np.minimum(before_length_s, length_s), 0, 1)
    rest = np.log1p(np.clip(onset_s - before_s, 0, LONGEST_REST_S) / REST_UNIT_S)
    interval_s = lines.interval_s[:, None, :]
    since_s = np.maximum(onset_s - lines.onset_s[:, None, :], SHORTEST_S)
    return {
        "overlap": np.where(started, overlap, 0),
        "rest": np.where(started, rest, UNKNOWN_REST),
        "pace": np.where(started, _doublings(length_s, before_length_s), UNKNOWN_DOUBLINGS),
        "beat": np.where(interval_s > 0, _doublings(since_s, np.maximum(interval_s, SHORTEST_S)), UNKNOWN_DOUBLINGS),
    }


def _doublings(length_s: np.ndarray, other_s: np.ndarray) -> np.ndarray:
    return np.minimum(np.abs(np.log2(length_s / other_s)), MOST_DOUBLINGS)


def _register_features(lines: Lines, pitch: np.ndarray) -> dict[str, np.ndarray]:
    away = np.abs(pitch - lines.register[:, None, :])
    return {"register": np.minimum(away, FARTHEST) / OCTAVE, "far_register": np.maximum(away - OCTAVE, 0) / OCTAVE}


def _strangeness(lines: Lines, moment: Moment) -> np.ndarray:
    """How unlikely the sounds of a moment are in each voice; 0 where nothing is known of a sound."""
    if not moment.is_known.any():
        return np.zeros((1, 1, 1))
    timbre = lines.timbre / lines.heard[..., None]
    likelihood = moment.timbre[None] @ timbre.transpose(0, 2, 1)
    return np.where(moment.is_known[None, :, None], -np.log(likelihood + TIMBRE_FLOOR), 0)


def _voices_beyond(lines: Lines, moment: Moment) -> np.ndarray:
    """In how many voices that sound on the pitch lies on the wrong side of a note."""
    sounding = ((lines.last >= 0) & (lines.offset_s > moment.onset_s.min() + TAIL_S))[:, None, :]
    above = moment.pitch[None, :, None] - lines.pitch[:, None, :]
    over, under = sounding & (above > 0), sounding & (above < 0)  # the note is over, or under, what the voice plays
    over_higher_voices = np.cumsum(over, axis=-1) - over
    under_lower_voices = np.cumsum(under[..., ::-1], axis=-1)[..., ::-1] - under
    return over_higher_voices + under_lower_voices


def sharing_features(voices: np.ndarray, moment: Moment) -> dict[str, np.ndarray]:
    """What is done of each cost by notes that begin together, beside each other, ``[ways]``.

    Args:
        voices: ``[ways, notes]``, who takes which.
        moment: the notes.
    """
    found = {name: np.zeros(len(voices)) for name in ("crossing", "crossing_octave", "chord", "chord_doubling")}
    lengths_s = np.maximum(moment.offset_s - moment.onset_s, SHORTEST_S)
    for upper in range(len(moment.pitch)):
        for lower in range(upper + 1, len(moment.pitch)):
            apart = min(moment.pitch[upper] - moment.pitch[lower], OCTAVE)
            if apart > 0:
                crossed = voices[:, upper] > voices[:, lower]
                found["crossing"] += crossed
                found["crossing_octave"] += crossed * apart / OCTAVE
            shared = voices[:, upper] == voices[:, lower]
            found["chord"] += shared
            found["chord_doubling"] += shared * float(_doublings(lengths_s[upper], lengths_s[lower]))
    return found
