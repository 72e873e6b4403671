"""Chord symbols: ``<harmony>`` and its text, such as ``F#m7/C#``.

The text after the root is kept as it is written, in the ``text`` of ``<kind>``; the kind itself is looked up and is ``other`` for what
is not known here. A text that begins with no letter of a root (``N.C.``) is written as no chord with that text. In reading, degrees are
put after the kind where its text does not name them. Roman numerals and functions are not read.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from transformers_abc.notation.musicxml_parts.element import add, number
from transformers_abc.notation.texts import one_line

# Every <kind> and what musicians write for it, the usual way first.
_KINDS: dict[str, tuple[str, ...]] = {
    "major": ("", "maj", "M"),
    "minor": ("m", "min", "mi", "-"),
    "augmented": ("aug", "+", "#5"),
    "diminished": ("dim", "o", "°"),
    "dominant": ("7",),
    "major-seventh": ("maj7", "M7", "ma7", "Δ", "Δ7"),
    "minor-seventh": ("m7", "min7", "mi7", "-7"),
    "diminished-seventh": ("dim7", "o7", "°7"),
    "augmented-seventh": ("aug7", "+7", "7#5"),
    "half-diminished": ("m7b5", "min7b5", "-7b5", "ø", "ø7"),
    "major-minor": ("mM7", "mmaj7", "minmaj7"),
    "major-sixth": ("6", "maj6", "M6"),
    "minor-sixth": ("m6", "min6", "-6"),
    "dominant-ninth": ("9",),
    "major-ninth": ("maj9", "M9"),
    "minor-ninth": ("m9", "min9", "-9"),
    "dominant-11th": ("11",),
    "major-11th": ("maj11", "M11"),
    "minor-11th": ("m11", "min11", "-11"),
    "dominant-13th": ("13",),
    "major-13th": ("maj13", "M13"),
    "minor-13th": ("m13", "min13", "-13"),
    "suspended-second": ("sus2",),
    "suspended-fourth": ("sus4", "sus"),
    "power": ("5",),
}
_KIND_OF_SUFFIX = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
_SIGNS = {"": 0, "#": 1, "b": -1, "♯": 1, "♭": -1}
_CHORD = re.compile(r"([A-G])([#b♯♭]?)(.*?)(?:/([A-G])([#b♯♭]?))?")


def read_chord_symbol(harmony: ElementTree.Element) -> str:
    """The text of a ``<harmony>``; empty where there is none.

    >>> element = ElementTree.Element("harmony")
    >>> add_chord_symbol(element, "Bbm7b5/Fb")
    >>> read_chord_symbol(element)
    'Bbm7b5/Fb'
    """
    kind = harmony.find("kind")
    name = (kind.text or "").strip() if kind is not None else ""
    text = kind.get("text") if kind is not None else None
    if name == "none":
        return one_line(text or "N.C.")
    root = _pitch(harmony, "root")
    if not root:
        return ""
    suffix = _KINDS.get(name, ("",))[0] if text is None else text
    bass = _pitch(harmony, "bass")
    return one_line(root + suffix + "".join(_degrees(harmony, suffix)) + (f"/{bass}" if bass else ""))


def _pitch(harmony: ElementTree.Element, role: str) -> str:
    step = (harmony.findtext(f"{role}/{role}-step") or "").strip()
    alter = round(number(harmony.findtext(f"{role}/{role}-alter") or "0", f"<{role}-alter>"))
    return step + ("#" * alter if alter > 0 else "b" * -alter) if step in tuple("ABCDEFG") and abs(alter) <= 2 else ""


def _degrees(harmony: ElementTree.Element, suffix: str) -> list[str]:
    """Added, altered and omitted degrees, such as ``b9``, that the suffix does not name already."""
    texts = []
    for degree in harmony.iterfind("degree"):
        value = (degree.findtext("degree-value") or "").strip()
        alter = round(number(degree.findtext("degree-alter") or "0", "<degree-alter>"))
        sign = {1: "#", -1: "b"}.get(alter, "")
        kind = (degree.findtext("degree-type") or "").strip()
        text = f"{'no' if kind == 'subtract' else 'add' if not sign else ''}{sign}{value}"
        if text not in suffix:
            texts.append(text)
    return texts


def add_chord_symbol(harmony: ElementTree.Element, text: str) -> None:
    """Append root, kind and bass to a ``<harmony>``."""
    match = _CHORD.fullmatch(one_line(text))
    if match is None:
        add(add(harmony, "root"), "root-step", "C").set("text", "")  # no chord, of no root, but one must stand here
        add(harmony, "kind", "none").set("text", one_line(text))
        return
    letter, sign, suffix, bass, bass_sign = match.groups("")
    _add_pitch(harmony, "root", letter, sign)
    add(harmony, "kind", _KIND_OF_SUFFIX.get(suffix, "other")).set("text", suffix)
    if bass:
        _add_pitch(harmony, "bass", bass, bass_sign)


def _add_pitch(harmony: ElementTree.Element, role: str, letter: str, sign: str) -> None:
    element = add(harmony, role)
    add(element, f"{role}-step", letter)
    if alter := _SIGNS[sign]:
        add(element, f"{role}-alter", alter)
