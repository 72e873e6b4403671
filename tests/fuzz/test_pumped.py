"""Texts in which one thing is repeated without end: what shows a search that takes quadratic time, which short mutated texts do not.

Regular expressions are where such searches hide: one that scans to the end of the line from each of many starts, and fails.
"""

from __future__ import annotations

import pytest

from fuzz.properties import check, machine_factor

CHARACTERS = 12_000  # what is quadratic takes several times what is allowed; what is linear a tenth

PLACES = {
    "alone": "%s",
    "music": "X:1\nK:C\n%s\n",
    "between bars": "X:1\nK:C\nC|%s|C\n",
    "after a bar": "X:1\nK:C\nC|]%s\n",
    "chord": "X:1\nK:C\n[%s]C|\n",
    "grace": "X:1\nK:C\n{%s}C|\n",
    "string": 'X:1\nK:C\nC"%s"C|\n',
    "decoration": "X:1\nK:C\nC!%s!C|\n",
    "inline field": "X:1\nK:C\nC[%s]C|\n",
    "w:": "X:1\nK:C\nCDEF|\nw:%s\n",
    "s:": "X:1\nK:C\nCDEF|\ns:%s\n",
    "m:": "X:1\nm:%s=C\nK:C\nC|\n",
    "P:": "X:1\nP:%s\nK:C\nP:A\nC|\n",
    "directive": "X:1\n%%%%%s\nK:C\nC|\n",
    **{f"{letter}:": f"X:1\n{letter}:%s\nK:C\nC|\n" for letter in "KLMQTUV"},
}
PIECES = (
    *" ,;:.!\"'()[]{}<>|\\/^_=-~*&%$+#`?@0aCnzZXyé",
    "A,", "C/", "(3", "[C", "C]", "|:", ":|", "::", "[1", "1,", "1-", "z4", "Z2", "{c", "!a", '"a', "C&", "C-", "a b", "K:", "V:", "[V:1]",
    "\\ ", "= ", "a=", "a=b ", "+1", "(2+", "/2", "1/4 ", '="', '\\"', "C>", "~n", "A(", "2A", "<s>", "<|", "``` ", "I ", "a-", "a_", "\\-",
    "\nX:1", "\n+:", "\nw:a", "\nV:",
)  # fmt: skip
FACTOR = machine_factor()


@pytest.mark.parametrize("place", PLACES)
def test_time_is_in_proportion_to_the_text(place: str) -> None:
    slow = [piece for piece in PIECES if _is_slow(PLACES[place] % (piece * (CHARACTERS // len(piece))))]
    assert not slow


def _is_slow(text: str) -> bool:
    """In the best of three runs."""
    data = text.encode()
    return all(check("read_abc", data, patience=FACTOR) is not None for _ in range(3))
