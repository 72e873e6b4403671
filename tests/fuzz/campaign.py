"""Fuzz for a while: mutated tunes, real ones where they are installed, against every property.

    cd tests && python -m fuzz --seconds 120 --processes 2

New bad cases are made small and written to ``bad_cases/``, where ``test_bad_cases.py`` runs them from then on; the executions are added
to ``executions.json``. Exit status: 0 nothing found, 1 a new bad case, 2 a wrong argument.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from fuzz.engines import ENGINES, LEFT_BY_ATHERIS, Work
from fuzz.executions import COUNTER, Run, add_run, number_of_runs, reader_version
from fuzz.failures import BAD_CASES, confirmed, keep
from fuzz.properties import TARGETS, machine_factor, target_of
from fuzz.seeds import installed_corpus, own_tunes, real_tunes

GRACE_S = 10.0  # for a process to end by itself
SHORTEST_LIFE_S = 5.0  # a process that ends sooner without having tried anything cannot work at all
SEEDS_A_RUN = 1_000  # each process of a run has a seed of its own


def main() -> int:
    """Run, keep what fails, count."""
    options = _arguments()
    engine = _best_engine() if options.engine == "auto" else options.engine
    seed = number_of_runs(options.counter) if options.seed is None else options.seed
    pool = own_tunes() + ([] if options.own_seeds_only else real_tunes(options.tunes))
    print(
        f"fuzzing for {options.seconds} s: {engine}, seed {seed}, {options.processes} at a time, {len(pool)} texts to start from",
        flush=True,
    )
    start_s = time.monotonic()
    campaign = Campaign(engine, seed, options.seconds, options.processes, pool, options.bad_cases)
    campaign.run()
    executions = campaign.executions()
    run = Run(
        date=datetime.now(UTC).date().isoformat(),
        engine=engine,
        seed=seed,
        seconds=round(time.monotonic() - start_s),
        processes=options.processes,
        reader=reader_version(),
        executions=executions,
        bad_cases=tuple(path.name for path in campaign.found),
    )
    print(f"{sum(executions.values())} executions: {executions}; new bad cases: {len(campaign.found)}")
    print(f"{add_run(run, options.counter)} executions over all runs")
    return 1 if campaign.found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=120, help="how long (default: %(default)s)")
    parser.add_argument("--engine", choices=["auto", *ENGINES], default="auto", help="auto: atheris where it is installed (default)")
    parser.add_argument("--processes", type=int, default=1, help="how many at a time (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="decides the inputs (default: the number of runs so far)")
    parser.add_argument("--tunes", type=Path, default=installed_corpus(), help="folder of ABC files to start from (default: music21's)")
    parser.add_argument("--own-seeds-only", action="store_true", help="start from what this repository holds, whatever is installed")
    parser.add_argument("--bad-cases", type=Path, default=BAD_CASES, help="where new bad cases go (default: %(default)s)")
    parser.add_argument("--counter", type=Path, default=COUNTER, help="file that executions are added to (default: %(default)s)")
    options = parser.parse_args()
    if options.seconds < 1 or options.processes < 1:
        parser.error("--seconds and --processes must be at least 1")
    if options.tunes and not options.tunes.is_dir():
        parser.error(f"--tunes: there is no folder {options.tunes}")
    return options


def _best_engine() -> str:
    if importlib.util.find_spec("atheris"):
        return "atheris"
    print("atheris is not installed (pip install atheris; Linux and macOS only): the plain engine runs", file=sys.stderr)
    return "plain"


@dataclass
class _Worker:
    """A process, what it counts and where it leaves files."""

    process: BaseProcess
    work: Work
    started_s: float


class Campaign:
    """Processes that try inputs, and this one, which makes sure of what they report.

    Attributes:
        found: files of new bad cases.
    """

    def __init__(self, engine: str, seed: int, seconds: float, processes: int, pool: list[str], folder: Path) -> None:
        self.found: list[Path] = []
        self._engine, self._seed, self._processes, self._pool, self._folder = engine, seed, processes, pool, folder
        self._deadline_s = time.monotonic() + seconds
        self._context = multiprocessing.get_context("spawn")  # atheris has to see the imports
        self._factor = machine_factor()
        self._running: dict[Connection, _Worker] = {}
        self._started: list[_Worker] = []
        self._looked_at: set[tuple[str, bytes]] = set()

    def executions(self) -> dict[str, int]:
        """What was tried, by target."""
        return {target: sum(worker.work.counts[place] for worker in self._started) for place, target in enumerate(TARGETS)}

    def run(self) -> None:
        """Until the time is over; a process that ends before is followed by another."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="abc-fuzz-") as scratch:
            while self._left_s() > 0 or self._running:
                while self._left_s() > 1 and len(self._running) < self._processes:
                    self._start(Path(scratch))
                for connection in wait(list(self._running), timeout=1.0):
                    assert isinstance(connection, Connection)
                    self._receive(connection)
                if self._left_s() < -GRACE_S:
                    for worker in self._running.values():
                        worker.process.kill()

    def _left_s(self) -> float:
        return self._deadline_s - time.monotonic()

    def _start(self, scratch: Path) -> None:
        number = len(self._started)
        ours, theirs = self._context.Pipe(duplex=False)
        folder = scratch / str(number)
        folder.mkdir()
        counts = self._context.RawArray("q", len(TARGETS))
        work = Work(self._seed * SEEDS_A_RUN + number, self._left_s(), self._pool, counts, theirs, folder)
        process = self._context.Process(target=ENGINES[self._engine], args=(work,))
        process.start()
        theirs.close()  # so that the pipe ends with the process
        worker = _Worker(process, work, time.monotonic())
        self._running[ours] = worker
        self._started.append(worker)

    def _receive(self, connection: Connection) -> None:
        """A report, or the end of a process with the files that libFuzzer may have left."""
        worker = self._running[connection]
        try:
            self._look_at(*connection.recv())
        except EOFError:
            del self._running[connection]
            worker.process.join()
            for path in sorted(path for pattern in LEFT_BY_ATHERIS for path in worker.work.folder.glob(pattern)):
                data = path.read_bytes()
                self._look_at(target_of(data), data)
            if not any(worker.work.counts) and time.monotonic() - worker.started_s < SHORTEST_LIFE_S:
                raise RuntimeError(f"the engine {self._engine} does not start: see its message above; try --engine plain") from None

    def _look_at(self, target: str, data: bytes) -> None:
        if (target, data) in self._looked_at:
            return
        self._looked_at.add((target, data))
        failure = confirmed(target, data, self._factor)
        path = keep(failure, data, self._folder, self._factor) if failure else None
        if failure and path:
            self.found.append(path)
            print(f"new bad case {path.name}: {failure.detail}", flush=True)
