"""The table of small cases: our reader against what is written there, and what is written there against both oracles."""

from functools import cache

import pytest

from transformers_abc.notation.encodings import decode_abc
from transformers_abc.notation.reader import read_tunes
from transformers_abc.notation.tune import Tune

from . import abc2midi, abcjs
from .cases import CASES, DEVIATIONS, Case, sounding_of
from .memory import Answer
from .places import memory_path
from .preparation import prepare
from .sounding import differences, sounding

ORACLES = {"abc2midi": abc2midi, "abcjs": abcjs}
OURS = "transformers_abc"
MANY = 300


def read(case: Case) -> Tune:
    text = case.text if isinstance(case.text, str) else decode_abc(case.text)
    return list(read_tunes(text))[case.tune]


def raw_text(case: Case) -> str:
    """What an oracle gets: bytes that are no UTF-8 stand in it as surrogates."""
    return case.text if isinstance(case.text, str) else case.text.decode("utf-8", "surrogateescape")


def tempos_of(case: Case) -> list[tuple[float, float]]:
    return [tuple(map(float, tempo.split("="))) for tempo in case.tempos.split()]


def is_listed(case: Case, reader: str) -> bool:
    return any(deviation.oracle == reader and case.name in deviation.cases for deviation in DEVIATIONS)


@cache
def answers_of(name: str) -> dict[str, Answer]:
    """What an oracle plays for every case, by the case's name."""
    told = {}
    for tune in sorted({case.tune for case in CASES}):
        cases = [case for case in CASES if case.tune == tune]
        texts = [raw_text(case) for case in cases]
        if name == "abc2midi":
            texts = [prepare(text, writes_repeat_starts=False).text for text in texts]
        told |= dict(zip([case.name for case in cases], ORACLES[name].play(texts, memory_path(), tune), strict=True))
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_we_play_what_the_standard_says(case):
    tune = read(case)
    only_ours, missing = differences(sounding(tune), sounding_of(case.expected))
    same = not only_ours and not missing
    if case.tempos:
        same &= [(float(onset_wn), tempo.quarter_bpm) for onset_wn, tempo in tune.tempos] == tempos_of(case)
    if case.programs:
        same &= tuple(voice.program for voice in tune.voices) == case.programs
    assert same != is_listed(case, OURS), f"only we: {only_ours}, missing: {missing}, {tune.tempos}"


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_oracle_plays_so_too_unless_listed(case, name, require_oracle):
    require_oracle(name)
    played = answers_of(name)[case.name]
    same = differences(sounding_of(case.expected), played["notes"]) == ([], [])
    if case.tempos:
        same &= _same_tempos(tempos_of(case), played["tempos"], in_quarters=name == "abc2midi")
    if case.programs:
        same &= tuple(played["programs"]) == case.programs
    listed = is_listed(case, name)
    assert same != listed, "as listed, it should differ" if listed else f"it plays {played}"


def _same_tempos(expected: list[tuple[float, float]], played: list[list[float]], in_quarters: bool) -> bool:
    """Abcjs tells beats and their number, in the order of writing; abc2midi quarters, a tick late."""
    if not in_quarters:
        return [beats * beat_wn * 4 for beats, beat_wn in played] == [tempo for _, tempo in expected]
    return [(round(onset_wn, 2), tempo) for onset_wn, tempo in played] == expected


def test_the_table_is_sound():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= MANY
    listed = [(deviation.oracle, name) for deviation in DEVIATIONS for name in deviation.cases]
    assert len(listed) == len(set(listed))
    assert {name for _, name in listed} <= set(names)
    assert {deviation.oracle for deviation in DEVIATIONS} <= {*ORACLES, OURS}
