"""abcjs as an oracle: `abcjs_events.mjs` plays texts in a process of node, one text after the other.

Some texts make abcjs run for ever, so each has a time limit; the process is then ended and the next text gets a new one.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

from .memory import Answer, answers
from .places import oracles_folder
from .sounding import Sounding

SCRIPT = Path(__file__).with_name("abcjs_events.mjs")
SECONDS_A_TUNE = 10
PROCESSES = 2


@cache
def version() -> str | None:
    """The version of abcjs, or None where it or node is not installed."""
    package = oracles_folder() / "node_modules" / "abcjs" / "package.json"
    return json.loads(package.read_text(encoding="utf-8"))["version"] if shutil.which("node") and package.exists() else None


def play(texts: Sequence[str], memory: Path, tune: int = 0) -> list[Answer]:
    """What abcjs plays for each text.

    Args:
        texts: bytes that are no UTF-8 stand in them as surrogates.
        memory: where answers are kept.
        tune: which tune of each text, from 0.

    Returns:
        dicts of ``notes`` (`Sounding`s), ``tempos`` (beats a minute and the beat in whole notes, in the order of writing), ``programs`` of
        the voices in turn and ``complaints``.
    """
    told = answers(memory, f"abcjs {version()}\n{SCRIPT.read_text(encoding='utf-8')}\n{tune}", texts, partial(_play, tune=tune))
    return [answer | {"notes": [Sounding(*note) for note in answer["notes"]]} for answer in told]


def _play(texts: Sequence[str], tune: int) -> Iterator[Answer]:
    shares = [texts[index::PROCESSES] for index in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        told = list(pool.map(lambda share: list(_play_in_turn(share, tune)), shares))
    for index in range(len(texts)):
        yield told[index % PROCESSES][index // PROCESSES]


def _play_in_turn(texts: Sequence[str], tune: int) -> Iterator[Answer]:
    process = None
    for text in texts:
        process = process or _process()
        told = _ask(process, text, tune)
        if told is None:
            process.kill()
            process.wait()
            process = None
        yield told or {"notes": [], "tempos": [], "programs": [], "complaints": ["it hangs or dies"]}
    if process:
        process.stdin.close()
        process.wait()


def _process() -> subprocess.Popen[bytes]:
    environment = os.environ | {"ABCJS_FROM": str(oracles_folder())}
    return subprocess.Popen(
        ["node", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, bufsize=0
    )


def _ask(process: subprocess.Popen[bytes], text: str, tune: int) -> Answer | None:
    """The answer, or None where none comes in time."""
    process.stdin.write(json.dumps([text, tune]).encode() + b"\n")
    told = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not told.endswith(b"\n"):
            if not selector.select(SECONDS_A_TUNE):
                return None
            part = os.read(process.stdout.fileno(), 1 << 20)
            if not part:
                return None
            told += part
    return json.loads(told)
