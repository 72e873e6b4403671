"""Build a dataset: pieces to clips, clips to rows, rows to Parquet files with a card.

    transformers-abc dataset build --urmp Dataset/ --out urmp-abc/

Each piece is a step of its own, done by one of several processes and kept when the build is interrupted; the same command goes on where it
was. What is wrong with a piece or one of its files is reported, and the rest is built. The same settings and files give the same bytes,
whatever the number of processes.

    OUT/README.md                                  the card
    OUT/build.json                                 settings, and for each piece its clips, problems and how well the notes agree
    OUT/data/default/train-00000-of-00002.parquet  transcriptions; qa/ holds short questions
    OUT/.build/                                    while it is built only
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import version
from math import isnan
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.data.card import write_card
from transformers_abc.data.clips import CLIP_S, Clip, Cut, cut_clips
from transformers_abc.data.parquet_parts import PartFolder, disk_errors, join_parts
from transformers_abc.data.rows import QUESTIONS, TRANSCRIPTIONS, Row, RowSettings, clip_rows, features, recording_id
from transformers_abc.data.sources import PieceSource, drawn_split
from transformers_abc.data.urmp_splits import SPLITS
from transformers_abc.outputs import write_whole

WORK, DATA, REPORT = ".build", "data", "build.json"
SHORTEST_CLIP_S, LONGEST_CLIP_S = 1.0, 3600.0
SAMPLING_RATES = (4000, 192_000)
MOST_PROCESSES = 61  # as many as Windows can wait for
Recordings = Literal["all", "mixes", "stems"]


class BuildError(ValueError):
    """A build that cannot start or that yields nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What decides the content of a dataset.

    Attributes:
        clip_s, cut: see `clips.cut_clips`.
        recordings: of each piece.
        rows: see `rows.RowSettings`.
        kind: ``urmp``, ``pairs`` or ``synthetic``: decides the card.
        source: anything else that decides what the pieces are; a build goes on only where it is the same.
    """

    clip_s: float = CLIP_S
    cut: Cut = "bars"
    recordings: Recordings = "all"
    rows: RowSettings = field(default_factory=RowSettings)
    kind: str = "urmp"
    source: str = ""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What was built.

    Attributes:
        rows: by configuration and split.
        pieces: those with at least one clip.
        hours: of audio in the transcriptions.
        problems: one sentence each.
    """

    rows: dict[str, dict[str, int]]
    pieces: int
    hours: float
    problems: list[str]


def build_dataset(sources: Sequence[PieceSource], out: Path, settings: BuildSettings, processes: int = 1) -> BuildSummary:
    """Build a dataset, or go on with it.

    Args:
        sources: the pieces, each with another id.
        out: the folder; made if it is not there. A dataset in it that was built before is replaced once the new one is finished.
        settings: see there.
        processes: that work at once.

    Raises:
        BuildError: the folder holds something else, or no piece can be used.
        transformers_abc.outputs.OutputError: the disk is full or may not be written to; what is finished is kept.
    """
    _check(settings)
    with _alone(out):
        work = _work_folder(out, settings)
        keys = _keys(sources)
        reports = _build_parts(sources, keys, work, settings, processes)
        problems = [problem for report in reports for problem in report["problems"]]
        if not any(report["clips"] for report in reports):
            shutil.rmtree(work, ignore_errors=True)
            raise BuildError(
                f"no clip could be made of any of {len(sources)} pieces: {'; '.join(problems[:8]) or 'nothing is played in them'}"
            )
        rows = _join(PartFolder(work, features().arrow_schema), keys, reports, work)
        _finish(out, work, settings, reports, rows)
    hours = sum(clip["seconds"] for report in reports for clip in report["clips"]) / 3600
    return BuildSummary(rows, sum(bool(report["clips"]) for report in reports), hours, problems)


def _check(settings: BuildSettings) -> None:
    """Refuse what no dataset can be made with.

    Raises:
        BuildError: see above.
    """
    lowest, highest = SAMPLING_RATES
    if not SHORTEST_CLIP_S <= settings.clip_s < LONGEST_CLIP_S:
        raise BuildError(f"clips of {settings.clip_s:g} s: give {SHORTEST_CLIP_S:g} to {LONGEST_CLIP_S:g} s")
    if settings.rows.sampling_rate is not None and not lowest <= settings.rows.sampling_rate <= highest:
        raise BuildError(f"audio at {settings.rows.sampling_rate} Hz: give {lowest} to {highest} Hz")
    if settings.rows.questions < 0:
        raise BuildError(f"{settings.rows.questions} questions a clip: give 0 or more")


# --- The folder ----------------------------------------------------------------------------------------------------------------------


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep others from building into the same folder meanwhile. The lock lies beside it, since what is in it is a dataset."""
    from filelock import FileLock, Timeout

    if out.exists() and not out.is_dir():
        raise BuildError(f"{out}: is a file; --out takes a folder")
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out.parent / f".{out.name}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise BuildError(f"{out}: another build is at work in it; wait for it, or choose another --out") from None
    try:
        yield
    finally:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _work_folder(out: Path, settings: BuildSettings) -> Path:
    """The working folder of a new build, or of an interrupted one of the same settings."""
    work, written = out / WORK, json.dumps({**asdict(settings), "version": version("transformers_abc")}, indent=1) + "\n"
    if out.is_dir() and any(out.iterdir()) and not (work.exists() or (out / REPORT).exists()):
        raise BuildError(f"{out}: holds files that no build made; choose another --out")
    settings_file = work / "settings.json"
    if settings_file.exists() and settings_file.read_text(encoding="utf-8") != written:
        raise BuildError(f"{out}: an interrupted build of other settings is in it; finish that one, delete {work} or choose another --out")
    with disk_errors(out):
        work.mkdir(parents=True, exist_ok=True)
    write_whole(settings_file, written)
    return work


def _finish(out: Path, work: Path, settings: BuildSettings, reports: Sequence[dict[str, Any]], rows: dict[str, dict[str, int]]) -> None:
    """Put the new files in the place of the old ones."""
    with disk_errors(out):
        shutil.rmtree(out / f"{WORK}-done", ignore_errors=True)
        shutil.rmtree(work / "old", ignore_errors=True)
        if (out / DATA).exists():
            (out / DATA).rename(work / "old")
        (work / DATA).rename(out / DATA)
    lasting = [{name: value for name, value in report.items() if name != "files"} for report in reports]  # those are of this machine
    write_whole(out / REPORT, json.dumps({"settings": asdict(settings), "pieces": lasting}, indent=1) + "\n")
    write_card(out, settings.kind, reports, rows, _told_settings(settings))
    done = work.rename(out / f"{WORK}-done")  # so that half of it, if this is killed, is not taken for an interrupted build
    shutil.rmtree(done, ignore_errors=True)


def _told_settings(settings: BuildSettings) -> dict[str, Any]:
    return {"clip_s": settings.clip_s, "cut": settings.cut, "recordings": settings.recordings, **asdict(settings.rows)}


# --- The pieces ----------------------------------------------------------------------------------------------------------------------


def _keys(sources: Sequence[PieceSource]) -> list[str]:
    """A folder name for each piece, by its place and its own name: after a piece is added or taken away, others are not taken for it."""
    return [f"{place:06d}-{sha256(source.id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}" for place, source in enumerate(sources)]


def _build_parts(
    sources: Sequence[PieceSource], keys: Sequence[str], work: Path, settings: BuildSettings, processes: int
) -> list[dict[str, Any]]:
    """The reports of all pieces; those that are finished are not built again."""
    parts = PartFolder(work, features().arrow_schema)
    reports = {key: report for key, source in zip(keys, sources, strict=True) if (report := _finished(parts, key, source)) is not None}
    waiting = [(source, key) for source, key in zip(sources, keys, strict=True) if key not in reports]
    with tqdm(total=len(sources), initial=len(reports), desc="pieces", unit="piece", file=sys.stderr, delay=1.0) as bar:
        for key, report in _built(waiting, work, settings, processes):
            reports[key] = report
            bar.update()
    return [reports[key] for key in keys]


def _finished(parts: PartFolder, key: str, source: PieceSource) -> dict[str, Any] | None:
    """The report of a piece that need not be built again: it is whole, its files are as they were, and nothing is to be mended in it."""
    report = parts.report(key)
    return report if report and not report["problems"] and report["files"] == source.fingerprint() else None


def _built(
    waiting: Sequence[tuple[PieceSource, str]], work: Path, settings: BuildSettings, processes: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    if processes <= 1 or len(waiting) <= 1:
        for source, key in waiting:
            yield key, build_part(source, key, work, settings)
        return
    # Spawned: forked processes would share locks of pyarrow's threads. An interrupt is for this process alone to answer.
    processes = min(processes, len(waiting), MOST_PROCESSES)
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    ) as pool:
        futures: dict[Future[dict[str, Any]], str] = {pool.submit(build_part, source, key, work, settings): key for source, key in waiting}
        try:
            while futures:
                for done in wait(futures, return_when=FIRST_COMPLETED).done:
                    yield futures.pop(done), done.result()
        except BrokenProcessPool as error:
            raise BuildError(
                "a process was killed, as happens when memory runs out: try a smaller --num-proc; what is finished is kept, run the same "
                "command again to go on"
            ) from error
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def build_part(source: PieceSource, key: str, work: Path, settings: BuildSettings) -> dict[str, Any]:
    """Build one piece and return its report."""
    report: dict[str, Any] = {
        "piece": source.id,
        "files": source.fingerprint(),
        "family": None,
        "split": source.split,
        "clips": [],
        "problems": [],
        "remarks": [],
    }
    scratch = work / f"scratch-{key}"
    with disk_errors(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
    try:
        PartFolder(work, features().arrow_schema).write(key, _piece_rows(source, scratch, settings, report), report)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return report


def _piece_rows(source: PieceSource, scratch: Path, settings: BuildSettings, report: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    """The rows of one piece; what is wrong goes into the report."""
    try:
        read = source.read(scratch)
    except ValueError as error:
        report["problems"].append(f"{error}; left out")
        return
    report |= {"family": read.piece.family, "split": source.split or drawn_split(read.piece.family)}
    report["problems"] += read.problems
    report["remarks"] += read.remarks
    for recording in _wanted(read.piece, settings.recordings):
        try:
            yield from _recording_rows(read.piece, recording, settings, report)
        except AudioError as error:
            report["problems"].append(f"{error}; left out")
        except ValueError as error:  # of the score
            report["problems"].append(f"{read.piece.id}: {error}; left out")
            return


def _wanted(piece: AlignedPiece, wanted: Recordings) -> Iterable[PieceRecording]:
    """A recording of all voices is a mix, also of a single one."""
    everyone = len(piece.score.voices)
    for recording in piece.recordings:
        is_mix = len(recording.voices) == everyone
        if wanted == "all" or is_mix == (wanted == "mixes"):
            yield recording


def _recording_rows(
    piece: AlignedPiece, recording: PieceRecording, settings: BuildSettings, report: dict[str, Any]
) -> Iterator[tuple[str, Row]]:
    duration_s = Recording(recording.path).duration_s
    last_s = max((onset_s for place in recording.voices for onset_s in piece.onsets_s[place] if not isnan(onset_s)), default=0.0)
    if last_s >= duration_s:
        report["problems"].append(
            f"{recording.path}: ends after {duration_s:.1f} s, but its notes go on to {last_s:.1f} s; those are left out"
        )
    for clip in cut_clips(piece, recording, duration_s, settings.clip_s, settings.cut):
        if clip.end_s - clip.start_s < SHORTEST_CLIP_S:
            report["remarks"].append(f"{recording.path.name}: less than {SHORTEST_CLIP_S:g} s from {clip.start_s:.1f} s on is left out")
            continue
        # All of a clip before any of it, so that a damaged file leaves no half clip behind.
        rows = list(clip_rows(piece, recording, clip, settings.rows))
        report["clips"].append(_told(clip, recording_id(piece, recording), rows))
        yield from rows


def _told(clip: Clip, identity: str, rows: Sequence[tuple[str, Row]]) -> dict[str, Any]:
    return {
        "id": identity,
        "start_time": clip.start_s,
        "seconds": round(clip.end_s - clip.start_s, 3),
        "notes": sum(len(voice.notes) for voice in clip.tune.voices),
        "bars": len(clip.tune.bar_lengths_wn),
        "deviation_s": round(clip.deviation_s, 3),
        "worst_s": round(clip.worst_s, 3),
        "questions": sum(config == QUESTIONS for config, _ in rows),
    }


# --- The shards ----------------------------------------------------------------------------------------------------------------------


def _join(parts: PartFolder, keys: Sequence[str], reports: Sequence[dict[str, Any]], work: Path) -> dict[str, dict[str, int]]:
    """Shards of every configuration and split, and their rows."""
    joined: dict[str, dict[str, int]] = {}
    with disk_errors(work):
        shutil.rmtree(work / DATA, ignore_errors=True)
    for config in (TRANSCRIPTIONS, QUESTIONS):
        for split in SPLITS:
            of_split = {key: report["rows"].get(config, 0) for key, report in zip(keys, reports, strict=True) if report["split"] == split}
            if files := parts.files([key for key, rows in of_split.items() if rows], config):
                rows = join_parts(files, work / DATA / config, split)
                if rows != sum(of_split.values()):
                    raise BuildError(f"{work}: rows of {config} are missing; delete this folder and run the same command again")
                joined.setdefault(config, {})[split] = rows
    return joined
