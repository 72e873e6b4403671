"""Makes ``load_dataset("jonflynn/urmp-abc")`` work without a network: a built folder is loaded once, under that name, into the cache.

Where ``datasets`` cannot reach the Hub it looks for ``NAMESPACE___NAME/CONFIG/VERSION/HASH`` in its cache (version 5.2.0,
``packaged_modules/cache/cache.py``). What it does there decides how the folders are made:

- Of a configuration the folder changed last is taken; where no configuration is named, the one changed last of all. So the main
  configuration is dated after the others.
- If two configurations have the folder taken as VERSION/HASH, a load that names none fails. So each has a hash of its own.
- Folders that begin with a dot are not seen. So everything is prepared in one of them and appears at once by renaming.
- Files are found by the dataset's name, so they are prepared under it.

Not covered: working offline on another configuration. ``map`` and ``filter`` write their results beside the data, which dates that
configuration last; code that uses several must name each of them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from transformers_abc.data.built_dataset import BuiltDataset, DatasetFolderError, read_built_dataset
from transformers_abc.data.hub_name import HubName

if TYPE_CHECKING:
    from datasets import DatasetBuilder

VERSION = "0.0.0"  # of datasets that state none
MARK = "primed-"  # begins the hash of what was primed, so that it can be told from what was loaded from the Hub
STAGING = ".priming"
_LATER_NS = 2_000_000_000  # two seconds, which the coarsest file systems tell apart
_SYSTEM_ERROR = re.compile(r"\[Errno \d+\]")  # datasets keeps the text of an OSError only; errors of Parquet have no number
_BLOCK_BYTES = 1 << 22


class PrimingError(OSError):
    """A dataset that could not be put into the cache; the message names it, the reason and the remedy."""


def prime(folder: Path, name: str, cache: Path | None = None) -> Path:
    """Put a built dataset into the cache of ``datasets``, in place of what was primed under that name before.

    Stopped at any time, it goes on where it was when it is called again; until it is done, what was there before is loaded.

    Args:
        folder: a built dataset.
        name: ``NAMESPACE/NAME``, by which it will be loaded.
        cache: that of ``datasets`` by default (``HF_DATASETS_CACHE``, else ``HF_HOME/datasets``).

    Returns:
        The folder of the dataset in the cache.

    Raises:
        ValueError: no such name is possible on the Hub.
        DatasetFolderError: `folder` is no built dataset, or its files do not fit together; a ValueError too.
        PrimingError: the cache cannot be written, or the disk is full; an OSError too.
    """
    from filelock import FileLock

    called = HubName.read(name)
    dataset = read_built_dataset(folder)
    home = (cache or _default_cache()) / called.cache_folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / f"{STAGING}.lock"):
            hashes = {config: content_hash(dataset, config) for config in dataset.configs}
            wanted = {config: Path(config, VERSION, hashes[config]) for config in dataset.configs}
            missing = [config for config in dataset.configs if not (home / wanted[config]).is_dir()]
            _make_staging(home, {config: wanted[config] for config in missing})
            check_space(dataset, missing, home)
            for config in tqdm(missing, "preparing configurations", delay=2.0, file=sys.stderr):
                _prepare(dataset, config, called, home / STAGING / wanted[config])
            _publish(home, wanted, dataset.main_config)
    except OSError as error:
        if isinstance(error, PrimingError):
            raise
        raise PrimingError(f"{home}: cannot be written: {error.strerror or error}") from error
    return home


def content_hash(dataset: BuiltDataset, config: str) -> str:
    """A name for a configuration's card and files: the same for the same content, different for every configuration."""
    digest = hashlib.sha256(f"{config}\0".encode() + dataset.card.read_bytes())
    for split in dataset.splits_of(config):
        for path in tqdm(split.files, f"reading {config} {split.split}", delay=2.0, file=sys.stderr, leave=False):
            digest.update(f"{split.split}\0{path.name}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
    return f"{MARK}{digest.hexdigest()[:16]}"


def _default_cache() -> Path:
    from datasets import config

    return Path(config.HF_DATASETS_CACHE)


def _make_staging(home: Path, wanted: Mapping[str, Path]) -> None:
    """Keep of an earlier run what was finished and is still wanted."""
    staging = home / STAGING
    for path in sorted(staging.glob(f"*/{VERSION}/*")):
        if path.relative_to(staging) not in wanted.values():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    staging.mkdir(exist_ok=True)


def check_space(dataset: BuiltDataset, missing: list[str], home: Path) -> None:
    """Find out before long work whether there is room for it.

    Raises:
        PrimingError: there is not.
    """
    staged = {path.parts[-3] for path in (home / STAGING).glob(f"*/{VERSION}/{MARK}*") if path.is_dir()}
    needed = sum(split.loaded_bytes for config in missing if config not in staged for split in dataset.splits_of(config))
    free = shutil.disk_usage(home).free
    if needed > free:
        raise PrimingError(
            f"{home}: {needed / 1e9:.1f} GB are needed there and {free / 1e9:.1f} GB are free; make room, or set HF_DATASETS_CACHE to "
            "a folder on another disk"
        )


def _prepare(dataset: BuiltDataset, config: str, name: HubName, target: Path) -> None:
    """Load one configuration into `target`, which appears only when it is whole.

    Raises:
        DatasetFolderError: ``datasets`` cannot load the folder.
        PrimingError: `target` cannot be written.
    """
    from datasets.exceptions import DatasetsError

    if target.is_dir():
        return
    work = target.parent / f"{target.name}.work"  # for the locks and folders that a builder leaves
    try:
        _builder(dataset, config, name, work).download_and_prepare(str(target), file_format="arrow")
    except (DatasetsError, OSError, ValueError, TypeError) as error:  # TypeError: columns that cannot be cast to one another
        shutil.rmtree(target, ignore_errors=True)
        reason = _last_line(_root_cause(error))
        if _SYSTEM_ERROR.search(reason):
            raise PrimingError(f"{target}: cannot be written: {reason}; mend that and prime again") from error
        raise DatasetFolderError(f"{dataset.folder}: its configuration {config} cannot be loaded: {reason}; build it again") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _builder(dataset: BuiltDataset, config: str, name: HubName, work: Path) -> DatasetBuilder:
    from datasets import load_dataset_builder

    builder = load_dataset_builder(str(dataset.folder.resolve()), config, cache_dir=str(work))
    builder.dataset_name = name.file_stem  # else files are named after the folder, and not found
    return builder


def _publish(home: Path, wanted: Mapping[str, Path], main_config: str) -> None:
    """Move what was prepared to where it is found, date it, and delete what was primed before."""
    for path in wanted.values():
        if not (home / path).is_dir():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / STAGING / path).rename(home / path)
    now = time.time_ns()
    for config, path in wanted.items():
        date = now + (_LATER_NS if config == main_config else 0)
        os.utime(home / path, ns=(date, date))
    for old in sorted(home.glob(f"*/*/{MARK}*")):
        if old.relative_to(home) not in wanted.values():
            shutil.rmtree(old)
    shutil.rmtree(home / STAGING)


def _root_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _last_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].rstrip(".")
