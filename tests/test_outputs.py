"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from transformers_abc.outputs import OutputError, check_writable, write_whole


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    assert write_whole(path, "X:1") == path
    write_whole(path, b"X:2")
    assert path.read_text() == "X:2"
    assert [p.name for p in tmp_path.iterdir()] == ["tune.abc"]


def test_a_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tune.abc"
    write_whole(path, "old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"tune.abc: cannot be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["tune.abc"]


def test_check_writable(tmp_path: Path) -> None:
    check_writable(tmp_path / "tune.abc")
    with pytest.raises(OutputError, match="there is no folder"):
        check_writable(tmp_path / "none" / "tune.abc")
    with pytest.raises(OutputError, match="it is a folder"):
        check_writable(tmp_path)
