"""The shape of a note: in tune however long it is, loud when it should be, and silent at its end."""

from dataclasses import replace

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.timbres import InventedOrchestra, RandomTimbre
from transformers_abc.synthesis.tones import (
    TAPE_POLES,
    TAPE_SAMPLES,
    Expression,
    Tone,
    express,
    loudness_curve,
    noise,
    noise_tape,
    pitch_seconds,
)

RATE = 16_000
PLAIN = Expression(0.0, 0.0, 5.0, 0.0, 0.01, 0.05, 0.0, 0.0, False)
FLUTE, PIANO = INSTRUMENT_BY_CODE["fl"], INSTRUMENT_BY_CODE["pno"]


def frequency_near(audio: np.ndarray, hertz: float) -> float:
    """The strongest frequency within a semitone, to a fraction of a bin by a parabola through three."""
    level = np.log(np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) + 1e-12)
    bins = np.arange(int(hertz / 1.06 * len(audio) / RATE), int(hertz * 1.06 * len(audio) / RATE))
    top = int(bins[np.argmax(level[bins])])
    left, middle, right = level[top - 1 : top + 2]
    return (top + (left - right) / (2 * (left - 2 * middle + right))) * RATE / len(audio)


@pytest.mark.parametrize("cents", [0.0, 30.0])
def test_the_end_of_a_two_minute_note_is_as_well_in_tune_as_its_beginning(cents: float) -> None:
    """880 Hz for 120 s is 105,600 periods: a phase in single precision would be off by hundredths of a period a sample."""
    tone = Tone(81, 0.8, 120.0, 120.0, replace(PLAIN, detune_cents=cents))
    sound = RandomTimbre(np.random.default_rng(1), RATE).note(tone, np.random.default_rng(0))
    wanted = 880 * 2 ** (cents / 1200)
    for start_s in (1.0, 118.0):
        heard = frequency_near(sound[int(start_s * RATE) : int((start_s + 1.5) * RATE)], wanted)
        assert abs(1200 * np.log2(heard / wanted)) < 0.5


def test_the_end_of_a_two_minute_note_is_as_clean_as_its_beginning() -> None:
    """Between the harmonics there is nothing; phases kept in single precision would be off by 0.01 of a period after 105,600 of them."""
    timbre = RandomTimbre(np.random.default_rng(1), RATE)
    timbre._noise_gain = np.float32(0)
    sound = timbre.note(Tone(81, 0.8, 120.0, 120.0, PLAIN), np.random.default_rng(0))
    for start_s in (1.0, 118.0):
        energy = np.abs(np.fft.rfft(sound[int(start_s * RATE) : int((start_s + 1) * RATE)] * np.hanning(RATE))) ** 2
        multiple = np.arange(len(energy)) / 880
        assert energy[np.abs(multiple - np.round(multiple)) > 0.02].sum() / energy.sum() < 10 ** (-55 / 10)


def test_vibrato_swings_as_far_as_it_says_and_settles_on_the_pitch() -> None:
    seconds = np.arange(0, 4, 0.002)
    factor = np.gradient(pitch_seconds(seconds, replace(PLAIN, vibrato_cents=30.0)), seconds)[500:-1]
    assert 1200 * np.log2(factor.max()) == pytest.approx(30, abs=2)
    assert 1200 * np.log2(factor.min()) == pytest.approx(-30, abs=2)


def test_vibrato_takes_no_time() -> None:
    """After whole turns, five a second, the note is as far as without."""
    assert pitch_seconds(np.array([1.0, 2.0]), replace(PLAIN, vibrato_cents=30.0)) == pytest.approx([1.0, 2.0], abs=1e-9)


def test_a_glide_begins_where_it_says() -> None:
    seconds = np.arange(0, 1, 0.0005)
    factor = np.gradient(pitch_seconds(seconds, replace(PLAIN, glide_cents=-100.0)), seconds)
    assert 1200 * np.log2(factor[1]) == pytest.approx(-100, abs=6)
    assert 1200 * np.log2(factor[-2]) == pytest.approx(0, abs=0.1)


def test_loudness_rises_holds_and_falls_to_nothing() -> None:
    seconds = np.arange(0, 1.2, 0.002)
    curve = loudness_curve(seconds, Tone(69, 0.5, 1.0, 1.2, replace(PLAIN, attack_s=0.05, release_s=0.1)))
    at = {time_s: float(curve[round(time_s / 0.002)]) for time_s in (0.0, 0.05, 0.5, 0.999, 1.05, 1.1)}
    assert at[0.0] == 0
    assert at[0.05] == pytest.approx(0.5, abs=0.03)
    assert at[0.5] == pytest.approx(0.5)
    assert at[1.05] == pytest.approx(0.25, abs=0.02)  # the middle of a cosine squared
    assert at[1.1] == pytest.approx(0, abs=1e-9)


def test_a_swell_grows_by_what_it_says() -> None:
    curve = loudness_curve(np.array([0.02, 1.0]), Tone(69, 0.5, 1.0, 1.2, replace(PLAIN, swell=0.6)))
    assert curve[1] / curve[0] == pytest.approx(np.exp(0.6), rel=0.02)


def test_no_click_where_a_note_is_let_go() -> None:
    """A step would show as a sample that departs from its neighbours by as much as the sound is loud."""
    sound = RandomTimbre(np.random.default_rng(2), RATE).note(Tone(45, 0.8, 0.5, 0.56, PLAIN), np.random.default_rng(0))
    assert np.abs(sound[-RATE // 1000 :]).max() < 0.02 * np.abs(sound).max()
    assert np.abs(sound[:4]).max() < 0.15 * np.abs(sound).max()


def test_nothing_aliases() -> None:
    """At MIDI 105 (3520 Hz) all lies on multiples of it; folded harmonics would lie between."""
    timbre = RandomTimbre(np.random.default_rng(3), RATE)
    sound = timbre.note(Tone(105, 0.9, 2.0, 2.0, PLAIN), np.random.default_rng(0))[RATE // 2 : RATE // 2 + RATE]
    energy = np.abs(np.fft.rfft(sound * np.hanning(RATE))) ** 2
    multiple = np.fft.rfftfreq(RATE, 1 / RATE) / 3520
    assert energy[np.abs(multiple - np.round(multiple)) > 0.02].sum() / energy.sum() < 10 ** (-40 / 10)


def test_struck_notes_have_no_vibrato_and_slurred_ones_no_stroke() -> None:
    notes = [PlayedNote(beat, beat + 1, 72 + beat, 0.5, FLUTE, 0, is_slurred=beat % 2 == 1) for beat in range(8)]
    for seed in range(20):
        assert all(e.vibrato_cents == e.glide_cents == 0 and not e.is_slurred for e in express(notes, PIANO, np.random.default_rng(seed)))
        assert [e.is_slurred for e in express(notes, FLUTE, np.random.default_rng(seed))] == [False, True] * 4


def test_a_player_has_habits() -> None:
    """Vibrato differs more between players than within one."""
    notes = [PlayedNote(beat, beat + 1, 72, 0.5, FLUTE, 0) for beat in range(20)]
    depths = [[e.vibrato_cents for e in express(notes, FLUTE, np.random.default_rng(seed)) if e.vibrato_cents] for seed in range(40)]
    with_vibrato = [depth for depth in depths if depth]
    assert 0.4 < len(with_vibrato) / 40 < 0.8
    assert np.std([np.mean(depth) for depth in with_vibrato]) > np.mean([np.std(depth) / np.sqrt(len(depth)) for depth in with_vibrato])


@pytest.mark.parametrize("tape", range(len(TAPE_POLES)))
def test_noise_has_unit_power_and_goes_on_beyond_its_tape(tape: int) -> None:
    assert noise_tape(tape).std() == pytest.approx(1, rel=1e-3)
    endless = noise(tape, 2 * TAPE_SAMPLES + 5, np.random.default_rng(0))
    assert np.array_equal(endless[:5], endless[2 * TAPE_SAMPLES :])
    assert np.abs(np.diff(endless)).max() < 12  # no seam


def test_an_invented_orchestra_is_always_the_same_and_its_members_differ() -> None:
    tone = Tone(69, 0.8, 0.5, 0.5, PLAIN)
    orchestras = [InventedOrchestra(RATE) for _ in range(2)]
    violins, flutes = (
        [orchestra.source(INSTRUMENT_BY_CODE[code]).note(tone, np.random.default_rng(0)) for orchestra in orchestras]
        for code in ("vn", "fl")
    )
    assert np.array_equal(*violins)
    assert np.abs(violins[0] - flutes[0]).max() > 0.1
