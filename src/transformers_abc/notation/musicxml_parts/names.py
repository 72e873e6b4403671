"""Signs and directions: the names of ABC decorations and the MusicXML elements that say the same.

Where ABC has several names for one sign, the reader gives the one that stands first here. Dynamics have the same names in both (``mf`` is
``<mf/>``). Names of ABC for which MusicXML has no element are written as words with an ``<other-direction>`` beside them, which brings the
name back.

Sources: ABC 2.1, section 4.14, https://abcnotation.com/wiki/abc:standard:v2.1, and the elements ``<articulations>``, ``<ornaments>``,
``<technical>``, ``<dynamics>`` and ``<direction-type>`` of MusicXML 4.0.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Sign(NamedTuple):
    """An element at a note: its group within ``<notations>`` (empty: none), its name, one attribute and its text."""

    group: str
    tag: str
    attribute: tuple[str, str] = ("", "")
    text: str = ""


SIGNS: dict[str, Sign] = {
    "staccato": Sign("articulations", "staccato"),
    "tenuto": Sign("articulations", "tenuto"),
    "accent": Sign("articulations", "accent"),
    "emphasis": Sign("articulations", "accent"),
    ">": Sign("articulations", "accent"),
    "marcato": Sign("articulations", "strong-accent"),
    "^": Sign("articulations", "strong-accent"),
    "wedge": Sign("articulations", "staccatissimo"),
    "breath": Sign("articulations", "breath-mark"),
    "caesura": Sign("articulations", "caesura"),
    "fermata": Sign("", "fermata"),
    "invertedfermata": Sign("", "fermata", ("type", "inverted")),
    "arpeggio": Sign("", "arpeggiate"),
    "trill": Sign("ornaments", "trill-mark"),
    "lowermordent": Sign("ornaments", "mordent"),
    "mordent": Sign("ornaments", "mordent"),
    "uppermordent": Sign("ornaments", "inverted-mordent"),
    "pralltriller": Sign("ornaments", "inverted-mordent"),
    "turn": Sign("ornaments", "turn"),
    "turnx": Sign("ornaments", "turn", ("slash", "yes")),
    "invertedturn": Sign("ornaments", "inverted-turn"),
    "invertedturnx": Sign("ornaments", "inverted-turn", ("slash", "yes")),
    "slide": Sign("ornaments", "schleifer"),
    "roll": Sign("ornaments", "other-ornament", text="roll"),
    "/": Sign("ornaments", "tremolo", ("type", "single"), "1"),
    "//": Sign("ornaments", "tremolo", ("type", "single"), "2"),
    "///": Sign("ornaments", "tremolo", ("type", "single"), "3"),
    "////": Sign("ornaments", "tremolo", ("type", "single"), "4"),
    "upbow": Sign("technical", "up-bow"),
    "downbow": Sign("technical", "down-bow"),
    "open": Sign("technical", "open-string"),
    "plus": Sign("technical", "stopped"),
    "+": Sign("technical", "stopped"),
    "snap": Sign("technical", "snap-pizzicato"),
    "thumb": Sign("technical", "thumb-position"),
    **{finger: Sign("technical", "fingering", text=finger) for finger in "012345"},
}
_NAME_OF_SIGN = {(sign.tag, sign.attribute, sign.text): name for name, sign in reversed(SIGNS.items())}
_NAME_OF_SIGN["harmonic", ("", ""), ""] = "open"  # ABC has one small circle for both

_SOFT_AND_LOUD = ("p", "pp", "ppp", "pppp", "ppppp", "pppppp", "n", "mp", "mf", "f", "ff", "fff", "ffff", "fffff", "ffffff")
_SUDDEN = ("sf", "sfp", "sfpp", "fp", "pf", "rf", "rfz", "sfz", "sfzp", "sffz", "fz")
DYNAMICS = frozenset({*_SOFT_AND_LOUD, *_SUDDEN})

# Lines from one note to another: what comes before "(" and ")" in ABC. Of the ones at notes: group, tag. Of the ones in directions: tag,
# type where it starts, size.
LINES_AT_NOTES = {"trill": ("ornaments", "wavy-line"), "glissando": ("", "glissando")}
LINES_IN_DIRECTIONS = {
    "crescendo": ("wedge", "crescendo", ""),
    "diminuendo": ("wedge", "diminuendo", ""),
    "8va": ("octave-shift", "down", "8"),
    "8vb": ("octave-shift", "up", "8"),
    "15ma": ("octave-shift", "down", "15"),
    "15mb": ("octave-shift", "up", "15"),
}
LINE_SYNONYMS = {"<": "crescendo", ">": "diminuendo"}  # before the bracket
_LINE_OF_DIRECTION = {line: name for name, line in LINES_IN_DIRECTIONS.items()}
SLUR = "slur"
HELD_SYLLABLE = "_"  # the text of a `Lyric` that holds the syllable before
ABC_FIELD = "abc:"  # before the letter of a header field of ABC, in the names of <miscellaneous-field>s
SIGNS_IN_DIRECTIONS = ("segno", "coda")

# Where to go on playing: the words, and the attribute of <sound> that tells programs.
NAVIGATION = {
    "D.C.": ("D.C.", {"dacapo": "yes"}),
    "D.C.alfine": ("D.C. al Fine", {"dacapo": "yes"}),
    "D.C.alcoda": ("D.C. al Coda", {"dacapo": "yes"}),
    "D.S.": ("D.S.", {"dalsegno": "segno"}),
    "D.S.alfine": ("D.S. al Fine", {"dalsegno": "segno"}),
    "D.S.alcoda": ("D.S. al Coda", {"dalsegno": "segno"}),
    "dacapo": ("Da Capo", {"dacapo": "yes"}),
    "dacoda": ("To Coda", {"tocoda": "coda"}),
    "fine": ("Fine", {"fine": "yes"}),
}
_LETTERS = re.compile(r"[^a-z]+")
_NAVIGATION_OF_LETTERS = {_LETTERS.sub("", words.lower()): name for name, (words, _) in NAVIGATION.items()}


def sign_name(tag: str, attributes: dict[str, str], text: str) -> str:
    """The ABC name of an element at a note; empty for one that ABC has no name for.

    >>> sign_name("fermata", {"type": "upright"}, ""), sign_name("fermata", {"type": "inverted"}, ""), sign_name("tremolo", {}, "3")
    ('fermata', 'invertedfermata', '///')
    """
    if tag == "tremolo":
        attributes = {"type": "single"} | attributes
    for attribute in (*attributes.items(), ("", "")):
        for said in (text, ""):
            if (tag, attribute, said) in _NAME_OF_SIGN:
                return _NAME_OF_SIGN[tag, attribute, said]
    return ""


def line_name(tag: str, start_type: str, size: str) -> str:
    """What comes before ``(`` in the ABC name of a line that starts in a direction; empty for one that ABC has no name for.

    >>> line_name("wedge", "diminuendo", ""), line_name("octave-shift", "down", "8")
    ('diminuendo', '8va')
    """
    return _LINE_OF_DIRECTION.get((tag, start_type, size), "")


def navigation_name(words: str) -> str:
    """The ABC decoration that words such as ``D. C. al Fine`` stand for; empty for other words.

    >>> navigation_name("D. C. al Fine"), navigation_name("dolce")
    ('D.C.alfine', '')
    """
    return _NAVIGATION_OF_LETTERS.get(_LETTERS.sub("", words.lower()), "")
