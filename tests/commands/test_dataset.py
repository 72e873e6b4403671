"""``transformers-abc dataset``: from recordings to a dataset that loads by name, as a user does it."""

from pathlib import Path

import pytest

from hub_server.processes import load_by_name, run_python
from transformers_abc.cli import main
from urmp_layout import write_urmp

NAMES = ("01_Jupiter_vn_vc", "03_Dance_fl_cl", "42_Arioso_tpt_tpt_hn_tbn_tba")


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    write_urmp(tmp_path / "Dataset", NAMES)
    return tmp_path / "Dataset"


def test_build_then_prime_then_load(recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "urmp-abc"
    assert main(["dataset", "build", "--urmp", str(recordings), "--out", str(out), "--num-proc", "2"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == str(out)
    assert "3 of 3 pieces" in told.out
    done = run_python(
        "import sys; from transformers_abc.cli import main; sys.exit(main(sys.argv[1:]))",
        tmp_path,
        "dataset",
        "prime",
        out,
        "--as",
        "jonflynn/urmp-abc",
    )
    assert done.returncode == 0, done.stderr
    loads = [{}, {"name": "default"}, {"name": "qa"}]
    for found in load_by_name(tmp_path, "jonflynn/urmp-abc", *loads, HF_HUB_OFFLINE="1"):
        assert found.keys() >= {"train", "validation", "test"}


def test_problems_are_told_and_the_rest_is_built(recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next((recordings / NAMES[1]).glob("AuSep_1_*")).write_bytes(b"no sound")
    assert main(["dataset", "build", "--urmp", str(recordings), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "AuSep_1_fl_03_Dance.wav: not audio that can be read" in told.err
    assert "3 of 3 pieces" in told.out
    assert "1 problems" in told.out


def test_synthetic_needs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "build", "--synthetic", "10", "--out", str(tmp_path / "toy")]) == 0
    told = capsys.readouterr().out
    assert "10 of 10 pieces" in told
    assert told.startswith("default: ")
    assert all(split in told.splitlines()[0] for split in ("train", "validation", "test"))


SCORE = "X:1\nT:Air\nM:3/4\nL:1/4\nQ:1/4=100\nK:G\n" + "GAB|c2d|edc|B3|" * 12


def test_synthetic_from_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of good and bad scores the good are played, the bad are told by name."""
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "air.abc").write_text(SCORE, encoding="utf-8")
    (tmp_path / "scores" / "broken.musicxml").write_text("<score-partwise><part>", encoding="utf-8")
    (tmp_path / "scores" / "silent.abc").write_text("X:1\nK:C\nz4|\n", encoding="utf-8")
    arguments = ["--synthetic", "3", "--scores", str(tmp_path / "scores"), "--out", str(tmp_path / "out")]
    assert main(["dataset", "build", *arguments]) == 0
    told = capsys.readouterr()
    assert "1 of 3 pieces" in told.out
    assert "broken.musicxml" in told.err
    assert "silent.abc" in told.err


def test_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rendered from MIDI, and read back with it."""
    import soundfile

    from transformers_abc.notation.midi import midi_bytes
    from transformers_abc.notation.reader import read_abc
    from transformers_abc.synthesis.rendering import render_tune

    (tmp_path / "pairs").mkdir()
    tune = read_abc(SCORE)
    (tmp_path / "pairs" / "air.mid").write_bytes(midi_bytes(tune))
    soundfile.write(tmp_path / "pairs" / "air.wav", render_tune(tune, None, 0, 16_000), 16_000)
    (tmp_path / "pairs" / "alone.wav").write_bytes((tmp_path / "pairs" / "air.wav").read_bytes())
    assert main(["dataset", "build", "--pairs", str(tmp_path / "pairs"), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "1 of 2 pieces" in told.out
    assert "alone" in told.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--urmp", "nowhere", "--out", "out"], "nowhere: no such folder"),
        (["--pairs", "nowhere", "--out", "out"], "nowhere: no such folder"),
        (["--urmp", ".", "--out", "out"], "not URMP"),
        (["--synthetic", "2", "--scores", "nowhere", "--out", "out"], "no score (.abc, .mid, .midi, .mxl, .musicxml, .xml) in nowhere"),
        (["--synthetic", "2", "--soundfont", "none.sf2", "--out", "out"], "none.sf2"),
        (["--urmp", ".", "--scores", ".", "--out", "out"], "--scores and --soundfont go with --synthetic"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["dataset", "build", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
