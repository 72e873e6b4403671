"""What MusicXML says beside the notes: notations, lyrics, harmony and directions, into the marks of a `Voice`.

    - A slur goes to the note at which it stops; one from a grace note starts at its main note, and one that then has no length is dropped.
    - Signs and lines that ABC has names for become decorations (see `names`), dynamics too; others are dropped.
    - Words become annotations, above or below as they stand. Those of a tempo belong to it, and those that send the player to and fro
      (``D.C. al Fine``) are decorations.
    - Rehearsal marks that begin with a letter are the labels of parts; numbers become annotations.
    - All grace notes before a note are one `Grace`. Of equal marks at one time, as in two layers of a part, one is kept.
    - Decorations from directions come before those from notes.
    - What stands at the end of the music belongs to the last note or rest.

Lines have two ends, which the file may give in any order: they are `Spanner`s until `voice_marks` has joined them. An end without another
is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, GraceNote, Lyric, Mark, Slur, sorted_marks
from transformers_abc.notation.musicxml_parts.attributes import words_of
from transformers_abc.notation.musicxml_parts.element import TYPE_WN, line
from transformers_abc.notation.musicxml_parts.harmony import read_chord_symbol
from transformers_abc.notation.musicxml_parts.names import (
    DYNAMICS,
    HELD_SYLLABLE,
    LINES_AT_NOTES,
    NAVIGATION,
    SIGNS_IN_DIRECTIONS,
    SLUR,
    line_name,
    navigation_name,
    sign_name,
)
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.tune import Timed

LONGEST_LABEL = 32
_LINE_TAGS = {"slur": SLUR, "slide": "glissando"} | {tag: name for name, (_, tag) in LINES_AT_NOTES.items()}
_SIGN_GROUPS = ("articulations", "ornaments", "technical")
_NAME = re.compile(r"[^!\s]{1,40}")


class Spanner(NamedTuple):
    """One end of a slur or line.

    Attributes:
        tag: the kind of element; ends of one kind and number belong together.
        number: tells lines apart that go on at one time.
        voice: of the note; the other end is looked for in the same one first.
        name: `SLUR`, or what comes before the bracket in ABC; empty where a line stops that may be of several names.
        is_start: which end.
    """

    tag: str
    number: str
    voice: str
    name: str
    is_start: bool


class PartLabel(NamedTuple):
    """A rehearsal mark that names a part."""

    text: str


# --- At a note ----------------------------------------------------------------------------------------------------------------------


def grace_marks(note: ElementTree.Element, pitch: tuple[int, int] | None) -> Iterator[Mark | Spanner]:
    """A grace note of that pitch and alteration, and the slurs at it."""
    grace = note.find("grace")
    if pitch is not None and grace is not None:
        dots = len(note.findall("dot"))
        length_wn = TYPE_WN.get((note.findtext("type") or "").strip(), Fraction(1, 8)) * (2 - Fraction(1, 2**dots))
        yield Grace((GraceNote(*pitch, length_wn),), grace.get("slash") == "yes")
    yield from (mark for mark in note_marks(note) if isinstance(mark, Spanner) and mark.name == SLUR)


def note_marks(note: ElementTree.Element) -> Iterator[Mark | Spanner]:
    """The marks of a ``<note>``, which may be a rest; slurs that stop come first."""
    notations = [child for group in note.iterfind("notations") for child in group]
    voice = note.findtext("voice", "")
    slurs = [_spanner(child, voice) for child in notations if child.tag == "slur"]
    yield from sorted((slur for slur in slurs if slur is not None), key=lambda slur: slur.is_start)
    for child in notations:
        for sign in child if child.tag in _SIGN_GROUPS else (child,):
            if sign.tag == "dynamics":
                yield from _dynamics(sign, "_")
            elif sign.tag in _LINE_TAGS and sign.tag != "slur":
                if (spanner := _spanner(sign, voice)) is not None:
                    yield spanner
            elif name := sign_name(sign.tag, sign.attrib, (sign.text or "").strip()):
                yield Decoration(name)
    for lyric in note.iterfind("lyric"):
        yield from _lyric(lyric)


def _spanner(element: ElementTree.Element, voice: str) -> Spanner | None:
    if (end := element.get("type")) not in ("start", "stop"):
        return None
    return Spanner(element.tag, element.get("number", "1"), voice, _LINE_TAGS[element.tag], end == "start")


def _lyric(lyric: ElementTree.Element) -> Iterator[Lyric]:
    number = lyric.get("number", "1")
    verse = int(number) if re.fullmatch(r"[1-9]\d?", number) else 1
    text = one_line("".join(child.text or " " for child in lyric if child.tag in ("text", "elision")))
    if text:
        yield Lyric(text, verse, lyric.findtext("syllabic") in ("begin", "middle"))
    elif lyric.find("extend") is not None:
        yield Lyric(HELD_SYLLABLE, verse)


# --- Between notes ------------------------------------------------------------------------------------------------------------------


def harmony_marks(harmony: ElementTree.Element) -> Iterator[ChordSymbol]:
    """The chord symbol of a ``<harmony>``."""
    if text := read_chord_symbol(harmony):
        yield ChordSymbol(text)


def direction_marks(direction: ElementTree.Element, *, is_tempo: bool) -> Iterator[Mark | Spanner | PartLabel]:
    """The marks of a ``<direction>``; the words of a tempo are no marks.

    >>> direction = ElementTree.fromstring("<direction placement='above'><direction-type><words>dolce</words></direction-type></direction>")
    >>> list(direction_marks(direction, is_tempo=False))
    [Annotation(text='dolce', placement='^')]
    """
    if _NAME.fullmatch(name := line(direction, "direction-type/other-direction")):
        yield Decoration(name)
        return
    placement = {"above": "^", "below": "_"}.get(direction.get("placement", ""), "")
    if not is_tempo and (text := words_of(direction)):
        to_and_fro = navigation_name(text)
        yield Decoration(to_and_fro) if to_and_fro else Annotation(text, placement or _free_placement(direction))
    for child in direction.iterfind("direction-type/*"):
        if child.tag == "dynamics":
            yield from _dynamics(child, placement or "_")
        elif child.tag in ("wedge", "octave-shift"):
            yield from _line_end(child)
        elif child.tag in SIGNS_IN_DIRECTIONS:
            yield Decoration(child.tag)
        elif child.tag == "rehearsal" and (text := one_line(child.text or "")):
            yield PartLabel(text) if text[0].isalpha() and len(text) <= LONGEST_LABEL else Annotation(text, placement or "^")


def _free_placement(direction: ElementTree.Element) -> str:
    """Where words stand that are neither above nor below: beside the note if they say how they are aligned with it."""
    words = direction.find("direction-type/words")
    return {"right": "<", "left": ">"}.get(words.get("halign", "") if words is not None else "", "@")


def _line_end(element: ElementTree.Element) -> Iterator[Spanner]:
    number, kind = element.get("number", "1"), element.get("type", "")
    name = line_name(element.tag, kind, element.get("size", "8") if element.tag == "octave-shift" else "")
    if name or kind == "stop":
        yield Spanner(element.tag, number, "", name, kind != "stop")


def _dynamics(dynamics: ElementTree.Element, placement: str) -> Iterator[Mark]:
    """Known dynamics as decorations, words among them as an annotation; a sign in pieces (``sf`` and ``z``) is put together."""
    pieces = [(child.text or "") if child.tag == "other-dynamics" else child.tag for child in dynamics]
    whole = "".join(pieces).strip("[]() ")
    if whole in DYNAMICS:
        yield Decoration(whole)
        return
    for child, piece in zip(dynamics, pieces, strict=True):
        if child.tag in DYNAMICS:
            yield Decoration(child.tag)
        elif any(character.isalpha() for character in one_line(piece)):
            yield Annotation(one_line(piece), placement)


# --- All of a voice -----------------------------------------------------------------------------------------------------------------


def voice_marks(events: Iterable[tuple[Fraction, object]], end_wn: Fraction, last_onset_wn: Fraction) -> Timed[Mark]:
    """The marks among the events of a part, with the ends of lines joined.

    Args:
        events: in the order of the file, timed from the start of the tune.
        end_wn: the end of the tune.
        last_onset_wn: where what stands at the end belongs.

    >>> ends = [(Fraction(0), Spanner("slur", "1", "", SLUR, True)), (Fraction(1, 2), Spanner("slur", "1", "", SLUR, False))]
    >>> voice_marks(ends, Fraction(1), Fraction(1, 2))
    ((Fraction(0, 1), Slur(length_wn=Fraction(1, 2))),)
    """
    timed = [(at if at < end_wn else last_onset_wn, what) for at, what in events if isinstance(what, Mark | Spanner)]
    timed.sort(key=lambda event: event[0])
    joined = _joined(timed)
    marks: dict[tuple[Fraction, Mark], None] = {}  # as an ordered set
    graces: dict[Fraction, Grace] = {}
    for index, (at, what) in enumerate(timed):
        if isinstance(what, Grace):
            before = graces.get(at, Grace(()))
            graces[at] = Grace(before.notes + what.notes, before.is_slashed or what.is_slashed)
        elif not isinstance(what, Spanner):
            marks[at, what] = None
        elif index in joined:
            marks[at, joined[index]] = None
    return sorted_marks([*graces.items(), *marks])


def _joined(timed: list[tuple[Fraction, Mark | Spanner]]) -> dict[int, Mark]:
    """The marks that spanners become, by their index; none for ends without another and for lines of no length.

    Lines of one name that start or end together, as in two layers, are one: marks are a set, and both ends must stay in balance.
    """
    marks: dict[int, Mark] = {}
    taken: set[tuple[str, Fraction, bool]] = set()
    open_ends: dict[tuple[str, str], list[tuple[Fraction, str, int, str]]] = {}  # start, voice, index and name
    for index, (at, what) in enumerate(timed):
        if not isinstance(what, Spanner):
            continue
        waiting = open_ends.setdefault((what.tag, what.number), [])
        if what.is_start:
            waiting.append((at, what.voice, index, what.name))
        elif waiting:
            best = max(waiting, key=lambda end: (end[0] < at, end[1] == what.voice, end[2]))
            waiting.remove(best)
            start_wn, _, start_index, name = best
            if name == SLUR and start_wn < at:
                marks[start_index] = Slur(at - start_wn)
            elif start_wn < at and taken.isdisjoint(ends := {(name, start_wn, True), (name, at, False)}):
                marks[start_index], marks[index] = Decoration(f"{name}("), Decoration(f"{name})")
                taken |= ends
    return marks


def is_navigation(mark: object) -> bool:
    """Whether a mark sends the player to and fro: those stand after the last note of a bar and belong to it."""
    return isinstance(mark, Decoration) and mark.name in NAVIGATION
