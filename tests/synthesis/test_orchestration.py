"""Who plays what: within range, and no more notes at once than a player has fingers or breath for."""

import numpy as np
import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE
from transformers_abc.synthesis.orchestration import fit_range, instrument_for, notes_at_once, orchestrate
from transformers_abc.synthesis.pieces import ONSET_QUARTERS, PITCH, PieceNotes

CHORDS = np.array([[beat, 1.0, pitch] for beat in range(8) for pitch in (48, 55, 64, 67)], dtype=np.float32)


def chord_sizes(part: np.ndarray) -> int:
    return int(np.unique(part[:, ONSET_QUARTERS], return_counts=True)[1].max())


@pytest.mark.parametrize("seed", range(40))
def test_no_player_gets_more_notes_at_once_than_the_instrument_has_and_keeps_the_top(seed: int) -> None:
    for instrument, part in orchestrate(PieceNotes((CHORDS, CHORDS + np.array([0, 0, 1]))), np.random.default_rng(seed)):
        assert chord_sizes(part) <= notes_at_once(instrument)
        assert part[part[:, ONSET_QUARTERS] == 3, PITCH].max() in (67, 68)


def test_pianos_and_guitars_take_several_parts_at_times() -> None:
    lines = tuple(np.array([[beat, 1.0, pitch] for beat in range(8)], dtype=np.float32) for pitch in (48, 55, 64, 67, 72))
    sizes = [
        chord_sizes(part)
        for seed in range(60)
        for instrument, part in orchestrate(PieceNotes(lines), np.random.default_rng(seed))
        if instrument.decays
    ]
    assert 1 in sizes
    assert max(sizes) >= 3


@pytest.mark.parametrize("instrument", HEARD_INSTRUMENTS, ids=lambda instrument: instrument.code)
def test_a_part_is_brought_into_range_by_octaves(instrument) -> None:
    pitches = np.array([20, 40, 61, 80, 110])
    fitted = fit_range(pitches, instrument, np.random.default_rng(0))
    assert ((fitted >= instrument.lowest) & (fitted <= instrument.highest)).all()
    assert ((fitted - pitches) % 12 == 0).all()


@pytest.mark.parametrize(("lowest", "highest", "chord"), [(28, 40, 1), (90, 100, 1), (55, 70, 2), (40, 60, 4), (24, 100, 1)])
def test_an_instrument_for_a_voice_can_play_it(lowest: int, highest: int, chord: int) -> None:
    for seed in range(20):
        instrument, octaves = instrument_for(lowest, highest, chord, np.random.default_rng(seed))
        assert octaves % 12 == 0
        assert instrument.lowest <= lowest + octaves
        assert highest + octaves <= instrument.highest
        assert notes_at_once(instrument) >= chord


def test_what_no_one_wanted_can_play_goes_to_the_piano() -> None:
    assert instrument_for(30, 100, 1, np.random.default_rng(0), [INSTRUMENT_BY_CODE["tpt"]]) == (INSTRUMENT_BY_CODE["pno"], 0)


def test_a_piano_that_steps_in_is_moved_into_its_range() -> None:
    """18 to 30 fits the piano, from 21 up, an octave higher."""
    assert instrument_for(18, 30, 1, np.random.default_rng(0), [INSTRUMENT_BY_CODE["fl"]]) == (INSTRUMENT_BY_CODE["pno"], 12)


def test_instruments_of_the_written_octave_are_wanted_most() -> None:
    """45 to 55 is a cello's; a flute would play it two octaves up, at 0.15 squared of the weight: 2 in 100."""
    wanted = [INSTRUMENT_BY_CODE["vc"], INSTRUMENT_BY_CODE["fl"]]
    chosen = [instrument_for(45, 55, 1, np.random.default_rng(seed), wanted) for seed in range(300)]
    assert set(chosen) == {(wanted[0], 0), (wanted[1], 24)}
    assert 0 < sum(instrument is wanted[1] for instrument, _ in chosen) < 25
