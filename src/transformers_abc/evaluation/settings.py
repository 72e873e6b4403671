"""What an evaluation's figures depend on, kept beside its results: results of other settings are never mixed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from transformers_abc.evaluation.results import RESULTS_FILE
from transformers_abc.evaluation.sets import Sample
from transformers_abc.outputs import write_whole

SETTINGS_FILE = "settings.json"

Settings = Mapping[str, str | int | float | None]


class SettingsError(ValueError):
    """A folder that holds an evaluation with other settings."""


def set_fingerprint(samples: Sequence[Sample]) -> str:
    """A short name for these samples: their ids, references and sizes of recordings."""
    state = hashlib.sha256()
    for sample in samples:
        for part in (sample.id, sample.reference, str(sample.audio.stat().st_size)):
            state.update(part.encode(errors="backslashreplace") + b"\0")
    return state.hexdigest()[:16]


def keep_settings(out: Path, settings: Settings, *, restart: bool = False) -> None:
    """Begin an evaluation in a folder, or find that one with the same settings was begun there. Settings without results bind nobody.

    Args:
        restart: forget what is there.

    Raises:
        SettingsError: one with other settings was.
        OutputError: the folder cannot be written to.
    """
    path, results = out / SETTINGS_FILE, out / RESULTS_FILE
    if restart:
        results.unlink(missing_ok=True)
    elif results.exists():
        if not path.exists():
            raise SettingsError(f"{out}: holds results without their settings; choose another --out, or --restart")
        if changed := _changed(_read(path), settings):
            raise SettingsError(
                f"{out}: holds an evaluation with other settings ({'; '.join(changed)}); choose another --out, or --restart"
            )
        return
    write_whole(path, json.dumps(settings, indent=1, ensure_ascii=False) + "\n")


def _read(path: Path) -> Settings:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingsError(f"{path}: is broken; choose another --out, or --restart") from error
    if not isinstance(kept, dict):
        raise SettingsError(f"{path}: is broken; choose another --out, or --restart")
    return kept


def _changed(kept: Settings, now: Settings) -> list[str]:
    """Such as ``seed was 0 and is 1``."""
    names = [*now, *(name for name in kept if name not in now)]
    return [f"{name} was {kept.get(name)!r} and is {now.get(name)!r}" for name in names if kept.get(name) != now.get(name)]
