"""The Parquet files of the configuration: one for each file of the default configuration, with the same rows in the same order.

A file appears whole or not at all. It says in its metadata what it was made of, so that one that is still right is not made again.
Nothing is in memory beyond `ROWS_AT_ONCE` rows and what the reader needs of one row group.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from transformers_abc.data.built_dataset import BuiltSplit
from transformers_abc.data.embedding_parts.frames import FRAMES
from transformers_abc.data.embedding_parts.source import EmbeddingsError, EmbeddingSource
from transformers_abc.data.parquet_parts import disk_errors
from transformers_abc.data.rows import clip_name

if TYPE_CHECKING:
    import pyarrow as pa

EMBEDDING, AUDIO = "embedding", "audio"  # columns
ROWS_AT_ONCE = 16  # in one row group; a row of Jukebox's width is 4.6 MB
METADATA = b"transformers_abc.embeddings"
PARTIAL = ".partial-"
FORMAT = 1  # raised whenever the same sources give other embeddings
_VALUES = f"{EMBEDDING}.list.element.list.element"  # Parquet's name of the numbers themselves


@dataclass(frozen=True, slots=True)
class Shard:
    """A file to be made.

    Attributes:
        split: that it belongs to.
        rows_file: of the default configuration.
        target: of ours.
        names: of the clips, one a row.
    """

    split: str
    rows_file: Path
    target: Path
    names: tuple[str, ...]


def planned_shards(splits: Sequence[BuiltSplit], folder: Path) -> list[Shard]:
    """What is to be made of the files of some splits, in a folder.

    Raises:
        EmbeddingsError: a file lacks a column or is damaged, or two recordings would give clips of one name.
    """
    recordings: dict[str, str] = {}
    shards = []
    for split in splits:
        for number, path in enumerate(split.files):
            target = folder / f"{split.split}-{number:05d}-of-{len(split.files):05d}.parquet"
            shards.append(Shard(split.split, path, target, tuple(_read_names(path, recordings))))
    return shards


def _read_names(path: Path, recordings: dict[str, str]) -> Iterator[str]:
    """The names of a file's clips; `recordings` takes the recording of each."""
    for identity, start_s in _read_places(path):
        if not (identity and start_s >= 0 and np.isfinite(start_s)):
            raise EmbeddingsError(f"{path}: a row has the id {identity!r} and the start_time {start_s}; build the dataset again")
        name = clip_name(identity, start_s)
        if recordings.setdefault(name, identity) != identity:
            raise EmbeddingsError(f"{path}: clips of {identity} and of {recordings[name]} are both called {name}; rename one recording")
        yield name


def _read_places(path: Path) -> list[tuple[str, float]]:
    """The recording and the beginning of each row's clip."""
    places: list[tuple[str, float]] = []
    for batch in read_rows(path, ("id", "start_time")):
        columns = batch.to_pydict()
        starts_s = [float("nan") if start_s is None else start_s for start_s in columns["start_time"]]
        places += zip((identity or "" for identity in columns["id"]), starts_s, strict=True)
    return places


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a file, in their order there, a few rows at a time.

    Raises:
        EmbeddingsError: it is damaged, or a column is missing.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            lacking = [name for name in columns if name not in file.schema_arrow.names]
            if lacking:
                raise EmbeddingsError(f"{path}: has no column {lacking[0]}; build the dataset again")
            yield from file.iter_batches(ROWS_AT_ONCE, columns=list(columns))
    except (OSError, pa.ArrowException) as error:
        raise EmbeddingsError(f"{path}: cannot be read ({str(error).splitlines()[0]}); build the dataset again") from error


def fingerprint(shard: Shard, source: EmbeddingSource) -> str:
    """The same as long as a file made now would have the same content."""
    with shard.rows_file.open("rb") as file:
        rows = file_digest(file, "sha256").hexdigest()
    return f"{FORMAT}/{rows}/{source.fingerprint(shard.names)}"


def is_finished(shard: Shard, wanted: str) -> bool:
    """Whether a file is there that has this fingerprint."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        told = json.loads((parquet.read_schema(shard.target).metadata or {})[METADATA])
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return False
    return isinstance(told, dict) and told.get("fingerprint") == wanted


def write_shard(shard: Shard, source: EmbeddingSource, wanted: str, bar: tqdm) -> int:
    """Make one file.

    Args:
        shard: which.
        source: prepared.
        wanted: its fingerprint.
        bar: counts rows.

    Returns:
        Rows written.

    Raises:
        EmbeddingsError: a row has no usable audio or embedding.
        transformers_abc.outputs.OutputError: the disk is full or may not be written to.
    """
    from pyarrow import parquet

    schema = _schema(parquet.read_schema(shard.rows_file), source, wanted)
    plain = [name for name in schema.names if name != EMBEDDING]
    partial = shard.target.with_name(f"{PARTIAL}{shard.target.name}")
    written = 0
    # Bytes of the same place in each number lie together, which makes files a sixth smaller for noise and half as large for float16.
    settings = {"compression": "zstd", "use_dictionary": plain, "use_byte_stream_split": [_VALUES]}
    try:
        with disk_errors(shard.target):
            with parquet.ParquetWriter(partial, schema, **settings) as writer:
                for table in _tables(shard, source, schema, bar):
                    writer.write_table(table)
                    written += table.num_rows
            partial.replace(shard.target)
    finally:
        partial.unlink(missing_ok=True)
    return written


def _schema(rows: pa.Schema, source: EmbeddingSource, wanted: str) -> pa.Schema:
    """The columns of the default configuration, with the embedding in the place of the audio."""
    from datasets import Array2D, Features

    features = Features.from_arrow_schema(rows)
    features = Features({name: feature for name, feature in features.items() if name not in (AUDIO, EMBEDDING)})
    features[EMBEDDING] = Array2D((FRAMES, source.width), "float32")
    schema = features.arrow_schema
    told = json.dumps({"made_by": source.description, "fingerprint": wanted})
    return schema.with_metadata({**schema.metadata, METADATA: told})


def _tables(shard: Shard, source: EmbeddingSource, schema: pa.Schema, bar: tqdm) -> Iterator[pa.Table]:
    """The rows that have an embedding, a row group at a time."""
    import pyarrow as pa

    columns = [name for name in schema.names if name != EMBEDDING]
    place = 0
    for batch in read_rows(shard.rows_file, [*columns, AUDIO] if source.needs_audio else columns):
        names = shard.names[place : place + batch.num_rows]
        place += batch.num_rows
        kept = [row for row, name in enumerate(names) if source.has(name)]
        sounds = batch.column(AUDIO).to_pylist() if source.needs_audio else [None] * batch.num_rows
        embedded = []
        for row in kept:
            embedded.append(source.embed(names[row], (sounds[row] or {}).get("bytes") or b""))
            bar.update()
        if kept:
            table = pa.Table.from_batches([batch.select(columns).take(pa.array(kept))])
            values = pa.ExtensionArray.from_storage(schema.field(EMBEDDING).type, _nested(np.stack(embedded)))
            yield table.append_column(EMBEDDING, values).cast(schema)


def _nested(values: np.ndarray) -> pa.ListArray:
    """``[rows, frames, width]`` as lists of lists, which is how ``datasets`` stores arrays."""
    import pyarrow as pa

    rows, frames, width = values.shape
    inner = pa.ListArray.from_arrays(pa.array(np.arange(rows * frames + 1, dtype=np.int32) * width), pa.array(values.reshape(-1)))
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32) * frames), inner)
