"""How long the README's two commands take in a fresh clone, on a first and a second run.

python benchmarks/commands.py --out docs/results/commands.json
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

COMMANDS = ("demo", "test")


def main() -> None:
    """Clone, run, time, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    root = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "transformers_abc"
        subprocess.run(["git", "clone", "--quiet", root, clone], check=True)
        if (shared := root.parent / "shared").exists():  # real recordings, which some tests use where they are
            (Path(folder) / "shared").symlink_to(shared.resolve())
        seconds = {f"{command}_{run}_s": timed(clone, command) for run in ("first", "second") for command in COMMANDS}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"cpus": os.cpu_count(), **seconds}, indent=1) + "\n")
    print(options.out.read_text())


def timed(clone: Path, command: str) -> int:
    """Wall seconds of ``make command``; its output goes to the terminal."""
    start = time.monotonic()
    subprocess.run(["make", "--no-print-directory", command], cwd=clone, check=True)
    return round(time.monotonic() - start)


if __name__ == "__main__":
    main()
