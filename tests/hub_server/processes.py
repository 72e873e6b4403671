"""Users in processes of their own: Hugging Face libraries read their environment when they are imported."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

LOADING = Path(__file__).with_name("loading.py")
NOBODY = "http://127.0.0.1:9"  # the port of the discard protocol, on which no one listens


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of a user whose caches are in `home`, who has no token and reaches no Hub unless `more` says so."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING_FACE_", "XDG_"))}
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    return own | quiet | {"HF_HOME": str(home), "HOME": str(home), "HF_ENDPOINT": NOBODY} | more


def load_by_name(home: Path, name: str, *loads: dict[str, Any], **more: str) -> list[Any]:
    """What each load of a process gives; see loading.py."""
    home.mkdir(parents=True, exist_ok=True)
    answers = home / "answers.pickle"
    command = [sys.executable, str(LOADING), str(answers), name, json.dumps(loads)]
    subprocess.run(command, env=environment(home, **more), cwd=home, check=True, timeout=120)
    return pickle.loads(answers.read_bytes())


def run_python(code: str, home: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program, and take down what it says."""
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment(home, **more), cwd=home, capture_output=True, text=True, check=False, timeout=120)
