r"""Texts inside ABC: how titles, words and annotations encode what ASCII lacks (section 8.2 of the standard).

- ``\"o`` ``\'e`` ``\~n`` ``\cC`` ``\vs`` ``\/o`` ``\ae`` ``\ss``: an accent or ligature by mnemonic
- ``&eacute;``: named HTML entities
- ``\u00e9``: a code point in four hexadecimal digits, or eight after ``\U``
- ``\\``, ``\%``, ``\&``: the character itself
"""

from __future__ import annotations

import html
import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", '"': "\u0308", "a": "\u030a", "o": "\u030a",
    "v": "\u030c", "u": "\u0306", ".": "\u0307", ":": "\u030b", "H": "\u030b", "c": "\u0327", ",": "\u0327", ";": "\u0328",
}  # fmt: skip
_LIGATURES = {
    "/O": "Ø", "/o": "ø", "/D": "Đ", "/d": "đ", "/L": "Ł", "/l": "ł", "AA": "Å", "aa": "å", "AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ",
    "ss": "ß", "TH": "Þ", "th": "þ", "DH": "Ð", "dh": "ð",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\u(?P<four>[0-9A-Fa-f]{4})|\\U(?P<eight>[0-9A-Fa-f]{8})|\\(?P<itself>[\\%&])|\\(?P<pair>[^\s\\][A-Za-z])|&(?P<entity>#?\w{1,32});"
)


def read_text(field: str) -> str:
    r"""The text that a field or string means, on one line.

    >>> print(read_text(r"\"Uber  Caf\'e &eacute;t\u00e9 \ss 50 \% \\o/ \q &nonsense;"))
    Über Café été ß 50 % \o/ \q &nonsense;
    """
    if "\\" in field or "&" in field:
        field = _ESCAPE.sub(_meaning, field)
    return one_line(field)


def one_line(text: str) -> str:
    """Without control characters, and with single spaces."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())


def _meaning(match: re.Match[str]) -> str:
    if digits := match["four"] or match["eight"]:
        return _character(int(digits, 16)) or match[0]
    if match["itself"]:
        return match["itself"]
    if match["entity"]:
        return html.unescape(match[0])
    pair = match["pair"]
    accent, letter = pair[0], pair[1]
    if pair in _LIGATURES:
        return _LIGATURES[pair]
    composed = unicodedata.normalize("NFC", letter + _COMBINING[accent]) if accent in _COMBINING else ""
    return composed if len(composed) == 1 else match[0]


def _character(code_point: int) -> str:
    """The character of a code point; none for surrogates and beyond Unicode."""
    return chr(code_point) if code_point <= 0x10FFFF and not 0xD800 <= code_point <= 0xDFFF else ""
