"""Rows on their way to Parquet files: a part for each piece while building, joined into shards at the end.

A part appears whole or not at all, and so do the shards, so that an interrupted build goes on where it was. Layout below a working folder:

    parts/<key>/<config>.parquet    rows of one piece; a configuration without rows has no file
    parts/<key>/report.json         written before the folder gets its name: where it is, the piece is done
    data/<config>/<split>-00000-of-00002.parquet

Nothing of more than one piece is in memory.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers_abc.outputs import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

REPORT = "report.json"
ROWS_AT_ONCE, BYTES_AT_ONCE = 32, 64 * 2**20  # in one row group: what a reader has to have in memory
SHARD_BYTES = 400 * 2**20  # the Hub shows and streams shards of a few hundred megabytes best


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Tell what could not be written, and that nothing is lost."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{path}: cannot be written: {reason}; what is finished is kept, run the same command again to go on") from error


class PartFolder:
    """The parts of a build.

    Args:
        folder: the working folder.
        schema: of every configuration.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder / "parts", schema

    def report(self, key: str) -> dict[str, Any] | None:
        """What was reported of a finished part; None where it is not finished, or not all of it is there any more."""
        try:
            report: dict[str, Any] = json.loads((self._folder / key / REPORT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return report if all(self._rows(key, config) == rows for config, rows in report["rows"].items()) else None

    def _rows(self, key: str, config: str) -> int | None:
        """The rows of a file; None where there is none, or half of one."""
        import pyarrow as pa
        from pyarrow import parquet

        try:
            return int(parquet.read_metadata(self._folder / key / f"{config}.parquet").num_rows)
        except (OSError, pa.ArrowInvalid):
            return None

    def write(self, key: str, rows: Iterable[tuple[str, Mapping[str, Any]]], report: dict[str, Any]) -> None:
        """Write the rows of one piece, each with its configuration; `report` may be filled in while they are made.

        Raises:
            OutputError: the disk is full or may not be written to.
        """
        target, partial = self._folder / key, self._folder / f".partial-{key}"
        with disk_errors(target):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
        with _Writers(partial, self._schema) as writers:
            for config, row in rows:
                writers.add(config, row)
        report["rows"] = writers.rows
        with disk_errors(target):
            (partial / REPORT).write_text(json.dumps(report), encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            partial.replace(target)

    def files(self, keys: Sequence[str], config: str) -> list[Path]:
        """The files of one configuration in the order of their parts."""
        return [self._folder / key / f"{config}.parquet" for key in keys]


class _Writers:
    """One open Parquet file a configuration, written in row groups; `rows` counts them."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder, schema
        self._files: dict[str, Any] = {}
        self._waiting: dict[str, list[Mapping[str, Any]]] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with disk_errors(self._folder):
            for config, rows in self._waiting.items():
                if rows and kind is None:
                    self._flush(config)
            for file in self._files.values():
                file.close()

    def add(self, config: str, row: Mapping[str, Any]) -> None:
        rows = self._waiting.setdefault(config, [])
        rows.append(row)
        self.rows[config] = self.rows.get(config, 0) + 1
        if len(rows) == ROWS_AT_ONCE or sum(len(row["audio"]["bytes"]) for row in rows) > BYTES_AT_ONCE:
            with disk_errors(self._folder):
                self._flush(config)

    def _flush(self, config: str) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        if config not in self._files:
            self._files[config] = parquet.ParquetWriter(self._folder / f"{config}.parquet", self._schema)
        self._files[config].write_table(pa.Table.from_pylist(list(self._waiting[config]), self._schema))
        self._waiting[config] = []


def join_parts(parts: Sequence[Path], folder: Path, split: str, shard_bytes: int = SHARD_BYTES) -> int:
    """Join parts into shards called ``<split>-00000-of-00002.parquet``.

    Args:
        parts: Parquet files of one schema, at least one.
        folder: where the shards go; created if need be.
        split: their name.
        shard_bytes: a new shard begins with the part that would make the last one larger.

    Returns:
        The number of rows.

    Raises:
        OutputError: the disk is full or may not be written to.
    """
    from pyarrow import parquet

    shards = _grouped(parts, shard_bytes)
    rows = 0
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for number, group in enumerate(shards):
            target = folder / f"{split}-{number:05d}-of-{len(shards):05d}.parquet"
            partial = target.with_name(f".partial-{target.name}")
            with parquet.ParquetWriter(partial, parquet.read_schema(group[0])) as writer:
                for path in group:
                    with parquet.ParquetFile(path) as part:
                        for place in range(part.num_row_groups):
                            table = part.read_row_group(place)
                            writer.write_table(table)
                            rows += table.num_rows
            partial.replace(target)
    return rows


def _grouped(paths: Sequence[Path], shard_bytes: int) -> list[list[Path]]:
    groups: list[list[Path]] = [[]]
    size = 0
    for path in paths:
        if groups[-1] and size + path.stat().st_size > shard_bytes:
            groups.append([])
            size = 0
        groups[-1].append(path)
        size += path.stat().st_size
    return groups
