"""JAMS annotations of a guitar: notes, beats and key.

Read are the namespaces ``note_midi`` (one annotation a string, pitches with fractions), ``beat_position`` (position in the measure from 1)
and ``key_mode`` (``Eb:major``), with observations as a list of dicts or as a dict of lists. A nylon guitar plays everything.

Source: Humphrey, Salamon, Nieto, Forsyth, Bittner, Bello, *JAMS: A JSON Annotated Music Specification for Reproducible MIR Research*,
ISMIR 2014.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any

from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.pair_parts.musical_time import LONGEST_S, MusicalTime, is_musical_tempo, time_of_beats
from transformers_abc.data.pair_parts.score import Player
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.notation.tune import MODE_FIFTHS, NATURAL_SEMITONES, Key
from transformers_abc.score_writer.heard_note import HeardNote

_KEY = re.compile(r"(?P<tonic>[A-G](?:#{0,2}|b{0,2})):(?P<mode>\w+)")
_MODES = {"major": "major", "minor": "minor", "ionian": "major", "aeolian": "minor"} | {mode: mode for mode in MODE_FIFTHS}
_BEAT_UNITS = (1, 2, 4, 8, 16)


def read_jams(path: Path) -> tuple[Player, MusicalTime | None]:
    """The guitar and its bars; None where no two beats are marked, or they are in no musical tempo.

    Raises:
        PairsError: it cannot be read, or has no notes.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        annotations = content["annotations"]
        observations = {name: [seen for found in _named(annotations, name) for seen in _observations(found)] for name in _NAMESPACES}
        notes = sorted(_note(seen) for seen in observations["note_midi"])
        if not notes:
            raise ValueError("no note in it (namespace note_midi)")
        key = next((key for seen in observations["key_mode"] if (key := _key(seen.value))), None)
        return Player(INSTRUMENT_BY_CODE["gtr"].program, tuple(notes)), _time(observations["beat_position"], key, notes)
    # The last two are those of numbers beyond all floats, and of deep nesting.
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(getattr(error, "strerror", None) or error)
        raise PairsError(f"{path}: no JAMS annotation that can be read: {reason}") from error


_NAMESPACES = ("note_midi", "beat_position", "key_mode")


@dataclass(frozen=True, slots=True)
class _Observation:
    time_s: float
    duration_s: float
    value: Any


def _named(annotations: Any, namespace: str) -> Iterator[Mapping[str, Any]]:
    for annotation in annotations:
        if annotation["namespace"] == namespace:
            yield annotation


def _observations(annotation: Mapping[str, Any]) -> Iterator[_Observation]:
    data = annotation["data"]
    columns = ("time", "duration", "value")
    rows = (
        zip(*(data[column] for column in columns), strict=True)
        if isinstance(data, Mapping)
        else ([row[c] for c in columns] for row in data)
    )
    for time_s, duration_s, value in rows:
        seen = _Observation(_number(time_s), _number(duration_s or 0.0), value)
        if max(abs(seen.time_s), seen.time_s + seen.duration_s) > LONGEST_S:
            raise ValueError(f"something at {seen.time_s:g} s for {seen.duration_s:g} s, and no recording lasts {LONGEST_S:g} s")
        yield seen


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"a number was expected, found {str(value)[:40]!r}")
    return float(value)


def _note(seen: _Observation) -> HeardNote:
    pitch = round(_number(seen.value))
    if not (0 <= pitch <= 127 and seen.time_s >= 0 and seen.duration_s >= 0):
        raise ValueError(f"no such note: pitch {seen.value} from {seen.time_s:g} s for {seen.duration_s:g} s")
    return HeardNote(seen.time_s, seen.time_s + seen.duration_s, pitch)


def _time(beats: list[_Observation], key: Key | None, notes: list[HeardNote]) -> MusicalTime | None:
    marked = {seen.time_s: seen.value for seen in sorted(beats, key=lambda seen: seen.time_s)}
    positions = [int(value["position"]) for value in marked.values()]
    downbeats = [place for place, position in enumerate(positions) if position == 1]
    if len(marked) < 2 or not downbeats:
        return None
    unit = next(iter(marked.values())).get("beat_units", 4)
    beat_wn = Fraction(1, unit if unit in _BEAT_UNITS else 4)
    if not is_musical_tempo(240 * float(beat_wn) / median(after - before for before, after in pairwise(marked))):
        return None
    return time_of_beats(list(marked), downbeats, beat_wn, key, max(note.offset_s for note in notes))


def _key(value: Any) -> Key | None:
    """The key that JAMS calls ``value``.

    >>> _key("Eb:major"), _key("C#:minor"), _key("X")
    (Key(fifths=-3, mode='major', explicit=()), Key(fifths=4, mode='minor', explicit=()), None)
    """
    named = _KEY.fullmatch(str(value))
    mode = _MODES.get(named["mode"].lower()) if named else None
    if named is None or mode is None:
        return None
    tonic = named["tonic"]
    semitone = NATURAL_SEMITONES[tonic[0]] + tonic.count("#") - tonic.count("b")
    fifths = (semitone * 7 + MODE_FIFTHS[mode] + 5) % 12 - 5  # of several spellings the one with the fewest signs
    return Key(fifths if fifths != 6 or "b" not in tonic else -6, mode)
