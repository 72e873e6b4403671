"""ABC as people type it says the same as the canonical text, in other words."""

import re

import numpy as np
import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.training.hand_style import as_people_write

CHORDS_AND_CHANGES = (
    'X:1\nM:3/4\nL:1/8\nQ:1/4=90\nV:1 clef=treble name="Viola"\nK:Db\nV:1\n%%MIDI program 41\n'
    "=d2 [^f-a-]2 [fa]2 | [Q:1/4=80] [=b=e']2 z4 | [M:2/4] G,,/4G,,/4A,/2 (3:2:3z/2c/d/2 e |]\n"
)
CANONICAL = [CHORDS_AND_CHANGES, *(write_abc(compose_tune(np.random.default_rng(seed), voices=1)) for seed in range(20))]


def written(seeds: int = 12) -> list[tuple[str, str]]:
    return [(text, as_people_write(text, np.random.default_rng(seed))) for text in CANONICAL for seed in range(seeds)]


def test_the_notes_stay_and_nothing_is_amiss() -> None:
    for canonical, typed in written():
        before, after = read_abc(canonical), read_abc(typed)
        assert after.voices[0].notes == before.voices[0].notes, typed
        assert (after.metres, after.keys, after.tempos) == (before.metres, before.keys, before.tempos)
        assert not after.diagnostics, typed


@pytest.mark.parametrize(
    "habit",
    [
        r"[a-gA-G],*>[a-gA-G]",  # broken rhythm
        r"[a-gA-G]/[^\d]",  # a bare slash
        r"\(3[a-gA-Gz]",
        r"\|:",
        r":\|\n",
        r"\S\|\S",  # no spaces
        r"[^|]  +\|",  # aligned
        r"L:1/16",
        r"L:1/4",
        r'"[A-G]\w?"',
        r"\{[a-g]\}",
        r"!trill!",
    ],
)
def test_each_habit_occurs_and_none_always(habit: str) -> None:
    texts = [typed for _, typed in written()]
    found = sum(bool(re.search(habit, text)) for text in texts)
    assert 0 < found < len(texts)


def test_a_text_is_a_function_of_its_generator() -> None:
    first, second = (as_people_write(CANONICAL[3], np.random.default_rng(7)) for _ in range(2))
    assert first == second
