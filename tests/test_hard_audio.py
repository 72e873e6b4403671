"""Recordings that are no studio take: out of tune, low in rate, with a count-in, and what is no music at all."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from transformers_abc import hear, read_abc, transcribe
from transformers_abc.data.audio import Recording
from transformers_abc.scoring.note_f1 import onset_f1
from transformers_abc.synthesis.rendering import render_tune

EXAMPLES = Path(__file__).parent.parent / "examples"
RATE = 16_000
TOLERANCE_S = 0.05

Notes = list[tuple[float, int]]


@pytest.fixture(scope="module")
def ode() -> np.ndarray:
    return np.concatenate(list(Recording(EXAMPLES / "ode_to_joy.ogg").blocks(RATE)))


@pytest.fixture(scope="module")
def reference() -> Notes:
    tune = read_abc((EXAMPLES / "ode_to_joy.abc").read_text(encoding="utf-8"))
    return [(tune.seconds_at(note.onset_wn), note.pitch_midi) for voice in tune.voices for note in voice.notes]


def heard(path: Path) -> Notes:
    return [(note.onset_s, note.pitch_midi) for note in hear(path).notes]


@pytest.mark.parametrize("cents", [-45, -25, 30, 45])
def test_out_of_tune(ode: np.ndarray, reference: Notes, tmp_path: Path, cents: int) -> None:
    faster = 2 ** (cents / 1200)
    path = tmp_path / "detuned.wav"
    soundfile.write(path, soxr.resample(ode, RATE * faster, RATE), RATE)
    assert onset_f1(reference, [(onset_s * faster, pitch) for onset_s, pitch in heard(path)], TOLERANCE_S) > 0.9


def test_mp3_of_22_khz(ode: np.ndarray, reference: Notes, tmp_path: Path) -> None:
    path = tmp_path / "radio.mp3"
    soundfile.write(path, soxr.resample(ode, RATE, 22_050), 22_050, format="MP3")
    assert onset_f1(reference, heard(path), TOLERANCE_S) > 0.9


def test_clicks_that_count_in_are_no_notes(ode: np.ndarray, reference: Notes, tmp_path: Path) -> None:
    click = np.exp(-np.arange(800) / 60.0) * np.sin(np.arange(800) * 2 * np.pi * 1900 / RATE) * 0.5
    count_in = np.zeros(4 * RATE // 2, dtype=np.float32)
    for beat in range(4):
        count_in[beat * RATE // 2 :][:800] += click.astype(np.float32)
    path = tmp_path / "counted.wav"
    soundfile.write(path, np.concatenate([count_in, ode]), RATE)
    found = heard(path)
    assert sum(onset_s < 1.9 for onset_s, _ in found) <= 1
    assert onset_f1([(onset_s + 2.0, pitch) for onset_s, pitch in reference], found, TOLERANCE_S) > 0.9


def test_applause_is_hardly_music(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    applause = np.zeros(10 * RATE)
    for start in rng.integers(0, len(applause) - 400, 3000):  # hands, each a short burst of noise
        applause[start : start + 400] += rng.normal(0, rng.uniform(0.1, 1), 400) * np.exp(-np.arange(400) / 80)
    path = tmp_path / "applause.wav"
    soundfile.write(path, (0.3 * applause / np.abs(applause).max()).astype(np.float32), RATE)
    assert len(heard(path)) <= 5
    transcribe(path)


def test_one_held_note(tmp_path: Path) -> None:
    held = read_abc('X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nV:1 name="Flute"\nc8-|c8|')
    path = tmp_path / "held.wav"
    soundfile.write(path, render_tune(held, None, 2, RATE), RATE)
    tune = transcribe(path)
    (voice,) = tune.voices
    assert {note.pitch_midi for note in voice.notes} == {72}
    assert tune.seconds_at(voice.notes[-1].end_wn) - tune.seconds_at(voice.notes[0].onset_wn) > 6
