"""Texts to tokenize: whatever may come, and canonical tunes."""

from random import Random

import numpy as np
from hypothesis import strategies as st

from fuzz.mutations import VOCABULARY, mutate
from fuzz.seeds import HEADER, own_tunes
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune

LINE_BREAKS = ("\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\n\n", "\n\r", " \n ", "\\\n")
SPECIAL_SPELLINGS = ("<|pad|>", "<|start|>", "<|end|>", "<|AUDIO|>", "<|audio_bos|>", "<|user|>", "<|assistant|>", "<|en", "d|>", "<|no|>")
POOL = own_tunes()


def _is_text(text: str) -> bool:
    """Without the lone surrogates that stand for bytes which are no UTF-8: those are no text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


@st.composite
def mutated_tunes(draw: st.DrawFn) -> str:
    random = Random(draw(st.integers(0, 2**32 - 1)))
    return mutate(random.choice(POOL), random, POOL)[:4000]


_soups = st.builds(
    str.join, st.sampled_from(("", " ", "\n")), st.lists(st.sampled_from([v for v in VOCABULARY if _is_text(v)]), max_size=30)
)
_characters = st.text(st.sampled_from("ABCGabcgzxZX0129/,'^_=[](){}<>|:-&\"!+%\\\n MLKQVPwUmsTI"), max_size=120)
_around = st.lists(st.sampled_from((*SPECIAL_SPELLINGS, *LINE_BREAKS, "c2 d", "|", '"Oboe"', "X:1", "K:G", "é", "🎵")), max_size=20).map(
    "".join
)
any_text = st.text() | _soups | _characters | _around | _soups.map(HEADER.__add__) | mutated_tunes().filter(_is_text)


def composed(count: int, *, interleave: bool = True) -> list[str]:
    """Canonical ABC of composed tunes, one to four voices."""
    return [write_abc(compose_tune(np.random.default_rng(seed)), interleave=interleave) for seed in range(count)]
