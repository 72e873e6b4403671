"""What fuzzing found, and what is known to upset other readers: every property on each, in bounded time and memory."""

from pathlib import Path

import pytest

from fuzz.failures import bad_cases, confirmed
from fuzz.hostile import HOSTILE
from fuzz.mutations import as_bytes
from fuzz.properties import TARGETS, allowed_bytes, machine_factor, peak_bytes

FACTOR = 3 * machine_factor()  # for machines that are slow in other ways than the calibration sees


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", bad_cases(), ids=lambda path: path.stem)
def test_bad_case(target: str, path: Path) -> None:
    assert confirmed(target, path.read_bytes(), FACTOR) is None


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_what_is_known_to_upset_readers(target: str, text: str) -> None:
    assert confirmed(target, as_bytes(text), FACTOR) is None


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(path.read_bytes(), id=path.stem) for path in bad_cases()),
        *(pytest.param(as_bytes(text), id=name) for name, text in HOSTILE.items()),
    ],
)
def test_reading_takes_bounded_memory(data: bytes) -> None:
    assert peak_bytes("read_tunes", data) <= allowed_bytes(data)
