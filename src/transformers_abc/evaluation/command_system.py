"""Any program as a system: a command line with ``{input}`` for the recording and, if it writes a file, ``{output}`` for the ABC.

    basic-transcriber --quiet {input} -o {output}
    basic-transcriber {input}                        without {output}, what it prints is the ABC

No shell is involved: the line is split as a shell would, and the names of files are put into the parts as they are. What it prints to
stderr is kept. Output goes through files, so that a program that leaves others running behind it cannot hold the evaluation up.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from transformers_abc.evaluation.music_files import MusicFileError, abc_of_file
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import INPUT, OUTPUT, SystemFailure, SystemUnavailableError, Transcription

KEPT_LOG_BYTES = 4000  # of stderr, its end
_MOST_OUTPUT_BYTES = 4_000_000  # more than the reader takes


class CommandSystem:
    """A command that is run once a recording.

    Args:
        command: the line.
        time_limit_s: after so long it is stopped, with all that it started.

    Raises:
        SystemUnavailableError: the line cannot be split, or there is no such program.
    """

    is_deterministic = False  # nobody knows

    def __init__(self, command: str, time_limit_s: float) -> None:
        self.name = command
        self._time_limit_s = time_limit_s
        try:
            self._parts = shlex.split(command)
        except ValueError as error:
            raise SystemUnavailableError(f"{command}: cannot be split into arguments: {error}") from error
        if shutil.which(self._parts[0]) is None:
            raise SystemUnavailableError(f"{self._parts[0]}: no such program, or it may not be run")

    def prepare(self) -> None:
        """There is nothing to load."""

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        with tempfile.TemporaryDirectory(prefix="transcription-") as name:
            folder = Path(name)
            output = folder / "prediction.abc"
            parts = [part.replace(INPUT, str(sample.audio.resolve())).replace(OUTPUT, str(output)) for part in self._parts]
            status = self._run(parts, folder)
            log = _end_of(folder / "stderr")
            if status is None:
                raise SystemFailure(f"the command was stopped after {self._time_limit_s:g} s", log)
            if status != 0:
                raise SystemFailure(f"the command failed with exit status {status}{_last_line(log)}", log)
            if any(OUTPUT in part for part in self._parts):
                if not output.is_file():
                    raise SystemFailure("the command wrote no {output}", log)
            else:
                output = (folder / "stdout").rename(output)
            os.truncate(output, min(output.stat().st_size, _MOST_OUTPUT_BYTES))
            try:
                return Transcription(abc_of_file(output), log)
            except MusicFileError as error:
                raise SystemFailure(str(error), log) from error

    def _run(self, parts: list[str], folder: Path) -> int | None:
        """The exit status; None if it took too long."""
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            try:
                process = subprocess.Popen(parts, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True)
            except OSError as error:
                raise SystemUnavailableError(f"{parts[0]}: cannot be run: {error.strerror or error}") from error
            try:
                return process.wait(self._time_limit_s)
            except subprocess.TimeoutExpired:
                return None
            finally:
                _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started, if anything of it still runs."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):  # gone already; macOS says it in the second way
            os.killpg(process.pid, signal.SIGKILL)  # its session is its own, so its group has its number
    else:
        process.kill()
    process.wait()


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - KEPT_LOG_BYTES))
        return file.read().decode(errors="replace")


def _last_line(log: str) -> str:
    lines = log.strip().splitlines()
    return f": {lines[-1].strip()}" if lines else ""
