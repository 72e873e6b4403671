"""Notes of a SoundFont: rendered, looped, replayed and kept."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis import bank as bank_module
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.tones import Expression, Tone

RATE = 8_000  # that of the small bank
PLAIN = Expression(0.0, 0.0, 5.0, 0.0, 0.01, 0.05, 0.0, 0.0, False)


def cents_off(sound: np.ndarray, pitch: int) -> float:
    """How far the strongest frequency within half a semitone of a pitch is from it."""
    wanted = 440 * 2 ** ((pitch - 69) / 12)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    hertz = np.arange(len(spectrum)) * RATE / (8 * len(sound))
    near = (hertz > wanted / 1.03) & (hertz < wanted * 1.03)
    return float(1200 * np.log2(hertz[near][np.argmax(spectrum[near])] / wanted))


@pytest.mark.parametrize("pitch", [57, 62, 69, 70])
def test_notes_of_a_bank_are_in_tune_from_beginning_to_end(small_bank: SoundFontBank, pitch: int) -> None:
    sound = small_bank.source(INSTRUMENT_BY_CODE["vn"]).note(Tone(pitch, 0.8, 12.0, 12.0, PLAIN), np.random.default_rng(pitch))
    for start_s in (0.5, 6.0, 11.0):
        part = sound[int(start_s * RATE) : int((start_s + 1) * RATE)]
        assert abs(cents_off(part, pitch)) < 15
        assert np.abs(part).max() > 0.2


def test_a_struck_note_dies_away_and_stops(small_bank: SoundFontBank) -> None:
    sound = small_bank.source(INSTRUMENT_BY_CODE["pno"]).note(Tone(60, 0.8, 9.0, 9.0, PLAIN), np.random.default_rng(0))
    assert np.abs(sound[:RATE]).max() > 5 * np.abs(sound[4 * RATE : 5 * RATE]).max()
    assert np.abs(sound[6 * RATE :]).max() == 0


def test_a_bank_is_rendered_once_and_travels_by_name(small_bank: SoundFontBank, bank_cache: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in bank_cache.iterdir()}
    sent = pickle.dumps(small_bank)
    assert len(sent) < 2000
    tone = Tone(64, 0.5, 1.0, 1.0, PLAIN)
    violins = [bank.source(INSTRUMENT_BY_CODE["vn"]).note(tone, np.random.default_rng(1)) for bank in (small_bank, pickle.loads(sent))]
    assert np.array_equal(*violins)
    assert {path: path.stat().st_mtime_ns for path in bank_cache.iterdir()} == before


def test_a_damaged_font_is_named(fluid: Path, tmp_path: Path) -> None:
    """The program fluidsynth would play its default SoundFont instead."""
    (tmp_path / "bad.sf2").write_bytes(fluid.read_bytes()[:4000])
    with pytest.raises(ValueError, match=r"bad\.sf2"):
        SoundFontBank(tmp_path / "bad.sf2", RATE)


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no SoundFont at .*none\.sf2"):
        SoundFontBank(tmp_path / "none.sf2", RATE)


def test_nothing_of_one_note_is_heard_in_the_next(fluid: Path) -> None:
    """The cello of FluidR3 sounds on for long: its loud notes would begin the soft ones after them, at -13 dB of these."""
    notes = bank_module._render_instrument(fluid, INSTRUMENT_BY_CODE["vc"], 2 * RATE)
    assert len(notes) == 21 * 2  # pitches 36, 38 ... 76 in two layers
    begins_db = [20 * np.log10(np.abs(note[: 2 * RATE // 1000]).max() / np.abs(note).max()) for note in notes.values()]
    assert max(begins_db) < -50


@pytest.mark.parametrize("seed", range(6))
def test_pitches_that_the_font_lacks_are_played_on_a_neighbour(small_bank: SoundFontBank, seed: int) -> None:
    """FluidR3's contrabass ends at 57; nothing, or its noise, would be heard of what is labelled as a note."""
    for pitch in (58, 60):
        sound = small_bank.source(INSTRUMENT_BY_CODE["db"]).note(Tone(pitch, 0.8, 2.0, 2.0, PLAIN), np.random.default_rng(seed))[RATE:]
        assert np.abs(sound).max() > 0.05
        assert abs(cents_off(sound, pitch)) < 25


@pytest.mark.parametrize("pitch", [66, 74, 78, 84])
def test_a_held_note_does_not_dip_where_it_goes_back(small_bank: SoundFontBank, pitch: int) -> None:
    """As loud all through, in every 25 ms: a dip would be heard as a new note. The clarinet has no vibrato of its own."""
    sound = small_bank.source(INSTRUMENT_BY_CODE["cl"]).note(Tone(pitch, 0.2, 8.0, 8.0, PLAIN), np.random.default_rng(0))[RATE:-RATE]
    level = np.sqrt((sound.reshape(-1, RATE // 40) ** 2).mean(axis=1))
    assert level.min() > 0.8 * np.median(level)  # -2 dB


def test_a_struck_note_ends_in_silence(small_bank: SoundFontBank) -> None:
    sound = small_bank.source(INSTRUMENT_BY_CODE["pno"]).note(Tone(33, 0.8, 9.0, 9.0, PLAIN), np.random.default_rng(0))
    heard = np.flatnonzero(sound)[-1] + 1
    assert 4 * RATE < heard < 6 * RATE
    assert np.abs(sound[heard - RATE // 200 : heard]).max() < 1e-3 * np.abs(sound).max()


def test_a_slurred_note_leaves_the_stored_attack_out(small_bank: SoundFontBank) -> None:
    """The first 40 ms of a violin's note are much softer than what follows, unless it is slurred."""
    violin = small_bank.source(INSTRUMENT_BY_CODE["vn"])
    share = {}
    for slurred in (False, True):
        tone = Tone(67, 0.8, 1.0, 1.0, replace(PLAIN, attack_s=0.002, is_slurred=slurred))
        sounds = [violin.note(tone, np.random.default_rng(seed)) for seed in range(8)]
        share[slurred] = np.mean([sound[: RATE // 25].std() / sound[RATE // 4 : RATE // 2].std() for sound in sounds])
    assert share[False] < 0.5 < 0.7 < share[True]
