"""Recordings to scores with the model that ships: quality on the examples and on real players, windows, silence."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc import Tune, hear, read_abc, transcribe, write_abc
from transformers_abc.data.audio import AudioError
from transformers_abc.scoring.note_f1 import onset_f1
from transformers_abc.synthesis.rendering import render_tune

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
URMP = ROOT.parent / "shared" / "data" / "urmp_excerpts" / "Dataset"
RATE = 16_000


def sounding(tune: Tune) -> list[tuple[float, int]]:
    return [(tune.seconds_at(note.onset_wn), note.pitch_midi) for voice in tune.voices for note in voice.notes]


def heard(path: Path) -> list[tuple[float, int]]:
    return [(note.onset_s, note.pitch_midi) for note in hear(path).notes]


@pytest.mark.parametrize("name", ["greensleeves", "ode_to_joy"])
def test_examples_are_heard_and_written(name: str) -> None:
    reference = read_abc((EXAMPLES / f"{name}.abc").read_text(encoding="utf-8"))
    assert onset_f1(sounding(reference), heard(EXAMPLES / f"{name}.ogg"), 0.05) > 0.9
    tune = transcribe(EXAMPLES / f"{name}.ogg")
    assert len(tune.voices) == len(reference.voices)
    assert tune.title == name
    assert read_abc(write_abc(tune)) == tune


@pytest.mark.parametrize(("piece", "players"), [("01_Jupiter_vn_vc", 2), ("12_Spring_vn_vn_vc", 3)])
def test_real_recordings(piece: str, players: int) -> None:
    folder = URMP / piece
    if not folder.is_dir():
        pytest.skip("the real excerpts (../shared/data/urmp_excerpts) are not here")
    # URMP's own notes: onset in seconds, frequency in hertz, duration; the onsets of these excerpts are good to 0.1 s.
    lines = [line.split() for path in sorted(folder.glob("Notes_*.txt")) for line in path.read_text().splitlines() if line.strip()]
    reference = [(float(onset), round(69 + 12 * np.log2(float(hertz) / 440))) for onset, hertz, _ in lines]
    recording = folder / f"AuMix_{piece}.wav"
    assert onset_f1(reference, heard(recording), 0.15) > 0.7
    assert abs(len(transcribe(recording).voices) - players) <= 1


@pytest.mark.parametrize("path", [*EXAMPLES.glob("*.ogg"), *URMP.glob("*/AuMix_*.wav")], ids=lambda path: path.stem)
def test_abc2midi_plays_what_was_written(path: Path, abc2midi: Callable[[str], list[list[tuple[Fraction, Fraction, int]]]]) -> None:
    tune = transcribe(path)
    played = abc2midi(write_abc(tune))
    assert played == [sorted((note.onset_wn, note.length_wn, note.pitch_midi) for note in voice.notes) for voice in tune.voices]


def test_windows_join_without_a_seam(tmp_path: Path) -> None:
    """Notes on both sides of ten seconds, where one window hands over to the next, are heard once each and whole."""
    scale = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n" + "CDEF GABc|" * 6)
    path = tmp_path / "scale.wav"
    soundfile.write(path, render_tune(scale, None, 1, RATE), RATE)
    reference = [pair for pair in sounding(scale) if 8.75 < pair[0] < 11.75]
    found = [pair for pair in heard(path) if 8.75 < pair[0] < 11.75]
    assert onset_f1(reference, found, 0.05) > 0.9
    held = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nz8 A4|")  # from 8 to 12 s
    soundfile.write(path, render_tune(held, None, 1, RATE), RATE)
    notes = [note for note in hear(path).notes if note.pitch_midi == 69]
    assert len(notes) == 1
    assert notes[0].offset_s > 11


@pytest.mark.parametrize("level", [0.0, 1e-4])
def test_silence_gives_rests(tmp_path: Path, level: float) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, level / 4, RATE * 4), RATE, subtype="FLOAT")
    assert hear(path).silent
    tune = transcribe(path)
    assert all(not voice.notes for voice in tune.voices)
    assert read_abc(write_abc(tune)) == tune


def test_the_level_of_a_recording_does_not_matter(tmp_path: Path) -> None:
    audio, rate = soundfile.read(EXAMPLES / "ode_to_joy.ogg", frames=32_000 * 8)
    found = []
    for gain in (1.0, 0.02):
        soundfile.write(tmp_path / "level.wav", audio * gain, rate, subtype="FLOAT")
        found.append({(round(onset, 1), pitch) for onset, pitch in heard(tmp_path / "level.wav")})
    assert len(found[0] ^ found[1]) <= 0.05 * len(found[0])


def test_channels_that_cancel_are_an_error_not_silence(tmp_path: Path) -> None:
    wave = 0.5 * np.sin(np.arange(RATE * 2) / 10)
    soundfile.write(tmp_path / "phase.wav", np.stack([wave, -wave], axis=1), RATE)
    with pytest.raises(AudioError, match="channels cancel each other out"):
        hear(tmp_path / "phase.wav")


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (48_000, 6), (22_050, 2)])
def test_any_rate_and_channels_are_heard(tmp_path: Path, rate: int, channels: int) -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=100\nK:C\nCEGc|")
    audio = render_tune(tune, None, 1, rate)
    soundfile.write(tmp_path / "odd.wav", np.repeat(audio[:, None], channels, axis=1), rate)
    assert onset_f1(sounding(tune), heard(tmp_path / "odd.wav")) > 0.7
