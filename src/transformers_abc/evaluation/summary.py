"""Results put together: means over samples and runs, how far runs lie apart, and intervals over pieces.

Conventions:
    - A sample's figure is the mean over its runs, and the set's figure the mean over samples, so that each counts alike.
    - The spread is the standard deviation (of a sample of runs) of the set's figure from run to run.
    - The interval draws whole pieces (`scoring.corpus.bootstrap_interval`); with fewer than two there is none.
    - Failures and unreadable predictions have the worst figures and are part of every mean.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from transformers_abc.evaluation.figures import FIGURES
from transformers_abc.evaluation.results import Result
from transformers_abc.scoring.compare import signature
from transformers_abc.scoring.composite import DEFAULT_PRESET, PRESETS
from transformers_abc.scoring.corpus import bootstrap_interval


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean with its 95 % interval over pieces, its spread over runs, and how many samples it is of; None where it cannot be told."""

    mean: float
    interval: tuple[float, float] | None
    spread: float | None
    n: int


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """A sample over its runs: the means of its figures, its failures, and the run nearest to its mean, to be shown."""

    id: str
    group: str
    figures: Mapping[str, float | None]
    unreadable: int
    failures: Sequence[str]
    shown: Result


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole evaluation.

    Attributes:
        figures: by name, see `evaluation.figures.FIGURES`; None where no reference says anything about it.
        samples: the worst first, by the composite loss of the default preset.
        runs: how often each was transcribed.
        unreadable, failed: of all transcriptions, how many had no music and how many were none at all.
        seconds: mean time of a transcription.
        times_real_time: length of the recordings in the time taken; None where it is unknown.
        skipped: samples left out, since their reference is broken, with the reason.
        signatures: what the composite of each preset depends on.
    """

    figures: Mapping[str, Figure | None]
    samples: Sequence[SampleSummary]
    runs: int
    unreadable: int
    failed: int
    seconds: float
    times_real_time: float | None
    skipped: Mapping[str, str]
    signatures: Mapping[str, str]


def summarise(results: Sequence[Result], skipped: Mapping[str, str]) -> Summary:
    """Put results together; there is at least one."""
    by_sample: dict[str, list[Result]] = defaultdict(list)
    by_run: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_sample[result.id].append(result)
        by_run[result.run].append(result)
    samples = [_sample(of_one) for of_one in by_sample.values()]
    heard_s = [(result.audio_s, result.seconds) for result in results if result.audio_s is not None and result.error is None]
    taken_s = sum(seconds for _, seconds in heard_s)
    return Summary(
        {name: _figure(name, samples, list(by_run.values())) for name in FIGURES},
        sorted(samples, key=lambda sample: (-(sample.figures[DEFAULT_PRESET] or 0.0), sample.id)),
        len(by_run),
        sum(not result.is_readable for result in results),
        sum(result.error is not None for result in results),
        float(np.mean([result.seconds for result in results])),
        sum(audio_s for audio_s, _ in heard_s) / taken_s if taken_s else None,
        skipped,
        {preset: f"n:{len(samples)}|runs:{len(by_run)}|{signature(preset)}" for preset in PRESETS},
    )


def _sample(of_one: Sequence[Result]) -> SampleSummary:
    figures = {name: _mean([result.figures[name] for result in of_one]) for name in FIGURES}
    typical = figures[DEFAULT_PRESET] or 0.0
    shown = min(of_one, key=lambda result: (result.error is not None, abs(result.totals[DEFAULT_PRESET] - typical), result.run))
    failures = [f"run {result.run}: {result.error}" for result in of_one if result.error is not None]
    return SampleSummary(shown.id, shown.group, figures, sum(not result.is_readable for result in of_one), failures, shown)


def _figure(name: str, samples: Sequence[SampleSummary], by_run: Sequence[Sequence[Result]]) -> Figure | None:
    known = [(value, sample.group) for sample in samples if (value := sample.figures[name]) is not None]
    if not known:
        return None
    values, groups = [value for value, _ in known], [group for _, group in known]
    interval = bootstrap_interval(values, groups) if len(set(groups)) > 1 else None
    of_runs = [mean for of_run in by_run if (mean := _mean([result.figures[name] for result in of_run])) is not None]
    spread = float(np.std(of_runs, ddof=1)) if len(of_runs) > 1 else None
    return Figure(float(np.mean(values)), interval, spread, len(values))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def summary_json(summary: Summary, settings: Mapping[str, object]) -> str:
    """The report for programs: all of the summary but the transcriptions, which stand in the results."""
    samples = [
        {"id": sample.id, "piece": sample.group, "figures": sample.figures, "unreadable": sample.unreadable, "failures": sample.failures}
        for sample in summary.samples
    ]
    report = {
        "settings": settings,
        "signatures": summary.signatures,
        "n": len(summary.samples),
        "runs": summary.runs,
        "unreadable": summary.unreadable,
        "failed": summary.failed,
        "skipped": summary.skipped,
        "seconds": summary.seconds,
        "times_real_time": summary.times_real_time,
        "figures": {name: None if figure is None else asdict(figure) for name, figure in summary.figures.items()},
        "samples": samples,
    }
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"
