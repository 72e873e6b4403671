"""What no token may divide, and what none may hold together: found by the reader's lexer, not by the tokenizer's own lists.

`signs` finds the signs of canonical ABC (as `write_abc` writes it) that are promised whole; rarer ones, such as ``^^c'''`` or ``c13/8``,
may take several tokens.
"""

import re
from collections.abc import Iterable, Iterator

from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.notation.reading.lexer import CHORD_TOKEN, MUSIC_TOKEN, NOTE_TOKEN
from transformers_abc.notation.tune import Key

Span = tuple[int, int]

_PITCH = re.compile(r"[A-G],{0,3}|[a-g]'{0,3}|[=^_](?:[A-G],{0,2}|[a-g]'{0,2})|(?:\^\^|__)(?:[A-G],?|[a-g]'?)")
_LENGTH = re.compile(r"[1-9]\d?|//?|(?:1|3|5|7|9|15)?/(?:2|4|8|16)")
_TUPLET = re.compile(r"\(3(?::2:[23])?|\(2:3:2|\(4:3:[2-4]|\(5:4:[2-5]|\(6:4:[2-6]|\(7:4:[2-7]|\(9:8:[2-9]")
_KEYS = {*(str(Key(fifths, mode)) for mode in ("major", "minor") for fifths in range(-7, 8)), "none"}
_FIELD = re.compile(
    r"M:(?:[2-7]/4|[2-4]/2|(?:3|5|6|7|9|12)/8|C\|?|none)$|L:1/(?:[248]|16|32)$|V:[1-6](?=$| clef=\w+ name=)|%%MIDI program \d+$|"
    rf"K:(?:{'|'.join(map(re.escape, _KEYS))})$"
)
_TEMPO = re.compile(r"(?<==)(?:[1-9]\d|1\d\d|2[0-3]\d)$")
_NAME = re.compile("|".join(re.escape(f'"{name}"') for name in PROGRAM_NAMES))


def signs(text: str) -> Iterator[Span]:
    """Where the signs of a canonical text begin and end."""
    place = 0
    for line in text.splitlines(keepends=True):
        content = line.rstrip("\n")
        spans = _signs_of_field(content) if re.match(r"[A-Za-z]:|%", content) else _signs_of_music(content)
        yield from ((place + start, place + end) for start, end in spans)
        place += len(line)


def _signs_of_field(line: str) -> Iterator[Span]:
    if field := _FIELD.match(line):
        yield field.span()
    if line.startswith("Q:") and (tempo := _TEMPO.search(line)):
        yield tempo.span()
    if line.startswith("V:"):
        yield from (match.span() for match in _NAME.finditer(line))


def _signs_of_music(line: str) -> Iterator[Span]:
    for match in MUSIC_TOKEN.finditer(line):
        start, sign = match.start(), match[0].rstrip(" ")
        match match.lastgroup:
            case "NOTE":
                yield from _signs_of_note(match, start)
            case "REST":
                yield from _if_promised(_LENGTH, match["rest_length"], match.start("rest_length"))
            case "CHORD" if match["inside"] is not None:
                for inner in CHORD_TOKEN.finditer(match["inside"]):
                    if inner["NOTE"]:
                        yield from _signs_of_note(inner, match.start("inside"))
                yield from _if_promised(_LENGTH, match["outer"], match.start("outer"))
            case "GRACE":
                for inner in NOTE_TOKEN.finditer(match["graces"]):
                    yield from _signs_of_note(inner, match.start("graces"))
            case "TUPLET":
                yield from _if_promised(_TUPLET, sign, start)
            case "DECORATION":
                yield start, start + len(sign)
            case "BAR":
                yield from _if_promised(re.compile(r"\|\|?|\|\]|\[\||\|:|:\||::|:?\|[12]"), sign, start)
            case "FIELD":
                yield from _if_promised(re.compile(r"\[V:[1-6]\]"), sign, start)


def _signs_of_note(note: re.Match[str], offset: int) -> Iterator[Span]:
    base = offset if note.re is not MUSIC_TOKEN else 0
    sign = note["sign"] or ""
    yield from _if_promised(_PITCH, sign + note["letter"] + note["octave"], base + note.start("letter") - len(sign))
    yield from _if_promised(_LENGTH, note["length"], base + note.start("length"))


def _if_promised(promised: re.Pattern[str], sign: str, start: int) -> Iterator[Span]:
    if promised.fullmatch(sign):
        yield start, start + len(sign)


def divided(text: str, tokens: Iterable[Span]) -> list[str]:
    """The signs of a canonical text that a boundary between tokens divides, with what stands around them."""
    starts = {start for start, _ in tokens}
    return [
        f"{text[start:end]!r} in {text[max(start - 12, 0) : end + 12]!r}"
        for start, end in signs(text)
        if starts.intersection(range(start + 1, end))
    ]


_MUSIC = re.compile(r"[A-Ga-gzxZ]")
_TEXT = re.compile(r'\[[A-Za-z]:[^\]]*\]?|"[^"]*"|![^!]*!|^\n?(?:[A-Za-z+]:|%).*', re.DOTALL)


def joins_bars(token: str) -> bool:
    """Whether a token, as text, holds music on both sides of a bar line; what stands in fields, names and decorations is none."""
    return sum(bool(_MUSIC.search(bar)) for bar in _TEXT.sub("", token).split("|")) > 1


# A token, as text, that begins with what ends a note and goes on to what opens one; [1 and [K: are no chords.
BEGINS_AMID_A_NOTE = re.compile(r"[0-9/,'><\-)\]} ].*(?:[({A-Ga-gzxZ^_=]|\[(?![1-9|]|[A-Za-z]:))", re.DOTALL)
