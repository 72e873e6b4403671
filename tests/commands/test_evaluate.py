"""``transformers-abc evaluate`` as a user meets it: the embedded model on an example, other systems, going on, and mistakes."""

import json
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
TUNE = 'X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1 name="Flute"\nCDEF|GABc|\n'


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Three recordings of nothing much, all with one reference."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for name in "abc":
        soundfile.write(folder / f"{name}.wav", np.zeros(24_000), 16_000)
        (folder / f"{name}.abc").write_text(TUNE)
    return folder


def python(program: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} {{input}}"


def test_the_embedded_model_on_an_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for ending in ("ogg", "abc"):
        shutil.copy(EXAMPLES / f"greensleeves.{ending}", folder)
    out = tmp_path / "report"
    assert main(["evaluate", "--set", str(folder), "--system", "default", "--out", str(out)]) == 0
    output = capsys.readouterr()
    assert "writes the same every time, so one run is enough" in output.err
    assert output.out.splitlines()[0].split() == ["mean", "95", "%", "interval", "spread", "over", "runs", "samples"]
    report = json.loads((out / "report.json").read_text())
    assert report["figures"]["full"]["mean"] < 0.1
    assert report["figures"]["onset_f1"]["mean"] > 0.9
    assert (report["n"], report["runs"], report["unreadable"]) == (1, 1, 0)
    assert (out / "report.md").read_text().startswith("# embedded default on ")
    assert (out / "report.html").read_text().startswith("<!doctype html>")


def test_a_folder_of_predictions(songs: Path, tmp_path: Path) -> None:
    predictions = tmp_path / "predictions"
    predictions.mkdir()
    (predictions / "a.abc").write_text(TUNE)
    (predictions / "b.abc").write_text(TUNE.replace("CDEF", "CDEG"))  # one pitch of eight
    out = tmp_path / "report"
    assert main(["evaluate", "--set", str(songs), "--system", str(predictions), "--out", str(out)]) == 0
    report = json.loads((out / "report.json").read_text())
    assert report["figures"]["pitch"]["mean"] == pytest.approx((0 + 1 / 8 + 1) / 3)
    assert [sample["id"] for sample in report["samples"]] == ["c", "b", "a"]
    assert report["samples"][0]["failures"] == [f"run 1: {predictions}/c.abc: no such file"]
    assert (report["unreadable"], report["failed"]) == (1, 1)


def test_a_command_is_run_again_and_again_and_goes_on(songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    command = python(f"open({str(log)!r}, 'a').write('x'); print({TUNE!r})")
    arguments = ["evaluate", "--set", str(songs), "--system", command, "--out", str(tmp_path / "report"), "--runs", "2"]
    assert main(arguments) == 0
    assert log.read_text() == "x" * 6
    report = (tmp_path / "report" / "report.json").read_text()
    assert json.loads(report)["figures"]["full"] == {"mean": 0.0, "interval": [0.0, 0.0], "spread": 0.0, "n": 3}
    assert main(arguments) == 0
    assert log.read_text() == "x" * 6
    assert (tmp_path / "report" / "report.json").read_text() == report
    capsys.readouterr()
    assert main([*arguments, "--seed", "1"]) == 2
    assert "other settings (seed was 0 and is 1); choose another --out, or --restart" in capsys.readouterr().err
    assert main([*arguments, "--seed", "1", "--restart"]) == 0
    assert log.read_text() == "x" * 12


def test_interrupted_it_keeps_what_is_done(songs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers_abc.evaluation import command_system

    transcribe, asked = command_system.CommandSystem.transcribe, []

    def interrupted(self: object, sample: object, seed: int) -> object:
        asked.append(sample)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return transcribe(self, sample, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(command_system.CommandSystem, "transcribe", interrupted)
    arguments = ["evaluate", "--set", str(songs), "--system", python(f"print({TUNE!r})"), "--out", str(tmp_path / "report"), "--runs", "1"]
    assert main(arguments) == 130
    assert len((tmp_path / "report" / "results.jsonl").read_text().splitlines()) == 1
    assert not (tmp_path / "report" / "report.html").exists()
    assert main(arguments) == 0
    assert len(asked) == 4, "the first was not done again"
    assert json.loads((tmp_path / "report" / "report.json").read_text())["n"] == 3


def test_where_everything_fails_the_status_says_so(songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "evaluate",
        "--set",
        str(songs),
        "--system",
        python("raise SystemExit(3)"),
        "--out",
        str(tmp_path / "report"),
        "--runs",
        "1",
    ]
    assert main(arguments) == 1
    assert "every transcription failed; the first: run 1: the command failed with exit status 3" in capsys.readouterr().err
    assert json.loads((tmp_path / "report" / "report.json").read_text())["figures"]["full"]["mean"] == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"--set": "none"}, "none: no such folder"),
        ({"--set": "empty"}, "empty: no recording"),
        ({"--system": "defualt"}, "defualt: is no system"),
        ({"--system": "empty"}, "empty: holds neither a model"),
        ({"--out": "file"}, "file: cannot be made a folder"),
        ({"--system": "http://127.0.0.1:9/v1", "--api-key-env": "NOT_SET_HERE"}, "--api-key-env NOT_SET_HERE: there is no such variable"),
    ],
)
def test_mistakes_end_with_one_line_and_status_two(
    options: dict[str, str], message: str, songs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("file").write_text("")
    given = {"--set": str(songs), "--system": "default", "--out": "report", **options}
    assert main(["evaluate", *(word for pair in given.items() for word in pair)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("option", [["--temperature", "-1"], ["--top-p", "1.2"], ["--top-p", "0"], ["--runs", "0"], ["--samples", "x"]])
def test_numbers_in_range(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["evaluate", "--set", "x", "--system", "default", "--out", "x", *option])
    assert option[0] in capsys.readouterr().err
