"""Bad cases: made small, and kept as files that are regression tests from then on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from fuzz.properties import SLOW, Failure, check
from fuzz.seeds import BAD_CASES
from transformers_abc.outputs import write_whole

ROUNDS = 3  # a slow case is slow in all of them
MINIMISE_S = 30.0  # for one case; what is reached by then is kept


def confirmed(target: str, data: bytes, factor: float) -> Failure | None:
    """The failure, if it also happens here: without instrumentation, and for slowness in the best of three runs.

    Args:
        target: name of the property.
        data: the input.
        factor: how slow this machine is, see `properties.machine_factor`.
    """
    for _ in range(ROUNDS):
        failure = check(target, data, patience=factor)
        if failure is None or not failure.kind.startswith(SLOW):
            break
    return failure


def minimised(data: bytes, still_fails: Callable[[bytes], bool], seconds: float = MINIMISE_S) -> bytes:
    r"""A smaller input that still fails: pieces are taken out, large ones first, until none can be spared.

    >>> minimised(b"X:1\nK:C\nAB|CD[EF|\n", lambda data: b"[" in data)
    b'['
    """
    deadline_s = time.monotonic() + seconds
    size = max(len(data) // 2, 1)
    while size:
        at = 0
        while at < len(data):
            if time.monotonic() > deadline_s:
                return data
            shorter = data[:at] + data[at + size :]
            if still_fails(shorter):
                data = shorter
            else:
                at += size
        size = min(size, len(data)) // 2
    return data


def file_name(failure: Failure) -> str:
    """One file for each kind of failure, whichever target it is seen through.

    >>> file_name(Failure("read_abc", "ValueError in fields.read_key", ""))
    'valueerror-in-fields-read-key.abc'
    """
    return re.sub(r"[^a-z0-9]+", "-", failure.kind.lower()).strip("-")[:80] + ".abc"


def keep(failure: Failure, data: bytes, folder: Path, factor: float) -> Path | None:
    """Minimise a case and write it, unless the folder has one of its kind that still fails or the same input.

    Returns:
        The file written, or None.
    """
    path = folder / file_name(failure)
    if path.exists():
        if is_same(failure, path.read_bytes(), factor):
            return None
        path = path.with_stem(f"{path.stem}-{sha256(data).hexdigest()[:8]}")  # the fault of old is mended, this one is new
    small = minimised(data, lambda shorter: is_same(failure, shorter, factor))
    return write_whole(path, small)


def is_same(failure: Failure, data: bytes, factor: float) -> bool:
    """Whether an input fails in the same way."""
    other = confirmed(failure.target, data, factor)
    return other is not None and other.kind == failure.kind


def bad_cases(folder: Path = BAD_CASES) -> list[Path]:
    """The files that are kept."""
    return sorted(folder.glob("*.abc"))
