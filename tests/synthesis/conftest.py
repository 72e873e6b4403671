"""A SoundFont to play from, where one is installed."""

import shutil
from pathlib import Path

import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis import bank as bank_module
from transformers_abc.synthesis.bank import SoundFontBank

_FLUID = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_SMALL = tuple(INSTRUMENT_BY_CODE[code] for code in ("vn", "db", "cl", "pno"))


@pytest.fixture(scope="session")
def fluid() -> Path:
    """FluidR3, and a program that plays it."""
    if not (_FLUID.is_file() and shutil.which("fluidsynth")):
        pytest.skip(f"{_FLUID} or the program fluidsynth is not installed")
    return _FLUID


@pytest.fixture(scope="session")
def bank_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bank")


@pytest.fixture
def small_bank(fluid: Path, bank_cache: Path, monkeypatch: pytest.MonkeyPatch) -> SoundFontBank:
    """A few instruments at 8 kHz, rendered once for all tests, since all fifteen take long."""
    monkeypatch.setattr(bank_module, "HEARD_INSTRUMENTS", _SMALL)
    return SoundFontBank(fluid, 8_000, bank_cache)
