"""The fitted numbers of the search for voices and of the choice of instruments, as `transformers-abc train voices` writes them.

What is a number to be fitted stands here by name; limits that say what a cost, an odd or an instrument's score is made of stand beside it
in the code. The file that ships with the package is read once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Numbers = TypeVar("_Numbers", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class LineCosts:
    """What a player is reluctant to do; see `voice_costs`. Only their proportions matter, but to the number of voices.

    Attributes:
        leap: of an octave from the note before.
        no_step: of more than two semitones.
        same_pitch: of repeating a note.
        no_return: to none of the last pitches.
        overlap: with the note before, for the whole of the shorter.
        rest: of a silence, by its logarithm.
        pace: a doubling of the length.
        beat: a doubling of the time from onset to onset.
        register, far_register: an octave away from home; an octave beyond the first one.
        timbre: of a sound whose likelihood is 1/e.
        first_note: of a player who had not played yet.
        inside: to play beyond a voice that sounds on.
        crossing, crossing_octave: of two lines at once; and by how much.
        chord, chord_doubling: two notes to one player at once; a doubling of the length between them.
    """

    leap: float
    no_step: float
    same_pitch: float
    no_return: float
    overlap: float
    rest: float
    pace: float
    beat: float
    register: float
    far_register: float
    timbre: float
    first_note: float
    inside: float
    crossing: float
    crossing_octave: float
    chord: float
    chord_doubling: float


@dataclass(frozen=True, slots=True)
class CountOdds:
    """Log odds of one voice more; see `voice_count.count_features`.

    Attributes:
        one_more: to begin with.
        share: for the logarithm of the share of the time in which more notes sound than there are voices.
        gain: for what a note costs less with one voice more.
        notes: for the logarithm of the number of notes, since few of them show the other two by chance.
        second: for the second voice, to begin with.
        second_chords: for it, if all notes that sound together began together, times the share of the time in which only one sounds.
    """

    one_more: float
    share: float
    gain: float
    notes: float
    second: float
    second_chords: float


@dataclass(frozen=True, slots=True)
class InstrumentWeights:
    """What speaks for the instruments of voices; see `instruments_of_voices`.

    Attributes:
        sound: of the mean log probability of the notes.
        register: against the squared distance from where it usually plays.
        out_of_range: against each semitone beyond its range.
        family: for two that belong together.
        ensemble: for an ensemble that there is music for.
    """

    sound: float
    register: float
    out_of_range: float
    family: float
    ensemble: float


@dataclass(frozen=True, slots=True)
class VoiceWeights:
    """All of them."""

    costs: LineCosts
    odds: CountOdds
    instruments: InstrumentWeights

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> VoiceWeights:
        """From what `to_dict` gives; what else is in it is passed over.

        Raises:
            KeyError: a number is missing.
        """
        return cls(
            _numbers(LineCosts, table["costs"]), _numbers(CountOdds, table["odds"]), _numbers(InstrumentWeights, table["instruments"])
        )

    def to_dict(self) -> dict[str, dict[str, float]]:
        return asdict(self)


def load_voice_weights(path: Path) -> VoiceWeights:
    """From a file ``voices.json``."""
    return VoiceWeights.from_dict(json.loads(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def shipped_voice_weights() -> VoiceWeights:
    """Those that ship with the package.

    >>> shipped_voice_weights().costs.overlap > 0
    True
    """
    return VoiceWeights.from_dict(_shipped())


def first_voice_weights() -> VoiceWeights:
    """Those from which the shipped ones were fitted, so that they can be fitted again."""
    return VoiceWeights.from_dict(_shipped()["began_with"])


def _shipped() -> dict[str, Any]:
    path = files("transformers_abc.score_writer") / "default_score_stage" / "voices.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


def _numbers(kind: type[_Numbers], table: Mapping[str, Any]) -> _Numbers:
    return kind(**{field.name: float(table[field.name]) for field in fields(kind)})
