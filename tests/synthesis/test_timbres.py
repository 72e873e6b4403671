"""Random timbres: what a drawn instrument does with a note."""

from dataclasses import replace

import numpy as np
import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.synthesis.timbres import InventedOrchestra, RandomTimbre
from transformers_abc.synthesis.tones import Expression, Tone

RATE = 16_000
PLAIN = Expression(0.0, 0.0, 5.0, 0.0, 0.005, 0.05, 0.0, 0.0, False)
SEEDS = range(12)


def sound(seed: int, tone: Tone, *, decays: bool = False) -> np.ndarray:
    return RandomTimbre(np.random.default_rng(seed), RATE, decays).note(tone, np.random.default_rng(0))


def spectrum(audio: np.ndarray) -> np.ndarray:
    """Of 0.1 s, so that the parts of the spectrum are those of 10 Hz; of unit length."""
    magnitude = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return magnitude / np.linalg.norm(magnitude)


@pytest.mark.parametrize("seed", SEEDS)
def test_struck_notes_die_away_and_held_ones_do_not(seed: int) -> None:
    tone = Tone(60, 0.8, 3.0, 3.0, PLAIN)
    struck, held = (sound(seed, tone, decays=decays) for decays in (True, False))
    assert struck[2 * RATE : 3 * RATE].std() < 0.7 * struck[: RATE // 4].std()
    assert held[2 * RATE : 3 * RATE].std() == pytest.approx(held[RATE : 2 * RATE].std(), rel=0.05)


def test_low_strings_ring_longer_than_high_ones() -> None:
    for seed in SEEDS:
        low, high = (sound(seed, Tone(pitch, 0.8, 2.0, 2.0, PLAIN), decays=True) for pitch in (36, 96))
        assert low[RATE:].std() / low[: RATE // 4].std() > 2 * high[RATE:].std() / high[: RATE // 4].std()


def test_a_slur_has_no_attack() -> None:
    """A slurred note sounds in its first 50 ms as it does later; a stroke sounds otherwise, in most timbres."""
    changes = {}
    for slurred in (False, True):
        expression = replace(PLAIN, is_slurred=slurred)
        sounds = [sound(seed, Tone(60, 0.8, 2.0, 2.0, expression)) for seed in SEEDS]
        changes[slurred] = [np.linalg.norm(spectrum(audio[80:880]) - spectrum(audio[RATE : RATE + 800])) for audio in sounds]
    assert np.max(changes[True]) < 0.05
    assert np.mean(changes[False]) > 0.1


def test_louder_notes_are_brighter() -> None:
    """By the mean frequency of the spectrum, over timbres; some are nearly as bright when soft."""
    centres = np.array(
        [
            [np.arange(801) @ spectrum(sound(seed, Tone(48, loudness, 1.0, 1.0, PLAIN))[8000:9600]) ** 2 for loudness in (0.1, 0.9)]
            for seed in SEEDS
        ]
    )
    assert (centres[:, 1] >= centres[:, 0] * 0.99).all()
    assert np.median(centres[:, 1] / centres[:, 0]) > 1.1


def test_loudness_is_that_of_the_tone() -> None:
    for seed in SEEDS:
        peaks = [
            np.abs(sound(seed, Tone(60, loudness, 1.0, 1.0, PLAIN))[8000:]).max() for loudness in (0.55, 0.7)
        ]  # one step of brightness
        assert peaks[1] / peaks[0] == pytest.approx(0.7 / 0.55, rel=0.1)


@pytest.mark.parametrize("pitch", [21, 60, 108, 127])
def test_sounds_of_every_register_are_sound_without_a_constant(pitch: int) -> None:
    for seed in SEEDS:
        audio = sound(seed, Tone(pitch, 0.8, 1.0, 1.05, PLAIN))
        assert audio.dtype == np.float32
        assert np.isfinite(audio).all()
        assert 0.3 < np.abs(audio).max() < 4
        assert abs(audio.mean()) < 0.02 * audio.std() + 0.002


def test_the_noise_of_a_note_is_another_each_time_but_its_timbre_is_not() -> None:
    timbre = RandomTimbre(np.random.default_rng(1), RATE)
    tone = Tone(60, 0.8, 1.0, 1.0, PLAIN)
    first, second, again = (timbre.note(tone, np.random.default_rng(seed)) for seed in (0, 1, 0))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)
    assert np.allclose(spectrum(first[8000:9600]), spectrum(second[8000:9600]), atol=0.05)


def test_members_of_the_invented_orchestra_can_be_told_apart() -> None:
    tone = Tone(60, 0.8, 1.0, 1.0, PLAIN)
    orchestra = InventedOrchestra(RATE)
    spectra = [spectrum(orchestra.source(instrument).note(tone, np.random.default_rng(0))[8000:9600]) for instrument in HEARD_INSTRUMENTS]
    distances = [np.linalg.norm(one - other) for place, one in enumerate(spectra) for other in spectra[:place]]
    assert min(distances) > 0.02
