"""The counter: how often each property was tried, summed over all runs, in ``executions.json``."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import transformers_abc.notation
from transformers_abc.outputs import write_whole

COUNTER = Path(__file__).parent / "executions.json"
NOTATION = Path(transformers_abc.notation.__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the fuzzer.

    Attributes:
        date: ISO date of its end.
        engine: ``atheris`` or ``plain``.
        seed: what decided the mutations.
        seconds: wall time.
        processes: how many worked at it.
        reader: `reader_version` of what was tested.
        executions: inputs tried, by target.
        bad_cases: the names of the cases it found.
    """

    date: str
    engine: str
    seed: int
    seconds: int
    processes: int
    reader: str
    executions: Mapping[str, int]
    bad_cases: tuple[str, ...] = ()


def add_run(run: Run, counter: Path = COUNTER) -> int:
    """Add a run to the file and return the executions of all runs; several runs may end at once."""
    with _locked(counter):
        runs = [*_runs(counter), asdict(run)]
        targets = sorted({target for each in runs for target in each["executions"]})
        totals = {target: sum(each["executions"].get(target, 0) for each in runs) for target in targets}
        lines = ",\n  ".join(json.dumps(each) for each in runs)
        head = f' "total": {sum(totals.values())},\n "targets": {json.dumps(totals)},\n'
        write_whole(counter, f'{{\n{head} "runs": [\n  {lines}\n ]\n}}\n')
    return sum(totals.values())


def number_of_runs(counter: Path = COUNTER) -> int:
    """How many runs were counted."""
    return len(_runs(counter))


def reader_version(folder: Path = NOTATION) -> str:
    """A short hash of the package's sources, so that it is known what an execution tested."""
    digest = sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _runs(counter: Path) -> list[dict]:
    return json.loads(counter.read_text(encoding="utf-8"))["runs"] if counter.exists() else []


@contextmanager
def _locked(counter: Path) -> Iterator[None]:
    """No other process adds meanwhile; the lock is on the folder, since the file itself is replaced."""
    folder = os.open(counter.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
