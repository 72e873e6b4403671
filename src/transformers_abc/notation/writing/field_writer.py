r"""Fields and texts as they are written: ``M:6/8``, ``K:D =c``, ``Q:"Allegro" 1/4=132``, titles and names.

A text is one line, in which a backslash, a per cent sign and an ampersand that begins an entity are escaped as `texts.read_text` reads
them; a quotation mark inside quotation marks is ``\u0022``.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, sections 3.1 and 8.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transformers_abc.notation.reading.voice_field import DEFAULT_CLEF
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.tune import Key, Metre, Tempo, Tune
from transformers_abc.notation.writing.spelling import SIGNS

# Fields of free text that `Tune.info` may hold, in the order of the standard. W stands after the music.
INFO_LETTERS = "TCABDFGHNORSZ"
WORDS_LETTER = "W"

Change = Metre | Key | Tempo

_BPM_DECIMALS = 6
_CLEF = re.compile(r"[a-z]+[1-5]?")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_BRACKETS = str.maketrans({"[": r"\u005b", "]": r"\u005d"})


def field_text(change: Change) -> str:
    r"""A change of metre, key or tempo as an ABC field.

    >>> from fractions import Fraction
    >>> field_text(Metre(6, 8)), field_text(Key(-1)), field_text(Tempo(Fraction(3, 8), Fraction(121, 2)))
    ('M:6/8', 'K:F', 'Q:3/8=60.5')
    >>> field_text(Metre(2, 2, "C|")), field_text(Key(2, explicit=(("C", 0), ("G", 1))))
    ('M:C|', 'K:D =c ^g')
    >>> print(field_text(Tempo(Fraction(1, 4), Fraction(132), 'Allegro "assai"')))
    Q:"Allegro \u0022assai\u0022" 1/4=132
    """
    match change:
        case Metre():
            return f"M:{change}"
        case Key():
            return " ".join([f"K:{change}", *(SIGNS[alter] + letter.lower() for letter, alter in change.explicit)])
        case Tempo():
            decimals = f"{float(change.beats_per_minute):.{_BPM_DECIMALS}f}".rstrip("0").rstrip(".")
            words = f"{quoted(change.text)} " if one_line(change.text) else ""
            return f"Q:{words}{change.beat_wn.numerator}/{change.beat_wn.denominator}={decimals}"


def text_field(letter: str, text: str) -> str:
    """A field of text on its own line.

    >>> text_field("T", "Speed the Plough"), text_field("w", "| la")    # "w:|" would be music: a decoration and a repeat
    ('T:Speed the Plough', 'w: | la')
    """
    return f"{letter}: {text}" if text[:1] in ("|", ":") else f"{letter}:{text}"


def inline_field(text: str) -> str:
    r"""A field within a line of music.

    >>> print(inline_field("K:G"), inline_field("P:A[1]"))
    [K:G] [P:A\u005b1\u005d]
    """
    return f"[{text.translate(_BRACKETS)}]"


def info_fields(tune: Tune) -> Iterator[str]:
    """Title, composer and the other texts of the header.

    Raises:
        ValueError: `Tune.info` has a letter that is no field of text.
    """
    known = INFO_LETTERS + WORDS_LETTER
    for letter, text in tune.info:
        if len(letter) != 1 or letter not in known:
            raise ValueError(f"Tune.info holds {text!r} under {letter!r}; the fields of text are {', '.join(known)}")
    texts = [("T", tune.title), ("C", tune.composer), *tune.info]
    for letter in INFO_LETTERS:
        yield from (text_field(letter, safe_text(text)) for key, text in texts if key == letter and one_line(text))


def word_fields(tune: Tune) -> Iterator[str]:
    """The words after the music."""
    return (text_field(WORDS_LETTER, safe_text(text)) for letter, text in tune.info if letter == WORDS_LETTER)


def safe_text(text: str) -> str:
    r"""One line that no reader takes for a comment, an escape or an entity.

    >>> print(safe_text("50 % of\n Flook & Lúnasa, &amp;"))
    50 \% of Flook & Lúnasa, \&amp;
    """
    return _ENTITY.sub(r"\\&", one_line(text).replace("\\", "\\\\").replace("%", "\\%"))


def quoted(text: str) -> str:
    r"""A text between quotation marks.

    >>> print(quoted('"Am" 7'))
    "\u0022Am\u0022 7"
    """
    return '"' + safe_text(text).replace('"', r"\u0022") + '"'


def safe_clef(clef: str) -> str:
    """The name of a clef, without its octave mark.

    >>> safe_clef("treble-8"), safe_clef("alto"), safe_clef("")
    ('treble', 'alto', 'treble')
    """
    match = _CLEF.match(clef)
    return match[0] if match else DEFAULT_CLEF
