"""Run a system over samples, again and again, and keep each result as it comes: interrupted at any time, it goes on where it stopped."""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from transformers_abc.evaluation.audio_samples import duration_s
from transformers_abc.evaluation.figures import note_onset_f1
from transformers_abc.evaluation.results import Result, append_result, read_results
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import System, SystemFailure, Transcription
from transformers_abc.scoring.compare import compare

MAX_PREDICTION_CHARACTERS = 1_000_000  # more than that is not read anyway


def run_evaluation(
    samples: Sequence[Sample], system: System, runs: int, seed: int, out: Path, *, retry_failed: bool = False, progress: bool = False
) -> list[Result]:
    """Transcribe and score what is not done yet.

    Args:
        samples: to transcribe.
        system: that does it.
        runs: how often.
        seed: of all that is random; each sample and run has one of its own, so that the order of work changes nothing.
        out: folder of the results.
        retry_failed: do again what failed.
        progress: show a bar on stderr.

    Returns:
        The results of all samples and runs, in order: run by run, and in each as the samples stand.

    Raises:
        ResultsError: what is in the folder is broken.
        SystemUnavailableError: the system is gone; what was done is kept.
    """
    from tqdm import tqdm

    done = read_results(out)
    work = [(run, sample) for run in range(1, runs + 1) for sample in samples]
    is_done = {key for key, result in done.items() if result.error is None or not retry_failed}
    if any((sample.id, run) not in is_done for run, sample in work):
        system.prepare()
    with tqdm(total=len(work), unit="recording", file=sys.stderr, disable=not progress) as bar:
        for run, sample in work:
            if (sample.id, run) not in is_done:
                bar.set_description(f"run {run} of {runs}, {sample.id}"[:60])
                result = _evaluate_one(sample, run, system, seed)
                append_result(out, result)
                done[sample.id, run] = result
            bar.update()
    return [done[sample.id, run] for run, sample in work]


def sample_seed(seed: int, sample: Sample, run: int) -> int:
    return zlib.crc32(f"{seed}/{run}/{sample.id}".encode(errors="backslashreplace"))


def _evaluate_one(sample: Sample, run: int, system: System, seed: int) -> Result:
    start = time.perf_counter()
    error = None
    try:
        written = system.transcribe(sample, sample_seed(seed, sample, run))
    except SystemFailure as failure:
        written, error = Transcription("", failure.log), str(failure)
    seconds = time.perf_counter() - start
    # A model's text may hold halves of surrogate pairs, which no file can.
    prediction = written.text[:MAX_PREDICTION_CHARACTERS].encode(errors="replace").decode()
    score = compare(prediction, sample.reference)
    return Result(
        sample.id,
        sample.group,
        run,
        prediction,
        error,
        written.log,
        round(seconds, 3),
        duration_s(sample.audio),
        score.is_readable,
        dict(score.totals),
        dict(score.parts),
        note_onset_f1(prediction, sample.reference),
        score.pitch_edits,
        score.rhythm_edits,
        score.notes,
    )
