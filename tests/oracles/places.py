"""Where the oracles lie."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results" / "oracles.json"  # of the last run over everything


def oracles_folder() -> Path:
    """Where `install` put them: the folder that ORACLES names, else .oracles beside the repository's Makefile."""
    return Path(os.environ.get("ORACLES") or ROOT / ".oracles").resolve()


def memory_path() -> Path:
    """Where their answers are kept."""
    return oracles_folder() / "cache" / "answers.sqlite"
