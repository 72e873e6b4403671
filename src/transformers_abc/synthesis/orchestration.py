"""Who plays what: instruments for parts, and parts that fit instruments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE, Instrument
from transformers_abc.synthesis.pieces import ONSET_QUARTERS, PITCH, PieceNotes, in_part_order

MAX_PARTS = 5
PARTS_PROBABILITY = (0.18, 0.18, 0.22, 0.27, 0.15)  # of one to five parts
ENSEMBLE_PROBABILITY = 0.5
REDUCTION_PROBABILITY = 0.6  # that a piano or guitar plays several parts at once

# Ensembles that people record, by instrument code; otherwise instruments are drawn freely.
ENSEMBLES = (
    ("vn", "vn", "va", "vc", "db"),
    ("fl", "ob", "cl", "hn", "bn"),
    ("tpt", "tpt", "hn", "tbn", "tba"),
    ("fl", "vn", "va", "vc", "pno"),
    ("vn", "vc", "pno"),
    ("sax", "tpt", "tbn", "gtr", "db"),
    ("fl", "gtr"),
)
REGISTER_WHIM = 4.0  # semitones by which an arranger may misjudge who fits best

# How many notes a player can sound at once, by instrument code; one for those that are not here.
_NOTES_AT_ONCE = {"pno": 10, "gtr": 6, "vn": 2, "va": 2, "vc": 2}
_OCTAVES = (0, 12, -12, 24, -24)  # that a part may be moved by to fit an instrument, the most wanted first
_OCTAVE_RELUCTANCE = 0.15  # share of the weight that an instrument keeps for each octave of moving


def notes_at_once(instrument: Instrument) -> int:
    """The largest chord that an instrument plays.

    >>> notes_at_once(INSTRUMENT_BY_CODE["pno"]), notes_at_once(INSTRUMENT_BY_CODE["va"]), notes_at_once(INSTRUMENT_BY_CODE["fl"])
    (10, 2, 1)
    """
    return _NOTES_AT_ONCE.get(instrument.code, 1)


def orchestrate(piece: PieceNotes, rng: np.random.Generator) -> list[tuple[Instrument, np.ndarray]]:
    """Some parts of a piece, each with an instrument that can play it; pianos and guitars may take several parts.

    Returns:
        ``(instrument, part)``; the pitches are those of the piece, see `fit_range`.
    """
    chosen = _choose_parts(piece, rng)
    instruments = _choose_instruments([piece.parts[index] for index in chosen], rng)
    left = [index for index in range(len(piece.parts)) if index not in chosen]
    players = []
    for index, instrument in zip(chosen, instruments, strict=True):
        part = piece.parts[index]
        if instrument.decays and left and rng.random() < REDUCTION_PROBABILITY:
            taken, left = left[: 1 + int(rng.integers(len(left)))], []
            part = in_part_order(np.concatenate([part, *(piece.parts[other] for other in taken)]))
        players.append((instrument, _thinned(part, notes_at_once(instrument))))
    return players


def fit_range(pitches: np.ndarray, instrument: Instrument, rng: np.random.Generator) -> np.ndarray:
    """Shift the part by octaves to a register of the instrument, then fold what still sticks out."""
    if not len(pitches):
        return pitches.astype(int)
    middle = rng.uniform(0.3, 0.7) * (instrument.highest - instrument.lowest) + instrument.lowest
    shifted = pitches + 12 * np.round((middle - np.median(pitches)) / 12)
    shifted = np.where(shifted < instrument.lowest, shifted + 12 * np.ceil((instrument.lowest - shifted) / 12), shifted)
    return np.where(shifted > instrument.highest, shifted - 12 * np.ceil((shifted - instrument.highest) / 12), shifted).astype(int)


def instrument_for(
    lowest: int, highest: int, chord: int, rng: np.random.Generator, wanted: Sequence[Instrument] = HEARD_INSTRUMENTS
) -> tuple[Instrument, int]:
    """An instrument that can play a whole voice as it is, but for octaves.

    Args:
        lowest, highest: MIDI pitches of the voice.
        chord: the most notes that it has at once.
        rng: decides among those that can.
        wanted: the instruments to choose from; a piano where none of them can.

    Returns:
        The instrument and the semitones, whole octaves, to move the voice by.

    >>> instrument, octaves = instrument_for(28, 40, 1, np.random.default_rng(0), [INSTRUMENT_BY_CODE["vc"]])
    >>> instrument.name, octaves
    ('Cello', 12)
    """
    able = [instrument for instrument in wanted if notes_at_once(instrument) >= chord]
    found = [(instrument, shift) for instrument in able if (shift := _octaves_into_range(instrument, lowest, highest)) is not None]
    if not found:
        piano = INSTRUMENT_BY_CODE["pno"]
        return piano, _octaves_into_range(piano, lowest, highest) or 0
    weights = np.array([_OCTAVE_RELUCTANCE ** abs(shift // 12) for _, shift in found])
    return found[int(rng.choice(len(found), p=weights / weights.sum()))]


def _octaves_into_range(instrument: Instrument, lowest: int, highest: int) -> int | None:
    """The most wanted of `_OCTAVES` that brings two pitches, and all between, into range; None if none does."""
    return next((shift for shift in _OCTAVES if instrument.lowest <= lowest + shift and highest + shift <= instrument.highest), None)


def ensemble(rng: np.random.Generator) -> tuple[Instrument, ...]:
    """The instruments of a customary ensemble, or all there are."""
    if rng.random() < ENSEMBLE_PROBABILITY:
        return tuple(INSTRUMENT_BY_CODE[code] for code in dict.fromkeys(ENSEMBLES[int(rng.integers(len(ENSEMBLES)))]))
    return HEARD_INSTRUMENTS


def _choose_parts(piece: PieceNotes, rng: np.random.Generator) -> list[int]:
    """Part numbers, a few of them; a part may be doubled (in another octave, by another instrument) when there are too few."""
    wanted = 1 + int(rng.choice(MAX_PARTS, p=PARTS_PROBABILITY))
    chosen = rng.permutation(len(piece.parts))[:wanted].tolist()
    if wanted > len(chosen) and rng.random() < 0.5:
        chosen.append(int(rng.integers(len(piece.parts))))
    return sorted(chosen)


def _choose_instruments(parts: list[np.ndarray], rng: np.random.Generator) -> list[Instrument]:
    if rng.random() >= ENSEMBLE_PROBABILITY:
        return [HEARD_INSTRUMENTS[index] for index in rng.integers(len(HEARD_INSTRUMENTS), size=len(parts))]
    # A customary ensemble: each part gets the member whose register is nearest.
    members = [INSTRUMENT_BY_CODE[code] for code in ENSEMBLES[int(rng.integers(len(ENSEMBLES)))]]
    middles = np.array([(member.lowest + member.highest) / 2 for member in members])
    medians = np.array([np.median(part[:, PITCH]) for part in parts])
    distances = np.abs(middles[None, :] - medians[:, None] - rng.normal(0, REGISTER_WHIM, (len(parts), len(members))))
    return [members[index] for index in distances.argmin(axis=1)]


def _thinned(part: np.ndarray, at_once: int) -> np.ndarray:
    """The highest `at_once` notes of each chord."""
    from_top = part[::-1]  # sorted by onset and pitch, so reversed each chord begins with its top note
    place = np.arange(len(from_top))
    begins = np.diff(from_top[:, ONSET_QUARTERS], prepend=np.inf) != 0
    rank = place - np.maximum.accumulate(np.where(begins, place, 0))
    return from_top[rank < at_once][::-1]
