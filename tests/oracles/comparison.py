"""The corpus against both oracles: who agrees with whom, and the kinds of disagreement."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers_abc.notation.reader import read_abc

from . import abc2midi, abcjs
from .corpus import CorpusTune
from .kinds import ABC2MIDI, ABCJS, Disagreement, Kind, kind_of
from .preparation import Prepared, prepare, without_rhythm
from .sounding import Sounding, differences, sounding

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """A tune that an oracle plays otherwise.

    Attributes:
        tune: its name.
        kind: of disagreement.
        arbiter: what the other oracle plays: ``ours``, ``theirs``, or neither.
        first: the first note that differs, on either side.
    """

    tune: str
    kind: Kind
    arbiter: str
    first: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Some tunes against both oracles."""

    tunes: Sequence[CorpusTune]
    prepared: Sequence[Prepared]
    notes: int
    read_s: float
    findings: dict[str, list[Finding]]

    def agreement(self, oracle: str) -> float:
        """The share of tunes that an oracle plays as we do."""
        return 1 - len(self.findings[oracle]) / len(self.tunes)


def compare(tunes: Sequence[CorpusTune], memory: Path) -> Comparison:
    """Play tunes with both oracles and compare with what we read."""
    prepared = [prepare(tune.text) for tune in tunes]
    by_abc2midi = abc2midi.play([text.text for text in prepared], memory)
    by_abcjs = abcjs.play([without_rhythm(tune.text) for tune in tunes], memory)
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        ours = list(pool.map(played_by_us, [tune.text for tune in tunes], chunksize=100))
    read_s = time.perf_counter() - began
    findings: dict[str, list[Finding]] = {"abc2midi": [], "abcjs": []}
    for tune, our, first, second in zip(tunes, ours, by_abc2midi, by_abcjs, strict=True):
        findings["abc2midi"] += _findings(tune, our, first, second, ABC2MIDI)
        findings["abcjs"] += _findings(tune, our, second, first, ABCJS)
    return Comparison(tunes, prepared, sum(map(len, ours)), read_s, findings)


def played_by_us(text: str) -> list[Sounding]:
    return sounding(read_abc(text))


def _findings(
    tune: CorpusTune, ours: list[Sounding], answer: dict[str, Any], arbiter: dict[str, Any], kinds: Sequence[Kind]
) -> list[Finding]:
    """None where both play the same, else one."""
    only_ours, only_theirs = differences(ours, answer["notes"])
    if not only_ours and not only_theirs:
        return []
    said = "ours" if differences(ours, arbiter["notes"]) == ([], []) else "neither"
    said = "theirs" if differences(answer["notes"], arbiter["notes"]) == ([], []) else said
    body = tune.text.partition("\nK:")[2]
    complaints = "\n".join(answer["complaints"])
    same_count = len(only_ours) == len(only_theirs)
    kind = kind_of(Disagreement(tune.text, body, complaints, only_ours, only_theirs, same_count), kinds)
    first = f"we {only_ours[0]}" if only_ours else "we nothing"
    return [Finding(tune.name, kind, said, f"{first}, the oracle {only_theirs[0] if only_theirs else 'nothing'}")]
