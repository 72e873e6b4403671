"""Predictions compared with their references: each pair once, however many rewards ask, and in worker processes where there is much to do.

Verdicts are kept by what they depend on, so rewards that run one after the other over a batch share them, and so do equal completions.
What is kept belongs to its process: it is never pickled, and a process that is forked merely starts with a copy.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from transformers_abc.notation.reader import read_abc
from transformers_abc.scoring.compare import AbcScore, compare, most_events
from transformers_abc.scoring.digest import Digest, digest

MAX_KEPT = 4096  # verdicts; about a kilobyte each. More than a batch has, so that all of its rewards find them
LEAST_FOR_WORKERS = 16  # fewer pairs are judged sooner than they are sent
_CHUNKS_EACH = 4  # for every worker, so that a few slow texts do not hold up all


class Case(NamedTuple):
    """What is to be judged: ABC in its dialect against references that have music, of which the nearest by a preset counts."""

    prediction: str
    references: tuple[Digest, ...]
    preset: str
    dialect: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A score, and the share of runs of notes in the prediction that were there before (see `Digest.repetition`)."""

    score: AbcScore
    repetition: float


_Key = tuple[bytes, tuple[Digest, ...], str, str]
_KEPT: dict[_Key, Verdict] = {}


def judge(case: Case) -> Verdict:
    r"""Compare a prediction with its references, as `compare` does.

    >>> reference = digest("X:1\nM:2/4\nL:1/4\nK:G\nGA|Bc|")
    >>> judge(Case("X:1\nM:2/4\nL:1/4\nK:G\nGA|GA|", (reference,), "full", "standard")).score.parts["pitch"]
    0.5
    """
    # One limit for all references where `compare` has one for each: that of the longest.
    played = most_events(max(reference.notes for reference in case.references))
    prediction = digest(read_abc(case.prediction, dialect=case.dialect), played)
    return Verdict(compare(prediction, case.references, case.preset), prediction.repetition)


class Jury:
    """Judges batches, by worker processes where it has any.

    Workers are started when there is first enough to do, and end with the process or with `close`. They are started afresh (``spawn``),
    as a process that holds threads or a GPU must not be forked.

    Args:
        num_workers: 0 judges in this process.
    """

    def __init__(self, num_workers: int = 0) -> None:
        self._num_workers = num_workers
        self._workers: ProcessPoolExecutor | None = None
        self._owner = 0

    def __reduce__(self) -> tuple[type[Jury], tuple[int]]:
        return Jury, (self._num_workers,)

    def verdicts(self, cases: Sequence[Case]) -> list[Verdict]:
        """The verdict of each case, in their order."""
        keys = [_key(case) for case in cases]
        found = {key: _KEPT.get(key) for key in keys}
        new = {key: case for key, case in zip(keys, cases, strict=True) if found[key] is None}
        judged = dict(zip(new, self._judge(list(new.values())), strict=True))
        _keep(judged)
        return [found[key] or judged[key] for key in keys]

    def close(self) -> None:
        """End the workers; they are started again when they are needed."""
        if self._workers and self._owner == os.getpid():
            self._workers.shutdown(cancel_futures=True)
        self._workers = None

    def _judge(self, cases: Sequence[Case]) -> list[Verdict]:
        if self._num_workers and len(cases) >= LEAST_FOR_WORKERS:
            try:
                return list(self._started().map(judge, cases, chunksize=-(-len(cases) // (_CHUNKS_EACH * self._num_workers))))
            except BrokenProcessPool:
                self.close()
                self._num_workers = 0
                warnings.warn(
                    "the worker processes of a reward ended, so it goes on without them; a script that uses num_workers has to run "
                    'its own code under if __name__ == "__main__":',
                    stacklevel=2,
                )
        return [judge(case) for case in cases]

    def _started(self) -> ProcessPoolExecutor:
        """The workers of this process: those of the one that it was forked from do not answer to it."""
        if self._workers is None or self._owner != os.getpid():
            self._workers = ProcessPoolExecutor(self._num_workers, mp_context=multiprocessing.get_context("spawn"))
            self._owner = os.getpid()
        return self._workers


def _key(case: Case) -> _Key:
    """What a verdict depends on. The text stands there by its hash, so that what is kept stays small."""
    text = hashlib.blake2b(case.prediction.encode("utf-8", "surrogatepass"), digest_size=16)
    return text.digest(), case.references, case.preset, case.dialect


def _keep(verdicts: dict[_Key, Verdict]) -> None:
    if len(_KEPT) + len(verdicts) > MAX_KEPT:
        _KEPT.clear()
    _KEPT.update(islice(verdicts.items(), MAX_KEPT))
