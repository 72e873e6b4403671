"""A training run in a folder: its settings, and the checkpoint to go on from.

A folder belongs to one run. `training.json` says with what settings; a command that would continue it with other ones is refused, since
the result would be neither of the two. Beside its settings, facts of how a run was started may decide it, such as the number of processes
that share the clips: they are kept and compared alike.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers_abc.outputs import write_whole

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RECORD = "training.json"


def begin_run(out: Path, settings: DataclassInstance, may_change: Collection[str], facts: Mapping[str, Any] = {}) -> Path | None:
    """Claim a folder for a run, or find what is done of it.

    Args:
        out: the folder, made if need be.
        settings: everything that decides the run; paths count by their names, so that a run may move to another machine.
        may_change: fields that change how a run runs, not what it computes.
        facts: what else decides the run, by names that tell a user what to change; numbers, text or truth values. A folder that says
            nothing of one, since it was begun before this was kept, takes it on.

    Returns:
        The last whole checkpoint, None where there is none.

    Raises:
        ValueError: the folder holds a run of other settings or facts.
    """
    out.mkdir(parents=True, exist_ok=True)
    decisive = {name: value for name, value in _plain(settings).items() if name not in may_change}
    found = _record(out)
    if found:
        before, before_facts = found["settings"], found.get("facts", {})
        changed = sorted(
            [name for name in decisive if before.get(name) != decisive[name]]
            + [name for name in facts if before_facts.get(name, facts[name]) != facts[name]]
        )
        if changed:
            raise ValueError(f"{out} belongs to a run with other settings ({', '.join(changed)}): choose another --out or delete it")
    write_record(out, settings, found.get("history", []), facts)
    return last_checkpoint(out)


def check_steps(step: int, planned: int, wanted: int, decay_share: float) -> None:
    """Refuse another number of steps once the learning rate falls, since the result would be that of neither run.

    Args:
        step: that the run has reached.
        planned, wanted: steps in all, before and now.
        decay_share: of the steps, over which the rate falls.

    Raises:
        ValueError: with the remedy.

    >>> check_steps(700, 1000, 1200, 0.3)
    """
    if wanted != planned and step > (1 - decay_share) * min(planned, wanted):
        raise ValueError(
            f"the run is at step {step} of {planned}, where the learning rate falls or would have to already for --steps {wanted}: "
            f"give --steps {planned}, or begin anew with another --out"
        )


def write_record(
    out: Path, settings: DataclassInstance, history: list[dict[str, float]], facts: Mapping[str, Any] = {}, **more: Any
) -> None:
    """Write the settings, the versions and what was measured on the way; facts that the record has already stay in it."""
    import numpy as np
    import torch
    import transformers

    made_with = {module.__name__: module.__version__ for module in (torch, transformers, np)}
    decisive = {"settings": _plain(settings), "facts": {**_record(out).get("facts", {}), **facts}}
    record = {**decisive, "made_with": {"python": platform.python_version(), **made_with}, **more, "history": history}
    write_whole(out / RECORD, json.dumps(record, indent=1) + "\n")


def last_checkpoint(out: Path) -> Path | None:
    """The checkpoint of the most steps that was written to its end; the trainer writes its state last."""
    steps = {int(path.name.rpartition("-")[2]): path for path in out.glob("checkpoint-*") if path.name.rpartition("-")[2].isdecimal()}
    for step in sorted(steps, reverse=True):
        try:
            json.loads((steps[step] / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return steps[step]
    return None


def _record(out: Path) -> dict[str, Any]:
    """What a folder says of its run; empty where none was begun."""
    record = out / RECORD
    return json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}


def _plain(settings: DataclassInstance) -> Mapping[str, Any]:
    return {name: value.name if isinstance(value, Path) else value for name, value in asdict(settings).items()}
