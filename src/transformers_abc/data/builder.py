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
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from hashlib import sha256
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
SHORTEST_CLIP_S = 1.0
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
    work = _work_folder(out, settings)
    parts = PartFolder(work, features().arrow_schema)
    keys = _keys(sources)
    reports = _build_parts(sources, keys, work, settings, processes)
    problems = [problem for report in reports for problem in report["problems"]]
    if not any(report["clips"] for report in reports):
        raise BuildError(f"no clip could be made of any of {len(sources)} pieces: {'; '.join(problems[:8])}")
    rows = _join(parts, keys, reports, work)
    _finish(out, work, settings, reports, rows)
    hours = sum(clip["seconds"] for report in reports for clip in report["clips"]) / 3600
    return BuildSummary(rows, sum(bool(report["clips"]) for report in reports), hours, problems)


# --- The folder ----------------------------------------------------------------------------------------------------------------------


def _work_folder(out: Path, settings: BuildSettings) -> Path:
    """The working folder of a new build, or of an interrupted one of the same settings."""
    work, written = out / WORK, json.dumps(asdict(settings), indent=1) + "\n"
    if out.exists() and not out.is_dir():
        raise BuildError(f"{out}: is a file; --out takes a folder")
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
        shutil.rmtree(work / "old", ignore_errors=True)
        if (out / DATA).exists():
            (out / DATA).rename(work / "old")
        (work / DATA).rename(out / DATA)
    write_whole(out / REPORT, json.dumps({"settings": asdict(settings), "pieces": list(reports)}, indent=1) + "\n")
    write_card(out, settings.kind, reports, rows)
    shutil.rmtree(work, ignore_errors=True)


# --- The pieces ----------------------------------------------------------------------------------------------------------------------


def _keys(sources: Sequence[PieceSource]) -> list[str]:
    """A folder name for each piece, by its place and its own name: after a piece is added or taken away, others are not taken for it."""
    doubled = [name for name, count in Counter(source.id for source in sources).items() if count > 1]
    if doubled:
        raise BuildError(f"two pieces are called {doubled[0]}")
    return [f"{place:06d}-{sha256(source.id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}" for place, source in enumerate(sources)]


def _build_parts(
    sources: Sequence[PieceSource], keys: Sequence[str], work: Path, settings: BuildSettings, processes: int
) -> list[dict[str, Any]]:
    """The reports of all pieces. Those that are finished are not built again, but for those with problems, which may be mended by now."""
    parts = PartFolder(work, features().arrow_schema)
    reports = {key: report for key in keys if (report := parts.report(key)) is not None and not report["problems"]}
    waiting = [(source, key) for source, key in zip(sources, keys, strict=True) if key not in reports]
    with tqdm(total=len(sources), initial=len(reports), desc="pieces", unit="piece", file=sys.stderr, delay=1.0) as bar:
        for key, report in _built(waiting, work, settings, processes):
            reports[key] = report
            bar.update()
    return [reports[key] for key in keys]


def _built(
    waiting: Sequence[tuple[PieceSource, str]], work: Path, settings: BuildSettings, processes: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    if processes <= 1 or len(waiting) <= 1:
        for source, key in waiting:
            yield key, build_part(source, key, work, settings)
        return
    # Spawned: forked processes would share locks of pyarrow's threads.
    with ProcessPoolExecutor(min(processes, len(waiting)), mp_context=get_context("spawn")) as pool:
        futures: dict[Future[dict[str, Any]], str] = {pool.submit(build_part, source, key, work, settings): key for source, key in waiting}
        try:
            while futures:
                for done in wait(futures, return_when=FIRST_COMPLETED).done:
                    yield futures.pop(done), done.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def build_part(source: PieceSource, key: str, work: Path, settings: BuildSettings) -> dict[str, Any]:
    """Build one piece and return its report."""
    report: dict[str, Any] = {"piece": source.id, "family": None, "split": source.split, "clips": [], "problems": [], "remarks": []}
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
    for clip in cut_clips(piece, recording, duration_s, settings.clip_s, settings.cut):
        if clip.end_s - clip.start_s < SHORTEST_CLIP_S:
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
    rows: dict[str, dict[str, int]] = {}
    with disk_errors(work):
        shutil.rmtree(work / DATA, ignore_errors=True)
    for config in (TRANSCRIPTIONS, QUESTIONS):
        for split in SPLITS:
            of_split = [key for key, report in zip(keys, reports, strict=True) if report["split"] == split]
            if files := parts.files(of_split, config):
                rows.setdefault(config, {})[split] = join_parts(files, work / DATA / config, split)
    return rows
