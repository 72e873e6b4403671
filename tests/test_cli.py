"""The command line as a user meets it: what it writes, what it says, and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

import transformers_abc
from transformers_abc import read_abc
from transformers_abc.cli import main

EXAMPLE = Path(__file__).parent.parent / "examples" / "ode_to_joy.ogg"
RATE = 16_000


@pytest.fixture
def short_example(tmp_path: Path) -> Path:
    """The first four seconds of an example."""
    audio, rate = soundfile.read(EXAMPLE, frames=32_000 * 4)
    path = tmp_path / "short.wav"
    soundfile.write(path, audio, rate)
    return path


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_prints_without_output(short_example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcribe", str(short_example)]) == 0
    tune = read_abc(capsys.readouterr().out)
    assert tune.title == "short"
    assert sum(len(voice.notes) for voice in tune.voices) > 5


def test_writes_all_formats(short_example: Path, tmp_path: Path) -> None:
    assert main(["transcribe", str(short_example), "-o", str(tmp_path / "song.abc"), "--midi", "--json"]) == 0
    tune = read_abc((tmp_path / "song.abc").read_text())
    written = sum(message.type == "note_on" for message in mido.MidiFile(tmp_path / "song.mid"))
    assert written == sum(len(voice.notes) for voice in tune.voices)
    heard = json.loads((tmp_path / "song.json").read_text())
    assert heard["duration_s"] == 4.0
    assert {"onset_s", "offset_s", "pitch_midi", "confidence", "instrument"} == set(heard["notes"][0])


def test_a_folder_takes_several_and_a_bad_one_does_not_stop_the_others(
    short_example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "scores"
    scores.mkdir()
    bad = tmp_path / "bad.wav"
    bad.write_text("no audio")
    assert main(["transcribe", str(bad), str(short_example), "-o", str(scores)]) == 2
    assert listing(scores) == {"short.abc"}
    errors = capsys.readouterr().err.splitlines()
    assert sum("bad.wav: not audio" in line for line in errors) == 1
    assert "1 of 2 recordings could not be transcribed; the others were" in errors[-1]


def test_all_files_are_written_or_none(short_example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "song.mid").mkdir()
    assert main(["transcribe", str(short_example), "-o", str(tmp_path / "song.abc"), "--midi"]) == 2
    assert "song.mid: cannot be written: it is a folder" in capsys.readouterr().err
    assert not (tmp_path / "song.abc").exists()


def test_only_abc_is_taken_off_a_name(short_example: Path, tmp_path: Path) -> None:
    assert main(["transcribe", str(short_example), "-o", str(tmp_path / "op.18"), "--midi"]) == 0
    assert listing(tmp_path) == {"short.wav", "op.18", "op.18.mid"}


def test_several_printed_tunes_are_a_tune_book(short_example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcribe", str(short_example), str(short_example)]) == 0
    first, second, rest = capsys.readouterr().out.split("\n\n")
    assert first.startswith("X:1\n")
    assert second.startswith("X:2\n")
    assert not rest


def silence(path: Path) -> None:
    soundfile.write(path, np.zeros(RATE * 3), RATE)


def surround(path: Path) -> None:
    soundfile.write(path, np.zeros((8000 * 3, 6)), 8000)


@pytest.mark.parametrize(
    ("write", "warnings"), [(silence, ["nothing but silence"]), (surround, ["8000 Hz", "6 channels", "nothing but silence"])]
)
def test_silence_and_odd_formats_warn_and_give_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], write: object, warnings: list[str]
) -> None:
    assert callable(write)
    write(tmp_path / "in.wav")
    assert main(["transcribe", str(tmp_path / "in.wav"), "-o", str(tmp_path / "out.abc")]) == 0
    errors = capsys.readouterr().err
    assert all(warning in errors for warning in warnings)
    assert "z" in (tmp_path / "out.abc").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.wav"], "missing.wav: no such file"),
        (["{example}", "-o", "nowhere/song.abc"], "nowhere: no such folder"),
        (["{example}", "-o", "nowhere/"], "nowhere/: no such folder"),
        (["{example}", "-o", ""], "no such folder"),
        (["{example}", "-o", "/proc/none/song.abc"], "no such folder"),
        (["{example}", "-o", "/dev/null"], "no ordinary file"),
        (["{example}", "-o", "{example}"], "is one of the recordings"),
        (["{example}", "-o", "song.mid", "--midi"], "-o names the ABC file"),
        (["{example}", "{example}", "-o", "song.abc"], "no such folder"),
        (["{example}", "{example}", "-o", "."], "two recordings have the same name"),
        (["{example}", "--midi"], "say where with -o"),
    ],
)
def test_mistakes_are_one_line_and_status_two(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["transcribe", *(argument.format(example=EXAMPLE) for argument in arguments)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert message in output.err
    assert listing(tmp_path) == set()


def test_a_folder_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # the suite may run as root, whom permissions do not stop
    assert main(["transcribe", str(EXAMPLE), "-o", str(tmp_path / "song.abc")]) == 2
    assert "no permission to write" in capsys.readouterr().err
    assert listing(tmp_path) == set()


def test_nan_leaves_nothing_half_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audio = np.sin(np.arange(RATE * 15) / 6)
    audio[-10] = np.nan  # far into the file, after windows were heard
    soundfile.write(tmp_path / "nan.wav", audio, RATE, subtype="FLOAT")
    assert main(["transcribe", str(tmp_path / "nan.wav"), "-o", str(tmp_path / "nan.abc"), "--midi"]) == 2
    assert "is not a number" in capsys.readouterr().err
    assert listing(tmp_path) == {"nan.wav"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["transcribe", "--help"], ["convert", "--help"], ["check", "--help"], ["train", "listener", "--help"]]
)
def test_help_teaches(arguments: list[str]) -> None:
    result = subprocess.run([sys.executable, "-m", "transformers_abc", *arguments], capture_output=True, text=True, check=True)
    assert "transformers-abc" in result.stdout
    assert arguments == ["--help"] or "examples:" in result.stdout or "the shipped weights:" in result.stdout


def test_all_public_names_can_be_imported() -> None:
    names: dict[str, object] = {}
    exec("from transformers_abc import *", names)
    assert set(names) >= {"read_abc", "read_tunes", "write_abc", "expand_repeats", "transcribe", "Tune", "AbcError"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = transformers_abc.nothing


def test_training_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--steps", "1", "--batch-size", "1", "--clip-s", "1", "--workers", "0", "--validation-clips", "1", "--threads", "1"]
    assert main(["train", "listener", "--out", str(tmp_path / "run"), *small]) == 0
    assert (tmp_path / "run" / "model.safetensors").stat().st_size > 100_000
    assert main(["train", "listener", "--out", str(tmp_path / "run"), *small, "--scores", str(tmp_path / "none")]) == 2
    assert "no score" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("option", [["--steps", "0"], ["--validate-every", "0"], ["--learning-rate", "-1"]])
def test_training_numbers_must_be_above_zero(option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["train", "listener", "--out", str(tmp_path), *option])
    assert "must be above zero" in capsys.readouterr().err
