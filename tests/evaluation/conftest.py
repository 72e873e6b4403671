"""Toy music, recordings and sets for the tests of the evaluation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.evaluation.sets import Sample

RATE = 16_000
TUNE = 'X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1 name="Flute"\nCDEF|GABc|\n'


@pytest.fixture
def tune() -> str:
    return TUNE


@pytest.fixture
def recording(tmp_path: Path) -> Callable[[str], Path]:
    """A function that writes a second and a half of a soft tone under a name, with its folders, and gives the file."""

    def write(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.2 * np.sin(np.arange(int(1.5 * RATE)) * 0.17), RATE)
        return path

    return write


@pytest.fixture
def samples(recording: Callable[[str], Path]) -> list[Sample]:
    """Three samples of two pieces."""
    return [Sample(name, group, recording(f"set/{name}.wav"), TUNE) for name, group in (("a", "one"), ("b", "one"), ("c", "two"))]
