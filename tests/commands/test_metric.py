"""``transformers-abc metric`` as a user meets it."""

from pathlib import Path

import pytest

from transformers_abc.cli import main

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("options", [[], ["--from", str(ROOT / "spaces" / "abc_transcription")]])
@pytest.mark.parametrize(("variable", "below"), [("HF_HOME", "modules"), ("HF_MODULES_CACHE", "")])
def test_install_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], variable: str, below: str
) -> None:
    monkeypatch.delenv("HF_MODULES_CACHE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert main(["metric", "install", *options]) == 0
    output = capsys.readouterr()
    written = Path(output.out.strip())
    assert written.is_relative_to(tmp_path / below / "evaluate_modules")
    assert "class AbcTranscription(evaluate.Metric)" in written.read_text(encoding="utf-8")
    assert output.err == ""


def test_from_a_folder_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    assert main(["metric", "install", "--from", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        f"transformers-abc: {tmp_path / 'abc_transcription.py'}: there is no such file; "
        "--from takes the folder that holds abc_transcription.py\n"
    )
    assert not (tmp_path / "modules").exists()


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "modules").write_text("a file in the way", encoding="utf-8")
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    assert main(["metric", "install"]) == 2
    error = capsys.readouterr().err
    assert "cannot be made" in error
    assert error.count("\n") == 1


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["metric", "--help"])
    assert 'evaluate.load("abc_transcription")' in capsys.readouterr().out
