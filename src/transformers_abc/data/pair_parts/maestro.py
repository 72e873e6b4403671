"""MAESTRO's table of what is played: composer, title and split of every file.

The CSV of all versions and the JSON of versions 1 (a list of rows) and 2 to 3 (a dict of columns) are read. Each file is found by its path
from the folder of the table.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.urmp_splits import SPLITS

_COMPOSER, _TITLE, _SPLIT, _MIDI = COLUMNS = ("canonical_composer", "canonical_title", "split", "midi_filename")


@dataclass(frozen=True, slots=True)
class Compositions:
    """Family and split by MIDI file."""

    rows: Mapping[Path, tuple[str, str]]

    @classmethod
    def below(cls, root: Path, files: Sequence[Path]) -> Compositions:
        """What the tables among `files` say; of several in one folder the last by name, CSV before JSON, since they say the same.

        Raises:
            PairsError: a table cannot be read. Without it pieces of one composition would land in different splits.
        """
        tables = [path for path in files if path.name.lower().startswith("maestro-v") and path.suffix.lower() in (".csv", ".json")]
        latest = {path.parent: path for path in sorted(tables, key=lambda path: (path.suffix.lower() == ".csv", path.name))}
        return cls({path: row for table in latest.values() for path, row in _rows(table).items()})

    def of(self, midi: Path) -> tuple[str, str] | None:
        """Family and split of a file, None where no table has it."""
        return self.rows.get(midi)


def _rows(table: Path) -> dict[Path, tuple[str, str]]:
    try:
        rows: Sequence[Mapping[str, Any]] = _csv_rows(table) if table.suffix.lower() == ".csv" else _json_rows(table)
    except (OSError, ValueError, RecursionError, csv.Error) as error:
        raise _unusable(table, " ".join(str(error).split())) from error
    if not rows:
        raise _unusable(table, "it has no rows")
    found = {}
    for number, row in enumerate(rows, 1):
        composer, title, split, midi = (row.get(column) for column in COLUMNS)
        if not (isinstance(composer, str) and isinstance(title, str) and isinstance(midi, str) and split in SPLITS):
            raise _unusable(table, f"row {number} needs the columns {', '.join(COLUMNS)}, with a split of {', '.join(SPLITS)}")
        found[table.parent / midi] = (f"{composer}: {title}", str(split))
    return found


def _unusable(table: Path, reason: str) -> PairsError:
    return PairsError(f"{table}: cannot be read: {reason}; fetch it again, or take it away to have splits drawn by file")


def _csv_rows(table: Path) -> list[dict[str, Any]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _json_rows(table: Path) -> Sequence[Mapping[str, Any]]:
    content = json.loads(table.read_text(encoding="utf-8-sig"))
    if isinstance(content, list) and all(isinstance(row, Mapping) for row in content):
        return content
    if not isinstance(content, Mapping) or not all(isinstance(content.get(column), Mapping) for column in COLUMNS):
        raise ValueError(f"neither a list of rows nor columns {', '.join(COLUMNS)}")
    return [{column: content[column].get(row) for column in COLUMNS} for row in content[_MIDI]]
