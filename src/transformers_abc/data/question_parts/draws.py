"""Drawing by seed, alike on every machine and with every version of every library.

Each draw has a purpose of its own, so that a further kind of question, or a further phrasing of one kind, does not word the others anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

Seed = int | str


def draw(choices: Sequence[T], seed: Seed, purpose: str) -> T:
    """One of the choices, each as likely as the others.

    Args:
        choices: at least one.
        seed: of the clip, such as a number or ``"01_Jupiter@12.5"``.
        purpose: what is drawn.

    >>> draw("abcdef", 7, "letter"), draw("abcdef", 8, "letter"), draw("abcdef", 7, "sign")
    ('e', 'f', 'c')
    """
    return choices[_number(seed, purpose) % len(choices)]


def sample(choices: Sequence[str], count: int, seed: Seed, purpose: str) -> list[str]:
    """`count` different ones of the choices in their order, each as likely as the others; all where there are no more.

    >>> sample(["tempo", "metre", "bars"], 2, 0, "kinds")
    ['metre', 'bars']
    """
    shuffled = sorted(choices, key=lambda choice: _number(seed, f"{purpose}: {choice}"))
    kept = set(shuffled[: max(count, 0)])
    return [choice for choice in choices if choice in kept]


def _number(seed: Seed, purpose: str) -> int:
    """A large number; taken modulo a few choices its bias is far below anything that can be seen."""
    return int.from_bytes(sha256(f"{seed}\n{purpose}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
