"""A built dataset: a folder with a card that names Parquet files by configuration and split, and those files.

The card is ``README.md``; its YAML header says, in the form of the Hub,

    configs:
    - config_name: default
      data_files:
      - split: train
        path: data/default/train-*.parquet

Not covered: data files in any other form that the Hub allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

CARD = "README.md"
DEFAULT = "default"  # what is loaded where no configuration is named
BUILD = "transformers-abc dataset build makes such a folder"
HEADER = re.compile(r"\ufeff?---\r?\n(.*?)^---[ \t\r]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)  # at the beginning of a card
_NAME = re.compile(r"[\w-][\w.-]*")  # of a configuration or split: both become names of files


class DatasetFolderError(ValueError):
    """A folder that is no built dataset; the message names it, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class BuiltSplit:
    """The files of one split.

    Attributes:
        files: in the order of their names, at least one.
        rows: in all files together.
        loaded_bytes: about what they take on disk once ``datasets`` has loaded them.
    """

    config: str
    split: str
    files: tuple[Path, ...]
    rows: int
    loaded_bytes: int


@dataclass(frozen=True, slots=True)
class BuiltDataset:
    """A folder whose card and files agree."""

    folder: Path
    splits: tuple[BuiltSplit, ...]

    @property
    def card(self) -> Path:
        return self.folder / CARD

    @property
    def configs(self) -> tuple[str, ...]:
        """Names of the configurations, in the order of the card."""
        return tuple(dict.fromkeys(split.config for split in self.splits))

    @property
    def main_config(self) -> str:
        """The configuration that is loaded where none is named: the default, else the first."""
        return DEFAULT if DEFAULT in self.configs else self.configs[0]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every Parquet file once."""
        return tuple(dict.fromkeys(file for split in self.splits for file in split.files))

    def splits_of(self, config: str) -> tuple[BuiltSplit, ...]:
        """The splits of one configuration, in the order of the card."""
        return tuple(split for split in self.splits if split.config == config)


def read_built_dataset(folder: Path) -> BuiltDataset:
    """Read a folder's card and the footers of its files.

    Raises:
        DatasetFolderError: no card, a card that names no Parquet files, or files that are missing or damaged.
    """
    configs = card_header(folder).get("configs")
    if not isinstance(configs, list) or not configs:
        raise DatasetFolderError(f"{folder / CARD}: its header names no configs; {BUILD}")
    found = tuple(_checked_split(folder, *named) for config in configs for named in _named_splits(folder / CARD, config))
    names = [(split.config, split.split) for split in found]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise DatasetFolderError(f"{folder / CARD}: names the split {doubled[1]} of {doubled[0]} twice; {BUILD}")
    return BuiltDataset(folder, found)


def card_header(folder: Path) -> Mapping[str, Any]:
    """The YAML header of a folder's card.

    Raises:
        DatasetFolderError: there is no folder, no card or no valid header.
    """
    import yaml

    path = folder / CARD
    if not folder.is_dir():
        raise DatasetFolderError(f"{folder}: no such folder; {BUILD}")
    try:
        header = HEADER.match(path.read_text(encoding="utf-8"))
        values = yaml.safe_load(header[1]) if header else None
    except FileNotFoundError:
        raise DatasetFolderError(f"{folder}: is no built dataset, it has no {CARD}; {BUILD}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DatasetFolderError(f"{path}: its YAML header cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(values, Mapping):
        raise DatasetFolderError(f"{path}: has no YAML header between lines of ---; {BUILD}")
    return values


def _named_splits(card: Path, config: Any) -> Iterator[tuple[str, str, list[str]]]:
    """Configuration, split and patterns of files, as one entry of the card has them."""
    name, data_files = (config.get("config_name"), config.get("data_files")) if isinstance(config, Mapping) else (None, None)
    if not _is_name(name) or not isinstance(data_files, list) or not data_files:
        raise DatasetFolderError(f"{card}: each of its configs needs a config_name and data_files by split; {BUILD}")
    for entry in data_files:
        split, path = (entry.get("split"), entry.get("path")) if isinstance(entry, Mapping) else (None, None)
        patterns: list[Any] = path if isinstance(path, list) else [path]
        if not _is_name(split) or not patterns or not all(map(_is_inner_pattern, patterns)):
            raise DatasetFolderError(f"{card}: each of the data_files of {name} needs a split and a path in the folder; {BUILD}")
        yield str(name), str(split), patterns


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_inner_pattern(pattern: object) -> bool:
    """Whether it names Parquet files that can only be below the folder."""
    if not isinstance(pattern, str):
        return False
    path = PurePosixPath(pattern)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.suffix == ".parquet"


def _checked_split(folder: Path, config: str, split: str, patterns: list[str]) -> BuiltSplit:
    files = tuple(path for pattern in patterns for path in sorted(folder.glob(pattern)))
    if not files:
        raise DatasetFolderError(f"{folder}: its card names {', '.join(patterns)}, and there is no such file; build it again")
    rows, loaded_bytes = zip(*map(_rows_and_bytes, files), strict=True)
    return BuiltSplit(config, split, files, sum(rows), sum(loaded_bytes))


def _rows_and_bytes(path: Path) -> tuple[int, int]:
    """Rows of a Parquet file and bytes of its columns without compression, from its footer."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        footer = parquet.read_metadata(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DatasetFolderError(f"{path}: is no whole Parquet file ({str(error).splitlines()[0]}); build it again") from error
    return footer.num_rows, sum(footer.row_group(number).total_byte_size for number in range(footer.num_row_groups))
