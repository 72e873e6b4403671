"""Commands: files in and out, what is printed, failures, the time limit, and names that a shell would read."""

import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from transformers_abc.evaluation.command_system import CommandSystem
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import SystemFailure, Transcription


def python(program: str, *arguments: str) -> str:
    """A command line that runs a program."""
    return " ".join([shlex.quote(sys.executable), "-c", shlex.quote(program), *arguments])


def run(command: str, audio: Path, time_limit_s: float = 20.0) -> Transcription:
    return CommandSystem(command, time_limit_s).transcribe(Sample("a", "a", audio, ""), 0)


def test_output_is_a_file_or_what_is_printed(recording: Callable[[str], Path]) -> None:
    audio = recording("a.wav")
    to_file = python("import sys; open(sys.argv[2], 'w').write('X:1' + sys.argv[1][-5:]); sys.stderr.write('heard')", "{input}", "{output}")
    assert run(to_file, audio) == Transcription("X:1a.wav", "heard")
    assert run(python("import sys; print(open(sys.argv[1], 'rb').read(4))", "{input}"), audio) == Transcription("b'RIFF'\n")


def test_no_shell_reads_the_names(recording: Callable[[str], Path], tmp_path: Path) -> None:
    audio = recording("a b; touch hacked $(touch hacked) 'q'.wav")
    before = set(tmp_path.iterdir())
    assert run(python("import os, sys; print(os.path.exists(sys.argv[1]), len(sys.argv))", "{input}"), audio).text == "True 2\n"
    assert set(tmp_path.iterdir()) == before
    assert not Path("hacked").exists()


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.stderr.write('first\\nno idea\\n'); sys.exit(3)", "exit status 3: no idea"),
        ("pass", "wrote no {output}"),
    ],
)
def test_failures_say_why_and_keep_what_was_printed(recording: Callable[[str], Path], program: str, message: str) -> None:
    with pytest.raises(SystemFailure, match=message) as caught:
        run(python(program, "{input}", "{output}"), recording("a.wav"))
    assert ("first" in caught.value.log) == ("first" in program)


def test_what_takes_too_long_is_stopped_with_all_that_it_started(recording: Callable[[str], Path], tmp_path: Path) -> None:
    started = tmp_path / "child"
    program = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(started)!r}, "w").write(str(child.pid))
time.sleep(60)
"""
    start = time.monotonic()
    with pytest.raises(SystemFailure, match="stopped after 2 s"):
        run(python(program, "{input}"), recording("a.wav"), time_limit_s=2.0)
    assert time.monotonic() - start < 10
    pid = int(started.read_text())
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process is alive; one that has ended and whom nobody has asked about yet is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_endless_output_is_cut_and_the_end_of_the_log_kept(recording: Callable[[str], Path]) -> None:
    program = "import sys; sys.stdout.write('C' * 9_000_000); sys.stderr.write('x' * 9000 + 'end')"
    written = run(python(program, "{input}"), recording("a.wav"))
    assert len(written.text) == 4_000_000
    assert len(written.log) == 4000
    assert written.log.endswith("end")
