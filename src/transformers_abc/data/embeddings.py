"""The configuration ``embeddings`` of a built dataset: the rows of ``default`` with an embedding in the place of the audio.

    OUT/data/embeddings/train-00000-of-00002.parquet   one file for each of data/default, with the same rows
    OUT/README.md                                      names the configuration once all files are there

The column ``embedding`` is ``[240, D]`` float32; `embedding_parts.frames` says what a frame is. Stop at any time: what is finished is kept,
and the same call goes on. While files of other sources are replaced, the card does not name the configuration, so it is never half of each.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from transformers_abc.data.built_dataset import CARD, DEFAULT, BuiltDataset, DatasetFolderError, card_header, read_built_dataset
from transformers_abc.data.card import with_header
from transformers_abc.data.embedding_parts.clip_sound import jukebox_wav
from transformers_abc.data.embedding_parts.frames import FRAMES
from transformers_abc.data.embedding_parts.shards import (
    AUDIO,
    PARTIAL,
    Shard,
    fingerprint,
    is_finished,
    planned_shards,
    read_rows,
    write_shard,
)
from transformers_abc.data.embedding_parts.source import EmbeddingsError, EmbeddingSource
from transformers_abc.data.parquet_parts import disk_errors
from transformers_abc.outputs import OutputError, write_whole

EMBEDDINGS = "embeddings"  # the configuration
_FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class EmbeddingSummary:
    """What was done.

    Attributes:
        folder: of the configuration's files.
        rows: with an embedding.
        left_out: rows of the default configuration without one.
        files: all of them.
        kept: files that were there already.
        width: values in a frame.
    """

    folder: Path
    rows: int
    left_out: int
    files: int
    kept: int
    width: int


def embed_dataset(folder: Path, source: EmbeddingSource) -> EmbeddingSummary:
    """Add the configuration to a built dataset, or go on with it, or replace it by that of another source.

    Args:
        folder: of ``dataset build``.
        source: of the embeddings.

    Raises:
        DatasetFolderError: the folder is no built dataset; a ValueError too.
        EmbeddingsError: an embedding is missing or wrong; a ValueError too.
        transformers_abc.outputs.OutputError: the disk is full or may not be written to.
    """
    from filelock import FileLock, Timeout

    target = folder / "data" / EMBEDDINGS
    shards = planned_shards(_read_dataset(folder).splits_of(DEFAULT), target)
    if not shards:
        raise DatasetFolderError(f"{folder / CARD}: names no configuration {DEFAULT}; transformers-abc dataset build makes it")
    names = [name for shard in shards for name in shard.names]
    source.prepare(names)
    rows = sum(map(source.has, names))
    splits = _splits_with_rows(shards, source)
    shards = [shard for shard in shards if shard.split in splits]
    with disk_errors(target):
        target.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(target / ".lock", timeout=0):
            kept = _write(folder, target, shards, source)
            _name_in_card(folder, splits)
    except Timeout as error:
        raise EmbeddingsError(f"{target}: another run is writing to it; wait until it is done") from error
    return EmbeddingSummary(target, rows, len(names) - rows, len(shards), kept, source.width)


def _splits_with_rows(shards: Sequence[Shard], source: EmbeddingSource) -> list[str]:
    """The splits of which some clip has an embedding; ``datasets`` cannot load one without rows."""
    return list(dict.fromkeys(shard.split for shard in shards if any(map(source.has, shard.names))))


def _write(folder: Path, target: Path, shards: Sequence[Shard], source: EmbeddingSource) -> int:
    """Bring the files up to date, and return how many were."""
    wanted = {shard.target: fingerprint(shard, source) for shard in shards}
    waiting = [shard for shard in shards if not is_finished(shard, wanted[shard.target])]
    old = [path for path in target.iterdir() if path.name.startswith(PARTIAL) or (path.suffix == ".parquet" and path not in wanted)]
    if waiting or old:
        _name_in_card(folder, [])
    with disk_errors(target):
        for path in old:
            path.unlink()
    rows = {shard.target: sum(map(source.has, shard.names)) for shard in shards}
    left = sum(rows[shard.target] for shard in waiting)
    _check_space(target, left * FRAMES * source.width * _FLOAT_BYTES)
    total = sum(rows.values())
    with tqdm(total=total, initial=total - left, desc="embeddings", unit="clip", file=sys.stderr, delay=1.0) as bar:
        for shard in waiting:
            write_shard(shard, source, wanted[shard.target], bar)
    return len(shards) - len(waiting)


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise OutputError(f"{folder}: up to {needed / 1e9:.1f} GB are needed there and {free / 1e9:.1f} GB are free; make room")


# --- The card ------------------------------------------------------------------------------------------------------------------------


def _read_dataset(folder: Path) -> BuiltDataset:
    """The dataset, without our configuration where its files are lost or damaged: the others can be used, and ours is made again."""
    try:
        return read_built_dataset(folder)
    except DatasetFolderError:
        if not any(map(_is_ours, _configs(folder))):
            raise
        _name_in_card(folder, [])
        return read_built_dataset(folder)


def _name_in_card(folder: Path, splits: Sequence[str]) -> None:
    """Make the card name the configuration with these splits, after all others; with none, not at all."""
    before = _configs(folder)
    files = [{"split": split, "path": f"data/{EMBEDDINGS}/{split}-*.parquet"} for split in splits]
    after = [config for config in before if not _is_ours(config)]
    after += [{"config_name": EMBEDDINGS, "data_files": files}] if files else []
    if after == before:
        return
    card = folder / CARD
    try:
        write_whole(card, with_header(card.read_text(encoding="utf-8"), {"configs": after}))
    except ValueError as error:
        raise DatasetFolderError(f"{card}: {error}") from error


def _configs(folder: Path) -> list[Any]:
    configs = card_header(folder).get("configs")
    return list(configs) if isinstance(configs, list) else []


def _is_ours(config: Any) -> bool:
    return isinstance(config, dict) and config.get("config_name") == EMBEDDINGS


# --- Sound for Jukebox ---------------------------------------------------------------------------------------------------------------


def export_audio(folder: Path, out: Path) -> int:
    """Write the clips of a built dataset as Jukebox hears them, ``NAME.wav``; those that are there are written again.

    Returns:
        How many.

    Raises:
        DatasetFolderError, EmbeddingsError, OutputError: as `embed_dataset`.
    """
    shards = planned_shards(_read_dataset(folder).splits_of(DEFAULT), out)
    written: set[str] = set()
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    with tqdm(total=len({name for shard in shards for name in shard.names}), desc="clips", unit="clip", file=sys.stderr, delay=1.0) as bar:
        for shard in shards:
            names = iter(shard.names)
            for batch in read_rows(shard.rows_file, (AUDIO,)):
                for sound, name in zip(batch.column(AUDIO).to_pylist(), names, strict=False):
                    if name not in written:
                        write_whole(out / f"{name}.wav", jukebox_wav(name, (sound or {}).get("bytes") or b""))
                        written.add(name)
                        bar.update()
    return len(written)
