"""A model's reply, made ready to be read: what it says in the end, with numbers as digits, and without what it denies.

A reply is any text. Nothing here raises, and the time grows with the length of the text alone, which is bounded.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000  # of what a reply says in the end; a longer one is no answer to a short question

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: value for value, word in enumerate(_UNITS.split())} | {word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)}
_BELOW_TEN, _BELOW_TWENTY, _FROM_TWENTY = ("|".join(words) for words in (_UNITS.split()[1:10], _UNITS.split(), _TENS.split()))
_BELOW_HUNDRED = rf"(?:(?:{_FROM_TWENTY})(?:[\s-](?:{_BELOW_TEN}))?|{_BELOW_TWENTY})"
_NUMBER_IN_WORDS = re.compile(
    rf"\b(?:(?P<hundreds>a|{_BELOW_TEN})\s+hundred(?:\s+(?:and\s+)?(?P<rest>{_BELOW_HUNDRED}))?|(?P<small>{_BELOW_HUNDRED}))\b",
    re.IGNORECASE,
)

_CONCLUSION = re.compile(r"</think>|</answer>\s*$|<answer>|\banswer(?:\s+is\b|\s*:)", re.IGNORECASE)
_SIGNS = str.maketrans({"♯": "#", "♭": "b", "♮": "", "⁄": "/", "’": "'", "–": "-", "—": ";", "−": "-", **dict.fromkeys("*_`$\\", " ")})
_BLANKS = re.compile(r"[^\S\n]+")
_CLAUSE_END = re.compile(r"[;:!?\n]+|[.,]+(?=\s|$)|\bbut\b|(?=\brather than\b|\binstead of\b)", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:not|no|nor|neither|never|without|cannot|except|rather than|instead of|isnt|arent|dont)\b|n't\b", re.IGNORECASE)


def conclusion(reply: str) -> str:
    """What a reply says in the end, in plain signs, with numbers as digits; empty where that is too long for an answer.

    Thoughts go, and what stands before the last ``Answer:`` or ``the answer is``.

    >>> conclusion("Let me count: 3/4? <think>hm</think> **Four** bars"), conclusion("So the answer is: one hundred and sixteen")
    ('4 bars', ': 116')
    """
    said = _CONCLUSION.split(unicodedata.normalize("NFKC", reply[-50 * MAX_CHARACTERS :]))
    text = next((part for part in reversed(said) if part.strip(" :.*\n")), "").translate(_SIGNS)
    return _BLANKS.sub(" ", _NUMBER_IN_WORDS.sub(_in_digits, text)).strip() if len(text) <= MAX_CHARACTERS else ""


def clauses(text: str) -> list[str]:
    """The parts of a conclusion between its commas and stops, without those that deny something.

    >>> clauses("Not 3/4, but 4/4. There is no cello"), clauses("F#4 rather than G4")
    (['4/4'], ['F#4'])
    """
    return [clause.strip() for clause in _CLAUSE_END.split(text) if clause.strip() and not _DENIAL.search(clause)]


def affirmed(text: str) -> str:
    """The same as one text.

    >>> affirmed("Not 3/4, but 4/4.")
    '4/4'
    """
    return "; ".join(clauses(text))


def _in_digits(number: re.Match[str]) -> str:
    if number["small"]:
        return str(_below_hundred(number["small"]))
    hundreds = 1 if number["hundreds"].lower() == "a" else _VALUES[number["hundreds"].lower()]
    return str(100 * hundreds + (_below_hundred(number["rest"]) if number["rest"] else 0))


def _below_hundred(words: str) -> int:
    return sum(_VALUES[word] for word in re.split(r"[\s-]+", words.lower()))
