"""Puts the metric where ``evaluate.load("abc_transcription")`` finds it by name, without a network.

``evaluate`` looks for a name without a folder on the Hub, as the Space ``evaluate-metric/abc_transcription``, and then among the modules
that it keeps: ``evaluate_modules/metrics/evaluate-metric--abc_transcription/<64 letters>/abc_transcription.py``, of several the newest.
Where these are says ``evaluate.config`` (version 0.4.6); it is repeated here, since importing evaluate takes seconds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from transformers_abc.outputs import OutputError, write_whole

METRIC = "abc_transcription"
MODULE_FILE = f"{METRIC}.py"
PACKAGED = Path(__file__).with_name(MODULE_FILE)


def modules_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder in which Hugging Face libraries keep the code that they load.

    >>> modules_folder({"HF_HOME": "/data/hf"}).as_posix(), modules_folder({"HF_MODULES_CACHE": "/m", "HF_HOME": "/data/hf"}).as_posix()
    ('/data/hf/modules', '/m')
    """
    if "HF_MODULES_CACHE" in environment:
        return Path(environment["HF_MODULES_CACHE"])
    caches = environment.get("XDG_CACHE_HOME", "~/.cache")
    return Path(environment.get("HF_HOME", Path(caches) / "huggingface")).expanduser() / "modules"


def installed_path(source: bytes, modules: Path) -> Path:
    """Where a metric's file belongs; files that differ have different places."""
    return modules / "evaluate_modules" / "metrics" / f"evaluate-metric--{METRIC}" / hashlib.sha256(source).hexdigest() / MODULE_FILE


def install_metric(source: Path = PACKAGED, modules: Path | None = None) -> Path:
    """Copy the metric's file to where evaluate finds it by name.

    Written anew even where it is there already: of several versions the one written last is loaded.

    Args:
        source: the file to install; the package's own by default.
        modules: `modules_folder()` by default.

    Raises:
        OSError: the source cannot be read.
        OutputError: the file cannot be written; an OSError too.
    """
    content = source.read_bytes()
    target = installed_path(content, modules or modules_folder())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target.parent}: cannot be made: {error.strerror or error}") from error
    return write_whole(target, content)
