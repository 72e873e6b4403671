"""What is kept of each transcription: a line of JSON in ``results.jsonl``, written as soon as it is done.

A run that was cut off may leave half a line at the end; it is dropped when the file is read. Of several lines for one sample and run the
last counts, so that a failed one can be tried again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from transformers_abc.evaluation.figures import ONSET_F1

RESULTS_FILE = "results.jsonl"


class ResultsError(ValueError):
    """A file of results that cannot be used; the message says where it is broken."""


@dataclass(frozen=True, slots=True)
class Result:
    """One sample in one run.

    Attributes:
        id, group, run: which; runs count from 1.
        prediction: what the system wrote; empty if it failed.
        error: why it failed; None if it did not.
        log: what it printed beside.
        seconds: taken.
        audio_s: length of the recording; None where that is unknown.
        is_readable: whether there is music in the prediction.
        totals, parts, onset_f1: its figures.
        pitch_edits, rhythm_edits, notes: of its losses, for sums.
    """

    id: str
    group: str
    run: int
    prediction: str
    error: str | None
    log: str
    seconds: float
    audio_s: float | None
    is_readable: bool
    totals: Mapping[str, float]
    parts: Mapping[str, float | None]
    onset_f1: float
    pitch_edits: int
    rhythm_edits: int
    notes: int

    @property
    def figures(self) -> dict[str, float | None]:
        return {**self.totals, **self.parts, ONSET_F1: self.onset_f1}


_FIELDS = {field.name for field in fields(Result)}


def append_result(out: Path, result: Result) -> None:
    """Write a result so that it is there whatever comes next."""
    with (out / RESULTS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_results(out: Path) -> dict[tuple[str, int], Result]:
    """The results that are there, by sample and run; half a line at the end is cut off.

    Raises:
        ResultsError: another line is broken.
    """
    path = out / RESULTS_FILE
    if not path.exists():
        return {}
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
    found = {}
    for number, line in enumerate(data[:whole].splitlines(), 1):
        try:
            values = json.loads(line)
            result = Result(**{name: values[name] for name in _FIELDS})
        except (ValueError, KeyError, TypeError) as error:
            raise ResultsError(f"{path}:{number}: is no result ({error}); mend the line, or begin anew with --restart") from error
        found[result.id, result.run] = result
    return found
