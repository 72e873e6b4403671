"""Every property on texts that hypothesis makes: arbitrary ones, ones of ABC's characters, and mutated tunes."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.failures import confirmed
from fuzz.mutations import VOCABULARY, amplified, as_bytes, mutate
from fuzz.properties import TARGETS, Failure, machine_factor, peak_bytes
from fuzz.properties import allowed_bytes as allowed
from fuzz.seeds import HEADER, own_tunes

FACTOR = 3 * machine_factor()  # slowness is hunted by `make fuzz`; here only the grossest counts
POOL = own_tunes()

joints = st.sampled_from((" ", "", "\n"))
soups = st.builds(str.join, joints, st.lists(st.sampled_from(VOCABULARY), max_size=30))
characters = st.text(st.sampled_from("ABCDEFGabcdefgzxZX0123456789/,'^_=[](){}<>|:-&\"!+%\\\n MLKQVPwUmsTI"), max_size=120)


@st.composite
def mutated_tunes(draw: st.DrawFn) -> str:
    random = Random(draw(st.integers(0, 2**32 - 1)))
    return mutate(random.choice(POOL), random, POOL)


def failure(target: str, text: str) -> Failure | None:
    return confirmed(target, as_bytes(text), FACTOR)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=40, deadline=None)
@given(text=st.text() | soups | characters | soups.map(HEADER.__add__) | characters.map(HEADER.__add__))
def test_any_text(target: str, text: str) -> None:
    assert failure(target, text) is None


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=60, deadline=None)
@given(text=mutated_tunes())
def test_mutated_tunes(target: str, text: str) -> None:
    assert failure(target, text) is None


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_long_texts_take_bounded_memory(seed: int) -> None:
    random = Random(seed)
    data = as_bytes(amplified(mutate(random.choice(POOL), random, POOL), random, 5_000))
    assert peak_bytes("read_abc", data) <= allowed(data)
