"""What instruments and playing techniques a reply names.

Each function reads the `conclusion` of a reply and gives all the names that it affirms; none where it says nothing or leaves a choice.
"""

from __future__ import annotations

import re

from transformers_abc.data.question_parts.reply_text import affirmed, clauses
from transformers_abc.data.question_parts.spoken_instruments import singulars, spoken_name

_LONGEST_NAME = 4  # words
_CHOICE = re.compile(r"\b(?:or|either)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|\d+")
_STRING_QUARTET = re.compile(r"\bstring quartet\b", re.IGNORECASE)

# Longer names first: what one has taken is not read again.
_TECHNIQUES: dict[str, re.Pattern[str]] = {
    technique: re.compile(words, re.IGNORECASE)
    for technique, words in (
        ("snap pizzicato", r"\b(?:snap|bart[oó]k)[\s-]pizz\w*"),
        ("palm mute", r"\bpalm[\s-]?mut\w*"),
        ("pizzicato", r"\bpizz\w*|\bpluck\w*"),
        ("muted", r"\bmut(?:e|es|ed|ing)\b|\bcon sord\w*"),
        ("col legno", r"\bcol legno\b"),
        ("sul ponticello", r"\bsul pont\w*"),
        ("sul tasto", r"\bsul tasto\b"),
        ("staccato", r"\bstacc\w*"),
        ("spiccato", r"\bspicc\w*"),
        ("tremolo", r"\btremol\w*"),
        ("harmonics", r"\bharmonics?\b|\bflageolets?\b"),
        ("flutter tonguing", r"\bflutter[\s-]?tongu\w*"),
        ("glissando", r"\bgliss\w*"),
    )
}


def named_instruments(text: str) -> dict[str, list[int]]:
    """The spoken names of the instruments, each with the numbers that stand before it.

    >>> named_instruments("2 Violins, Viola and Cello"), named_instruments("first violin and second violin, no flute")
    ({'Violin': [2], 'Viola': [], 'Cello': []}, {'Violin': []})
    >>> named_instruments("a string quartet"), named_instruments("violin or viola")
    ({'Violin': [2], 'Viola': [1], 'Cello': [1]}, {})
    """
    named: dict[str, list[int]] = {}
    for clause in clauses(text):
        if _CHOICE.search(clause):
            return {}
        words = _WORD.findall(_STRING_QUARTET.sub("2 violins and 1 viola and 1 cello", clause))
        place = 0
        while place < len(words):
            name, length = _instrument_at(words, place)
            if name:
                numbers = named.setdefault(name, [])
                if place and words[place - 1].isdecimal():
                    numbers.append(int(words[place - 1][:6]))
            place += length
    return named


def _instrument_at(words: list[str], place: int) -> tuple[str | None, int]:
    """The longest name of an instrument that begins with a word, and how many words it has."""
    for length in range(_LONGEST_NAME, 0, -1):
        phrase = words[place : place + length]
        if len(phrase) == length and not any(word.isdecimal() for word in phrase) and (name := _spoken(" ".join(phrase))):
            return name, length
    return None, 1


def _spoken(phrase: str) -> str | None:
    return next((name for singular in singulars(phrase) if (name := spoken_name(singular))), None)


def named_techniques(text: str) -> set[str]:
    """The playing techniques that `techniques.TECHNIQUES` has.

    >>> sorted(named_techniques("The strings play pizzicato, then staccato")), sorted(named_techniques("palm-muted, not plucked"))
    (['pizzicato', 'staccato'], ['palm mute'])
    """
    said = affirmed(text)
    if _CHOICE.search(said):
        return set()
    named = set()
    for technique, pattern in _TECHNIQUES.items():
        if pattern.search(said):
            named.add(technique)
            said = pattern.sub(" ", said)
    return named
