"""Several banks as one: drawn for each part among those that play its instrument."""

import pickle
from collections import Counter

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE, Instrument
from transformers_abc.synthesis.mixing import render_notes
from transformers_abc.synthesis.orchestras import Orchestras
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.synthetic_clips import SyntheticClips
from transformers_abc.synthesis.timbres import InventedOrchestra, SoundSource

RATE = 16_000
FLUTE, CELLO = (INSTRUMENT_BY_CODE[code] for code in ("fl", "vc"))


class FlutesOnly(InventedOrchestra):
    """Another sound of flutes, and of nothing else."""

    def plays(self, instrument: Instrument) -> bool:
        return instrument is FLUTE

    def source(self, instrument: Instrument, rng: np.random.Generator | None = None) -> SoundSource:
        assert self.plays(instrument)
        return super().source(INSTRUMENT_BY_CODE["ob"])


def test_one_bank_gives_the_same_clips_as_alone() -> None:
    alone, wrapped = (SyntheticClips([], bank, 0, RATE, 2.0) for bank in (InventedOrchestra(RATE), Orchestras([InventedOrchestra(RATE)])))
    for index in range(6):
        assert np.array_equal(alone[index].audio, wrapped[index].audio)
        assert alone[index].labelled == wrapped[index].labelled


def test_banks_are_drawn_equally_often_where_both_play() -> None:
    """Of 200 draws between 80 and 120: four times in a thousand it would be more or fewer."""
    all_of_them, flutes = InventedOrchestra(RATE), FlutesOnly(RATE)
    orchestra, rng = Orchestras([all_of_them, flutes]), np.random.default_rng(0)
    drawn = Counter(id(orchestra.source(FLUTE, rng)) for _ in range(200))
    assert set(drawn) == {id(all_of_them.source(FLUTE)), id(flutes.source(FLUTE))}
    assert all(80 <= count <= 120 for count in drawn.values())
    assert {id(orchestra.source(CELLO, rng)) for _ in range(20)} == {id(all_of_them.source(CELLO))}


def test_what_no_bank_plays_sounds_like_nobody() -> None:
    orchestra = Orchestras([FlutesOnly(RATE)])
    assert [orchestra.plays(instrument) for instrument in (FLUTE, CELLO)] == [True, False]
    notes = [PlayedNote(0.1, 0.6, 72, 0.8, FLUTE, 0), PlayedNote(0.1, 0.6, 48, 0.8, CELLO, 1)]
    mix, labelled = render_notes(notes, 1.0, orchestra, np.random.default_rng(0), RATE)
    assert labelled == [True, False]
    assert np.abs(mix).max() > 0.1


class Counted(InventedOrchestra):
    """Notes how often it is asked for a sound."""

    def __init__(self) -> None:
        super().__init__(RATE)
        self.asked = 0

    def source(self, instrument: Instrument, rng: np.random.Generator | None = None) -> SoundSource:
        self.asked += 1
        return super().source(instrument)


def test_a_bank_is_drawn_for_a_part_not_for_a_note() -> None:
    notes = [PlayedNote(0.1 * k, 0.1 * k + 0.1, 72, 0.8, FLUTE, part) for part in range(20) for k in range(3)]
    banks = [Counted(), Counted()]
    render_notes(notes, 0.4, Orchestras(banks), np.random.default_rng(0), RATE)
    assert sum(bank.asked for bank in banks) == 20
    assert all(bank.asked for bank in banks)


def test_orchestras_travel_to_other_processes() -> None:
    sent = pickle.loads(pickle.dumps(Orchestras([InventedOrchestra(RATE), FlutesOnly(RATE)])))
    assert sent.plays(CELLO)


def test_no_bank_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one bank"):
        Orchestras([])
