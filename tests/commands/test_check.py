"""``transformers-abc check`` as a user meets it."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from transformers_abc.cli import main
from transformers_abc.notation.diagnostics import CODES

CLEAN = "X:1\nM:2/4\nL:1/8\nK:G\n|:GABc|d4:|\n"
BROKEN_CHORD = "X:1\nM:4/4\nL:1/4\nK:C\nCDEF|[CEG\n"  # an error in line 5, column 6
LONG_BAR = "X:2\nM:2/4\nL:1/4\nK:C\nCDE|FG|\n"  # a warning
FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning|info): .+ \[(?P<code>[a-z-]+)\]")


def file(folder: Path, text: str, name: str = "song.abc") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (CLEAN, [], 0),
        (CLEAN, ["--strict"], 0),
        (LONG_BAR, [], 0),
        (LONG_BAR, ["--strict"], 1),
        (BROKEN_CHORD, [], 1),
        (CLEAN + "\n" + BROKEN_CHORD, [], 1),
        ("", [], 1),
    ],
)
def test_exit_status(tmp_path: Path, text: str, options: list[str], status: int) -> None:
    assert main(["check", file(tmp_path, text), *options]) == status


def test_a_clean_file_is_silent_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", file(tmp_path, CLEAN)]) == 0
    assert capsys.readouterr() == ("", "no errors, no warnings in 1 tune of 1 file\n")


def test_findings_look_like_a_compilers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, BROKEN_CHORD + "\n" + LONG_BAR)
    assert main(["check", path]) == 1
    output = capsys.readouterr()
    findings = [FINDING.fullmatch(line) for line in output.out.splitlines()]
    assert all(findings)
    assert {match["file"] for match in findings if match} == {path}
    assert {match["code"] for match in findings if match} <= set(CODES)
    assert output.out.startswith(f"{path}:5:6: error: ")
    assert any(match["severity"] == "warning" and int(match["line"]) == 11 for match in findings if match), "lines count in the file"
    errors, warnings = (sum(match["severity"] == severity for match in findings if match) for severity in ("error", "warning"))
    assert f"{errors} error" in output.err
    assert f"{warnings} warning" in output.err
    assert output.err.endswith("in 2 tunes of 1 file\n")


def test_json_has_the_same_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, BROKEN_CHORD + "\n" + LONG_BAR)
    main(["check", path])
    plain = capsys.readouterr().out.splitlines()
    assert main(["check", path, "--json"]) == 1
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [f"{f['file']}:{f['line']}:{f['column']}: {f['severity']}: {f['message']} [{f['code']}]" for f in findings] == plain
    assert {finding["tune"] for finding in findings} == {1, 2}


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing, path = str(tmp_path / "none.abc"), file(tmp_path, BROKEN_CHORD)
    assert main(["check", missing, str(tmp_path), path]) == 2
    output = capsys.readouterr()
    assert f"{path}:5:6: error: " in output.out
    errors = output.err.splitlines()
    assert errors[0].endswith("none.abc: no such file")
    assert errors[1].endswith("is a folder, not a file")
    assert errors[2].endswith("in 1 tune of 1 file; 2 files could not be read")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN_CHORD.encode())))
    assert main(["check", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:5:6: error: ")


def test_bytes_that_are_no_text_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "song.abc").write_bytes(b"\xff\x00\x80" * 100 + CLEAN.encode())
    assert main(["check", str(tmp_path / "song.abc")]) in (0, 1)


def test_a_reader_that_goes_away_is_no_mistake(tmp_path: Path) -> None:
    path = file(tmp_path, "X:1\nK:C\n" + "[C|\n" * 3000)
    program = f"{sys.executable} -m transformers_abc check {path} 2>/dev/null | head -1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert FINDING.fullmatch(result.stdout.strip())
