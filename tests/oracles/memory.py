"""What an oracle once said is kept on disk, by its version and all that it was given: a further run costs our own reading only."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
BATCH = 500  # answers are written down after so many, so that a run that is cut short keeps them


def answers(path: Path, version: str, questions: Sequence[str], ask: Callable[[Sequence[str]], Iterator[Answer]]) -> list[Answer]:
    """The answer to each question, from memory or by asking.

    Args:
        path: an SQLite file, made where there is none.
        version: whatever changes the answer to one question, such as the program's version and its options.
        questions: texts, perhaps a text more than once.
        ask: gives the answers to some questions, in their order; an answer is what JSON can hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = [hashlib.sha256(f"{version}\n{question}".encode("utf-8", "surrogatepass")).hexdigest() for question in questions]
    with sqlite3.connect(path, timeout=60) as database:
        database.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT)")
        known = dict(database.execute("SELECT key, answer FROM answers")) if len(questions) > BATCH else _some(database, keys)
        missing = {key: question for key, question in zip(keys, questions, strict=True) if key not in known}
        for start in range(0, len(missing), BATCH):
            batch = list(missing.items())[start : start + BATCH]
            told = ask([question for _, question in batch])
            rows = [(key, json.dumps(answer)) for (key, _), answer in zip(batch, told, strict=True)]
            database.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)
            database.commit()
            known |= dict(rows)
    return [json.loads(known[key]) for key in keys]


def _some(database: sqlite3.Connection, keys: Sequence[str]) -> dict[str, str]:
    marks = ",".join("?" * len(keys))
    return dict(database.execute(f"SELECT key, answer FROM answers WHERE key IN ({marks})", list(keys)))
