"""The engines that make inputs: atheris (coverage-guided, libFuzzer) and a plain loop that runs wherever Python does.

Each runs in a process of its own. It counts its executions in shared memory and reports what looks like a failure through a pipe, so that
nothing is lost however it ends; the parent makes sure, see `failures.confirmed`.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from fuzz.mutations import amplified, as_bytes, as_text, mutate

MAX_ADDRESS_SPACE = 3 * 2**30
INSTRUMENTED_PATIENCE = 4.0  # how much longer instrumented code may take before a case is looked at
MAX_REPORTS_OF_A_KIND = 3  # from one process
LONGEST = 512
# One input in so many is very long, to find what is quadratic; atheris cuts at `LONGEST`, so the plain engine does it.
LONG_ONE_IN, LONG_CHARACTERS = 3_000, (10_000, 30_000, 100_000)
GROWING_POOL = 3_000  # mutated texts that the plain engine goes on from
ATHERIS_SEEDS = 400
LEFT_BY_ATHERIS = ("timeout-*", "oom-*", "crash-*")  # files with the input that ended a process
OWN_MUTATION = 0.8  # of atheris's inputs; the others are libFuzzer's bytes


@dataclass(frozen=True)
class Work:
    """What a process is to do.

    Attributes:
        seed: decides the inputs.
        seconds: wall time.
        pool: texts to start from and to take material from.
        counts: executions by target, in the order of `TARGETS`; shared memory.
        reports: where ``(target, data)`` goes when something fails.
        folder: an empty one, for files.
    """

    seed: int
    seconds: float
    pool: Sequence[str]
    counts: MutableSequence[int]
    reports: Connection
    folder: Path


def run_plain(work: Work) -> None:
    """Mutate, try, keep some of what came out to go on from."""
    _bound_memory()
    run_one = _Executor(work, patience=1.0)
    random, grown = Random(work.seed), list[str]()
    deadline_s = time.monotonic() + work.seconds
    while time.monotonic() < deadline_s:
        text = mutate(random.choice(grown if grown and random.random() < 0.3 else work.pool), random, work.pool)
        if len(grown) < GROWING_POOL:
            grown.append(text)
        elif random.random() < 0.1:
            grown[random.randrange(GROWING_POOL)] = text
        if random.randrange(LONG_ONE_IN) == 0:
            text = amplified(text, random, random.choice(LONG_CHARACTERS))
        run_one(as_bytes(text))


def run_atheris(work: Work) -> None:
    """Let libFuzzer choose what to go on from, by the branches it reaches. Does not return: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["transformers_abc"]):
        import fuzz.properties  # noqa: F401  (and with it all that is under test)

    _bound_memory()
    run_one = _Executor(work, patience=INSTRUMENTED_PATIENCE)

    def own_mutation(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() > OWN_MUTATION:
            return atheris.Mutate(data, max_size)
        return as_bytes(mutate(as_text(data), random, work.pool))[:max_size]

    corpus = work.folder / "corpus"
    corpus.mkdir()
    for number, text in enumerate(Random(work.seed).choices(work.pool, k=ATHERIS_SEEDS)):
        (corpus / str(number)).write_bytes(as_bytes(text[:LONGEST])[:LONGEST])
    options = [
        f"-seed={work.seed + 1}",  # 0 would mean any
        f"-max_total_time={max(int(work.seconds), 1)}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={work.folder}/",
        "-rss_limit_mb=2048",
        "-timeout=200",
        "-verbosity=0",
        "-print_final_stats=0",
    ]
    atheris.Setup(["fuzz", *options, str(corpus)], run_one, custom_mutator=own_mutation)
    atheris.Fuzz()


class _Executor:
    """Tries inputs: counts each, reports a few failures of a kind."""

    def __init__(self, work: Work, patience: float) -> None:
        # Imported late, so that atheris can instrument what it imports in turn.
        from fuzz.properties import TARGETS, check, machine_factor, target_of

        self._work, self._check, self._target_of = work, check, target_of
        self._patience = patience * machine_factor()
        self._place_of = {target: place for place, target in enumerate(TARGETS)}
        self._reported: dict[str, int] = {}

    def __call__(self, data: bytes) -> None:
        target = self._target_of(data)
        self._work.counts[self._place_of[target]] += 1
        failure = self._check(target, data, patience=self._patience)
        if failure:
            seen = self._reported[f"{target} {failure.kind}"] = self._reported.get(f"{target} {failure.kind}", 0) + 1
            if seen <= MAX_REPORTS_OF_A_KIND:
                self._work.reports.send((target, data))


def _bound_memory() -> None:
    """A text that takes gigabytes is a failure, not the end of the machine; and fuzzing gives way to everything else."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))
    os.nice(10)


ENGINES = {"atheris": run_atheris, "plain": run_plain}
