"""Recorded notes: begun at their onset, equally loud while held, cut, looped."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.synthesis.recorded_notes import (
    DECAYING_S,
    HELD_S,
    from_onset,
    prepared,
    read_note,
    seconds_to_be_heard,
)

RATE = 16_000


def sound(envelope: np.ndarray, hertz: float = 220.0) -> np.ndarray:
    return (envelope * np.sin(2 * np.pi * hertz * np.arange(len(envelope)) / RATE)).astype(np.float32)


def onset_s(samples: np.ndarray) -> float:
    return float(np.argmax(np.abs(samples) > 0.01 * np.abs(samples).max())) / RATE


@pytest.mark.parametrize("silence_s", [0.0, 0.003, 0.3])
@pytest.mark.parametrize("decays", [False, True])
def test_silence_is_cut_off_but_for_5_ms(silence_s: float, decays: bool) -> None:
    """Noise 60 dB below the note is silence too."""
    quiet = 1e-3 * np.random.default_rng(0).uniform(-1, 1, round(silence_s * RATE)).astype(np.float32)
    begun = from_onset(np.concatenate([quiet, sound(np.exp(-np.arange(RATE) / RATE))]), RATE)
    assert onset_s(begun) == pytest.approx(min(silence_s, 0.005), abs=1e-3)
    found = prepared(begun, RATE, decays=decays)
    assert found
    assert onset_s(found[0]) < 0.01


@pytest.mark.parametrize("growing_s", [0.02, 0.4, 1.2])
def test_a_note_that_grows_slowly_is_heard_soon(growing_s: float) -> None:
    """To full loudness in so many seconds, evenly in decibels from -40."""
    level_db = np.minimum(np.arange(4 * RATE) / RATE / growing_s - 1, 0) * 40
    note = from_onset(sound(10 ** (level_db / 20)), RATE)
    assert seconds_to_be_heard(note, RATE) == pytest.approx(0.7 * growing_s, abs=0.02)
    found = prepared(note, RATE, decays=False)
    assert found
    assert seconds_to_be_heard(found[0], RATE) <= 0.05
    assert onset_s(found[0]) < 0.01


def test_a_held_note_is_as_loud_all_along_and_goes_back_to_what_is_as_loud() -> None:
    """12 dB of a diminuendo, which would be heard as a new note at each return of the loop."""
    found = prepared(sound(10 ** (-np.arange(6 * RATE) / RATE * 4 / 20)), RATE, decays=False)
    assert found
    kept, loop = found
    assert len(kept) == HELD_S * RATE
    played = np.concatenate([kept, kept[-loop:], kept[-loop:]])[RATE // 4 :]
    level = np.sqrt((played[: len(played) // 400 * 400].reshape(-1, 400) ** 2).mean(axis=1))
    assert level.max() / level.min() < 1.15  # 1.2 dB


def test_a_held_note_is_cut_where_it_is_let_go() -> None:
    """Half as loud as usual after 2 s."""
    envelope = np.concatenate([np.ones(2 * RATE), np.exp(-np.arange(2 * RATE) / RATE / 0.1)])
    found = prepared(sound(envelope), RATE, decays=False)
    assert found
    assert len(found[0]) / RATE == pytest.approx(2.07, abs=0.06)
    assert np.abs(found[0][-found[1] :]).reshape(-1)[-200:].max() > 0.5


@pytest.mark.parametrize("seconds", [0.2, 0.5, 0.8])
def test_short_notes_get_the_loop_that_is_possible(seconds: float) -> None:
    """Also where silence follows that is longer than the note."""
    note = np.concatenate([sound(np.ones(round(seconds * RATE))), np.zeros(2 * RATE, dtype=np.float32)])
    found = prepared(note, RATE, decays=False)
    assert found
    kept, loop = found
    assert len(kept) == pytest.approx(seconds * RATE, abs=0.05 * RATE)
    assert 0.03 * RATE < loop < len(kept)


def test_a_struck_note_is_cut_and_faded_and_has_no_loop() -> None:
    found = prepared(sound(np.exp(-np.arange(9 * RATE) / RATE / 3)), RATE, decays=True)
    assert found
    kept, loop = found
    assert (len(kept), loop) == (DECAYING_S * RATE, 0)
    assert np.abs(kept[-100:]).max() < 0.01
    assert kept[: 4 * RATE].tobytes() == sound(np.exp(-np.arange(4 * RATE) / RATE / 3)).tobytes()


@pytest.mark.parametrize(("seconds", "decays"), [(0.0, True), (0.04, True), (0.0, False), (0.15, False)])
def test_what_is_too_short_is_none(seconds: float, decays: bool) -> None:
    assert prepared(from_onset(sound(np.ones(round(seconds * RATE))), RATE), RATE, decays=decays) is None
    assert prepared(from_onset(np.zeros(RATE, dtype=np.float32), RATE), RATE, decays=decays) is None


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_recordings_are_read_mono_and_resampled(tmp_path: Path, ending: str) -> None:
    stereo = np.stack([np.zeros(44_100), 0.5 * np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)], axis=1)
    soundfile.write(tmp_path / f"a4.{ending}", stereo, 44_100)
    note = read_note(tmp_path / f"a4.{ending}", RATE)
    assert len(note) == pytest.approx(RATE, abs=0.1 * RATE)
    assert np.abs(note[RATE // 4 : RATE // 2]).max() == pytest.approx(0.25, abs=0.02)


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "A3.wav").write_bytes(b"no sound")
    with pytest.raises(ValueError, match=r"A3\.wav: cannot be read as a recording"):
        read_note(tmp_path / "A3.wav", RATE)
    soundfile.write(tmp_path / "B3.wav", np.full(100, np.nan), RATE, subtype="FLOAT")
    with pytest.raises(ValueError, match=r"B3\.wav: holds samples that are no numbers"):
        read_note(tmp_path / "B3.wav", RATE)
