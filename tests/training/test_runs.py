"""A folder belongs to one run."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from transformers_abc.training.runs import RECORD, begin_run, write_record


@dataclass(frozen=True)
class Settings:
    out: Path
    scores: Path
    seed: int = 0
    workers: int = 1


MAY_CHANGE = ("out", "workers")


def begin(out: Path, facts: dict[str, Any], **settings: Any) -> Path | None:
    return begin_run(out, Settings(out, Path("somewhere/scores"), **settings), MAY_CHANGE, facts)


def kept_facts(out: Path) -> dict[str, Any]:
    return json.loads((out / RECORD).read_text())["facts"]


def test_what_only_changes_how_it_runs_may_change(tmp_path: Path) -> None:
    begin(tmp_path, {}, workers=1)
    begin(tmp_path, {}, workers=4)
    begin_run(tmp_path, Settings(tmp_path, Path("elsewhere/scores")), MAY_CHANGE)
    with pytest.raises(ValueError, match=r"other settings \(seed\)"):
        begin(tmp_path, {}, seed=1)


def test_other_facts_are_refused_by_name(tmp_path: Path) -> None:
    begin(tmp_path, {"processes": 2})
    begin(tmp_path, {"processes": 2})
    with pytest.raises(ValueError, match=r"other settings \(processes, seed\)"):
        begin(tmp_path, {"processes": 1}, seed=1)
    assert kept_facts(tmp_path) == {"processes": 2}


def test_facts_outlive_the_record_of_the_finished_run(tmp_path: Path) -> None:
    begin(tmp_path, {"processes": 2})
    write_record(tmp_path, Settings(tmp_path, Path("scores")), [{"loss": 1.0}], validation={"f1": 0.5})
    record = json.loads((tmp_path / RECORD).read_text())
    assert (record["validation"], record["history"]) == ({"f1": 0.5}, [{"loss": 1.0}])
    with pytest.raises(ValueError, match="processes"):
        begin(tmp_path, {"processes": 1})
    begin(tmp_path, {"processes": 2})
    assert json.loads((tmp_path / RECORD).read_text())["history"] == [{"loss": 1.0}]


def test_a_run_begun_before_a_fact_was_kept_takes_it_on(tmp_path: Path) -> None:
    begin(tmp_path, {})
    record = json.loads((tmp_path / RECORD).read_text())
    del record["facts"]  # as runs were recorded once
    (tmp_path / RECORD).write_text(json.dumps(record))
    begin(tmp_path, {"processes": 2})
    with pytest.raises(ValueError, match="processes"):
        begin(tmp_path, {"processes": 1})


def test_the_last_whole_checkpoint_is_found(tmp_path: Path) -> None:
    assert begin(tmp_path, {}) is None
    for steps in (6, 20, 100):
        (tmp_path / f"checkpoint-{steps}").mkdir()
    for steps in (6, 20):  # the machine stopped amid the third
        (tmp_path / f"checkpoint-{steps}" / "trainer_state.json").write_text("{}")
    assert begin(tmp_path, {}) == tmp_path / "checkpoint-20"
