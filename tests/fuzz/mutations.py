r"""Mutations that know ABC: a tune in, something that a careless hand or a language model might have made of it out.

Plain byte mutation seldom gets past the header. These work on tokens and lines, take material from other tunes, and add what breaks
readers: numbers without end, brackets that nothing closes, fields where none belong, prose around the music, phrases that never stop.

Everything is a function of the `Random` passed in. Text that is not UTF-8 is carried as lone surrogates (PEP 383), see `as_text`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

USUAL_CHARACTERS = 160  # short texts are read faster, so that more of them are
_TOKEN = re.compile(
    r"""\[[A-Za-z]:[^\]\n]*\]|"[^"\n]*"|![^!\n]*!|\{[^}\n]*\}|[_^=]*[A-Ga-gzxZXy][,']*[\d/]*-?|\(\d(?::\d*)*|[|:\[\]]+|[<>]+|\d+|\s|."""
)

# One of each construct of the standard and of what is seen in the wild, a line each; they are joined to anything.
VOCABULARY = tuple(Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8").splitlines())
ABSURD_NUMBERS = (
    "0",
    "00",
    "-1",
    "1/0",
    "99",
    "65536",
    "4294967296",
    "9" * 25,
    "1" + "0" * 400,
    "9" * 5000,
    "1e9",
    "³",
    "٤",
    "1/3/5/7",
    "/" * 60,
)
ODD_CHARACTERS = "\x00\x01\t\x0b\x0c\r\x1b\x7f\x85\xa0\xad\u200b\u2028\u2029\u202e\ufeff\ufffd\udc80\udcffé🎵𝄞♯♭İß٣²ﬀ"
BRACKETS = "[](){}\"!<>|:&+\\%'`"
PROSE = (
    "Here is the tune you asked for:\n\n",
    "Sure! I hear a lively melody in D major.\n",
    "```abc\n",
    "```\n",
    "\n```\n\nLet me know if you'd like any changes!",
    "<|im_start|>assistant\n",
    "**Transcription**: ",
    "Answer: X:1\n",
    "| bar | notes |\n|---|---|\n",
)


def as_text(data: bytes) -> str:
    r"""The text that stands for any bytes; `as_bytes` gives them back.

    >>> as_bytes(as_text(b"X:1\nT:\xff")) == b"X:1\nT:\xff"
    True
    """
    return data.decode("utf-8", "surrogateescape")


def as_bytes(text: str) -> bytes:
    """UTF-8; a surrogate that stands for no byte becomes a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def mutate(text: str, random: Random, pool: Sequence[str], limit: int = USUAL_CHARACTERS) -> str:
    r"""One to four mutations of `text`.

    Args:
        text: where to start; may be empty.
        random: decides everything.
        pool: other tunes, for material; not empty.
        limit: characters; longer texts are cut, most often in the middle.

    Returns:
        The mutated text, not longer than `limit`.

    >>> mutate("X:1\nK:C\nCDE|", Random(1), ["X:1\nK:G\nGAB|"]) == mutate("X:1\nK:C\nCDE|", Random(1), ["X:1\nK:G\nGAB|"])
    True
    """
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        text = random.choice(_MUTATIONS)(text, random, pool)
        if len(text) > 4 * limit:
            text = shortened(text, random, limit)
    return shortened(text, random, limit)


def shortened(text: str, random: Random, limit: int) -> str:
    """At most `limit` characters: the beginning, or a beginning and an end joined."""
    if len(text) <= limit:
        return text
    head = random.choice((limit, limit // 2, limit // 4))
    start = random.randrange(len(text) - limit + head, len(text) + 1) if head < limit else len(text)
    return (text[:head] + text[start:])[:limit]


def amplified(text: str, random: Random, characters: int) -> str:
    """A phrase of the text, or all of it, repeated up to a length: what a model does that cannot stop.

    >>> amplified("CD|", Random(0), 9) in ("CD|CD|CD|", "CD|D|D|D|", "CD|||||||")
    True
    """
    phrase = text[random.randrange(len(text)) :] if text else "C"
    phrase = phrase[: random.choice((1, 2, 4, 16, 64, 1024))]
    return (text + phrase * (characters // len(phrase)))[:characters] if random.random() < 0.7 else (text * characters)[:characters]


# --- Mutations ----------------------------------------------------------------------------------------------------------------------


def _insert_word(text: str, random: Random, pool: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(VOCABULARY) + random.choice(("", "", " ", "\n")) + text[at:]


def _insert_line(text: str, random: Random, pool: Sequence[str]) -> str:
    lines = text.split("\n")
    lines.insert(random.randint(0, len(lines)), random.choice(VOCABULARY))
    return "\n".join(lines)


def _replace_token(text: str, random: Random, pool: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return random.choice(VOCABULARY)
    tokens[random.randrange(len(tokens))] = random.choice((random.choice(VOCABULARY), random.choice(tokens), ""))
    return "".join(tokens)


def _repeat_tokens(text: str, random: Random, pool: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    start = random.randrange(len(tokens))
    end = start + random.choice((1, 1, 2, 4, 8, 30))
    return "".join(tokens[:end] + tokens[start:end] * random.choice((1, 2, 3, 10, 50)) + tokens[end:])


def _move_tokens(text: str, random: Random, pool: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    start = random.randrange(len(tokens))
    end = start + random.choice((1, 2, 5, 20))
    moved, rest = tokens[start:end], tokens[:start] + tokens[end:]
    at = random.randint(0, len(rest))
    return "".join(rest[:at] + moved + rest[at:])


def _cross_lines(text: str, random: Random, pool: Sequence[str]) -> str:
    """Lines of another tune instead of some of this one's."""
    lines, others = text.split("\n"), random.choice(pool).split("\n")
    at, start = random.randint(0, len(lines)), random.randrange(len(others))
    return "\n".join(lines[:at] + others[start : start + random.randint(1, 6)] + lines[at + random.choice((0, 1, 3)) :])


def _cross_in_the_middle(text: str, random: Random, pool: Sequence[str]) -> str:
    other = random.choice(pool)
    return text[: random.randint(0, len(text))] + other[random.randint(0, len(other)) :]


def _shuffle_lines(text: str, random: Random, pool: Sequence[str]) -> str:
    lines = text.split("\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def _cut_lines(text: str, random: Random, pool: Sequence[str]) -> str:
    lines = text.split("\n")
    start = random.randrange(len(lines))
    return "\n".join(lines[:start] + lines[start + random.choice((1, 1, 2, 5)) :])


def _truncate(text: str, random: Random, pool: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return random.choice((text[:at], text[at:], text[:at] + "\n"))


def _cut_span(text: str, random: Random, pool: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.choice((1, 1, 2, 4, 16)) :]


def _change_number(text: str, random: Random, pool: Sequence[str]) -> str:
    """A number, or one put where there was none, becomes absurd or merely another."""
    number = random.choice((str(random.randint(0, 20)), str(random.randint(0, 999)), random.choice(ABSURD_NUMBERS)))
    spans = [match.span() for match in re.finditer(r"\d+", text)]
    at = random.randint(0, len(text))
    start, end = random.choice(spans) if spans and random.random() < 0.7 else (at, at)
    return text[:start] + number + text[end:]


def _insert_characters(text: str, random: Random, pool: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    alphabet = random.choice((BRACKETS, BRACKETS, ODD_CHARACTERS, "ABCDEFGabcdefgzZxXyhijklmnopqrstuvw", "".join(map(chr, range(128)))))
    return text[:at] + random.choice(alphabet) * random.choice((1, 1, 1, 2, 3, 40)) + text[at:]


def _change_line_ends(text: str, random: Random, pool: Sequence[str]) -> str:
    return text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\\\n", " ", "\n%\n", "\n\t", "\u2028")), random.choice((1, 3, -1)))


def _put_into_prose(text: str, random: Random, pool: Sequence[str]) -> str:
    before, after = random.choice(PROSE), random.choice(("", *PROSE))
    return random.choice((before + text + after, text + after, json.dumps({"abc": text}), json.dumps(text), json.dumps([text])[1:-2]))


def _never_stop(text: str, random: Random, pool: Sequence[str]) -> str:
    start = random.randint(0, len(text))
    return text + text[start : start + random.choice((1, 3, 10, 40))] * random.choice((2, 8, 40))


def _spread_voices(text: str, random: Random, pool: Sequence[str]) -> str:
    """Every line of music becomes another voice's."""
    voices = random.choice((2, 3, 9, 80))
    marks = ("[V:{}]", "V:{}\n")
    mark = random.choice(marks)
    lines = text.split("\n")
    return "\n".join(line if line[1:2] == ":" else mark.format(number % voices + 1) + line for number, line in enumerate(lines))


def _join_tunes(text: str, random: Random, pool: Sequence[str]) -> str:
    return text + random.choice(("\n\n", "\n", "\n\nX:2\n", "")) + random.choice(pool)


def _change_case(text: str, random: Random, pool: Sequence[str]) -> str:
    start = random.randint(0, len(text))
    end = start + random.choice((1, 10, 100))
    return text[:start] + text[start:end].swapcase() + text[end:]


_MUTATIONS: tuple[Callable[[str, Random, Sequence[str]], str], ...] = (
    *(_insert_word,) * 4,
    *(_insert_line,) * 3,
    *(_replace_token,) * 3,
    *(_repeat_tokens,) * 2,
    *(_move_tokens,) * 2,
    *(_cross_lines,) * 3,
    *(_change_number,) * 3,
    *(_insert_characters,) * 3,
    _cross_in_the_middle,
    _shuffle_lines,
    _cut_lines,
    _truncate,
    _cut_span,
    _change_line_ends,
    _put_into_prose,
    _never_stop,
    _spread_voices,
    _join_tunes,
    _change_case,
)
