"""Several banks of sounds as one, so that what hears them learns the instruments and not the banks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.notation.instruments import Instrument
from transformers_abc.synthesis.timbres import Orchestra, SoundSource


class Orchestras:
    """An `Orchestra` of several: for each part one is drawn among those that play its instrument, all of them equally likely.

    Args:
        banks: at least one. With a single one nothing is drawn, so all sounds as if it were used alone.

    Raises:
        ValueError: there is none.

    >>> from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
    >>> from transformers_abc.synthesis.timbres import InventedOrchestra
    >>> orchestra, rng = Orchestras([InventedOrchestra(16_000), InventedOrchestra(8_000)]), np.random.default_rng(0)
    >>> len({orchestra.source(INSTRUMENT_BY_CODE["vn"], rng) for _ in range(10)})
    2
    """

    def __init__(self, banks: Sequence[Orchestra]) -> None:
        if not banks:
            raise ValueError("an orchestra needs at least one bank of sounds")
        self._banks = tuple(banks)

    def plays(self, instrument: Instrument) -> bool:
        """Whether any of the banks does."""
        return any(bank.plays(instrument) for bank in self._banks)

    def source(self, instrument: Instrument, rng: np.random.Generator) -> SoundSource:
        """The sound of one instrument, which must be one that is played."""
        able = [bank for bank in self._banks if bank.plays(instrument)]
        bank = able[0] if len(able) == 1 else able[int(rng.random() * len(able))]
        return bank.source(instrument, rng)
