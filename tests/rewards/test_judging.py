"""Judging each pair once, in this process or in others."""

import multiprocessing
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from transformers_abc.rewards import judging
from transformers_abc.rewards.judging import LEAST_FOR_WORKERS, Case, Jury, judge
from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.digest import digest

REFERENCE = "X:1\nM:4/4\nL:1/8\nK:G\nGABc dedB|dedB dedB|c2ec B2dB|A2F2 G4|]"
CASES = [Case(REFERENCE.replace("dedB", f"d{a}d{b}"), (digest(REFERENCE),), "full", "standard") for a in "CDEFGABc" for b in "CDEF"]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    judging._KEPT.clear()
    yield
    judging._KEPT.clear()


def test_a_verdict_is_that_of_compare() -> None:
    for case in CASES:
        verdict = judge(case)
        assert verdict.score == compare(case.prediction, [digest(REFERENCE)])
        assert verdict.repetition == digest(case.prediction).repetition


def test_each_pair_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    monkeypatch.setattr(judging, "judge", lambda case: judged.append(case) or judge(case))
    first = Jury().verdicts(CASES * 2)
    assert judged == CASES
    assert Jury().verdicts(CASES) == first[: len(CASES)] == first[len(CASES) :]  # another reward over the same batch
    assert judged == CASES
    Jury().verdicts([CASES[0]._replace(dialect="article"), CASES[0]._replace(references=(digest("K:C\nCDE|"),))])
    assert len(judged) == len(CASES) + 2


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MAX_KEPT", 5)
    expected = [judge(case) for case in CASES]
    assert Jury().verdicts(CASES[:3]) == expected[:3]
    assert len(judging._KEPT) == 3
    assert Jury().verdicts(CASES[2:6]) == expected[2:6]  # one of them was there already
    assert len(judging._KEPT) == 3
    assert Jury().verdicts(CASES) == expected
    assert len(judging._KEPT) <= 5


@pytest.fixture(scope="module")
def workers() -> Iterator[Jury]:
    jury = Jury(2)
    yield jury
    jury.close()


def test_workers_judge_alike(workers: Jury) -> None:
    by_workers = workers.verdicts(CASES)
    assert workers._workers is not None
    judging._KEPT.clear()
    assert by_workers == Jury().verdicts(CASES)


def test_a_small_batch_starts_no_workers() -> None:
    jury = Jury(2)
    jury.verdicts(CASES[: LEAST_FOR_WORKERS - 1])
    assert jury._workers is None
    jury.verdicts(CASES[: LEAST_FOR_WORKERS - 1] * 2)  # large, but there is nothing new in it
    assert jury._workers is None


def test_workers_are_not_pickled_and_can_be_closed(workers: Jury) -> None:
    workers.verdicts(CASES)
    copy = pickle.loads(pickle.dumps(workers))
    assert (copy._num_workers, copy._workers) == (2, None)
    workers.close()
    assert workers._workers is None
    workers.close()
    judging._KEPT.clear()
    assert workers.verdicts(CASES)  # started again


class Mortal(Jury):
    """A jury whose workers are dead."""

    def _started(self) -> ProcessPoolExecutor:
        pool = super()._started()
        pool.submit(os._exit, 1)
        return pool


def test_without_its_workers_a_jury_goes_on() -> None:
    jury = Mortal(1)
    with pytest.warns(UserWarning, match="__main__"):
        verdicts = jury.verdicts(CASES)
    assert verdicts == [judge(case) for case in CASES]
    assert jury._workers is None


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork")
def test_a_forked_process_has_workers_of_its_own(tmp_path: Path) -> None:
    """In a process of its own, since forking one that has threads is what is tested."""
    script = tmp_path / "forks.py"
    script.write_text(
        "import os, sys\n"
        "from transformers_abc.rewards import judging\n"
        "from transformers_abc.rewards.judging import Case, Jury\n"
        "from transformers_abc.scoring.digest import digest\n"
        "cases = [Case(f'K:C\\nCDE{note}|', (digest('K:C\\nCDEF|'),), 'full', 'standard') for note in 'ABCDEFGabcdefgz^_=']\n"
        "if __name__ == '__main__':\n"
        "    jury = Jury(1)\n"
        "    expected = jury.verdicts(cases)\n"
        "    judging._KEPT.clear()\n"
        "    if (child := os.fork()) == 0:\n"
        "        same = jury.verdicts(cases) == expected and jury._owner == os.getpid()\n"
        "        jury.close()\n"
        "        os._exit(0 if same else 1)\n"
        "    status = os.waitpid(child, 0)[1]\n"
        "    judging._KEPT.clear()\n"
        "    sys.exit(status or jury.verdicts(cases) != expected)\n"
    )
    assert subprocess.run([sys.executable, script], timeout=60, check=False).returncode == 0


def test_a_script_without_a_guard_goes_on_without_workers(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from transformers_abc.rewards.judging import Case, Jury\n"
        "from transformers_abc.scoring.digest import digest\n"
        "cases = [Case(f'K:C\\nCDE{note}{more}|', (digest('K:C\\nCDEF|'),), 'full', 'standard') for note in 'ABCDE' for more in 'abcde']\n"
        "print(len(Jury(1).verdicts(cases)))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1:] == ["25"], done.stderr
    assert 'under if __name__ == "__main__"' in done.stderr
