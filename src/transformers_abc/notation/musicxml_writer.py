"""Tune to MusicXML 4.0 (partwise), for notation programs.

    - One part for every voice. Notes of a voice that overlap stand in several ``<voice>``s of its part; see `musicxml_parts.layers`.
    - Lengths are cut into note values, ties and tuplets as for ABC; see `durations`.
    - Every part says the metre, the key and the bar lines; tempos and the labels of parts stand in the first.
    - Pitches sound: nothing is transposed, but an octave mark of a clef (``treble-8``) is drawn.
    - A pickup is measure 0. The piece ends with a heavy bar line.
    - Header fields without an element of their own go into ``<miscellaneous>``, with the letter they have in ABC.

`read_musicxml` gives the same tune back, but for what is put in order here: changes that change nothing are left out; decorations that are
no signs at a note come before those that are; synonyms get one name (see `musicxml_parts.names`); a key with explicit accidentals keeps its
notes but not its tonic; all grace notes at one time become one group; alterations beyond double signs are spelled anew; beats a minute are
rounded to six decimals; grace notes have a single note value; slurs and lines without an end or length are left out.

Not written: the layout of pages, stems, percussion maps. MIDI pitches below 12 have no octave in the schema.

Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from itertools import count
from math import gcd
from xml.etree import ElementTree

from transformers_abc.notation.musicxml_parts.element import add
from transformers_abc.notation.musicxml_parts.names import ABC_FIELD
from transformers_abc.notation.musicxml_parts.part_writer import PartWriter, Score
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.ticks import NO_TICKS
from transformers_abc.notation.tune import Tune, Voice
from transformers_abc.notation.writing.bar_grid import BarGrid

VERSION = "4.0"
MAX_DIVISIONS = 10**6  # of a quarter; programs count in 32 bits, over thousands of bars
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML {VERSION} Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="score.musicxml" '
    'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
)
_PERCUSSION_CHANNEL = 10


def write_musicxml(tune: Tune) -> str:
    """Write a tune as MusicXML.

    Returns:
        A whole document, to be stored as UTF-8.

    Raises:
        ValueError: a note or mark lies outside the bars, a bar has no length, or the times have no common grid that programs can count in.

    >>> from fractions import Fraction
    >>> from transformers_abc.notation.tune import Note
    >>> text = write_musicxml(Tune((Voice((Note(Fraction(0), Fraction(3, 4), 61, -1),), "Flute"),), (Fraction(1),)))
    >>> " ".join(text[text.index("<pitch>") : text.index("<voice>")].split())
    '<pitch> <step>D</step> <alter>-1</alter> <octave>4</octave> </pitch> <duration>3</duration>'
    """
    voices = tune.voices or (Voice(()),)  # a score without a part is none
    grid = BarGrid(tune)
    if grid.ticks_per_whole == NO_TICKS:
        raise ValueError("the times of the tune have no common grid; quantise them")
    score = Score(tune, grid)
    parts = []
    for index, voice in enumerate(voices):
        where = f"voice {index + 1}" + (f" ({voice.name})" if voice.name else "")
        parts.append(PartWriter(score, voice, where, is_first=index == 0))
    ticks_per_division = gcd(grid.ticks_per_whole // 4, *(part.common_ticks() for part in parts))
    divisions = grid.ticks_per_whole // 4 // ticks_per_division
    if divisions > MAX_DIVISIONS:
        raise ValueError(f"the times of the tune need {divisions} divisions of a quarter, more than {MAX_DIVISIONS}; quantise them")
    root = ElementTree.Element("score-partwise", version=VERSION)
    _add_header(root, tune)
    _add_part_list(root, voices)
    for number, part in enumerate(parts, 1):
        element = add(root, "part", id=f"P{number}")
        part.add_measures(element, ticks_per_division)
        if not tune.bar_lengths_wn:
            add(element, "measure", number="1")  # a part without a measure is none either
    ElementTree.indent(root, " ")
    return _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def compressed_musicxml(text: str) -> bytes:
    """The content of an ``.mxl`` file: the score in a zip archive that names it. The same text always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, method in (
            ("mimetype", "application/vnd.recordare.musicxml", zipfile.ZIP_STORED),
            ("META-INF/container.xml", _CONTAINER, zipfile.ZIP_DEFLATED),
            ("score.musicxml", text, zipfile.ZIP_DEFLATED),
        ):
            archive.writestr(zipfile.ZipInfo(name), content.encode("utf-8"), method)
    return buffer.getvalue()


def _add_header(root: ElementTree.Element, tune: Tune) -> None:
    if title := one_line(tune.title):
        add(add(root, "work"), "work-title", title)
    identification = add(root, "identification")
    if composer := one_line(tune.composer):
        add(identification, "creator", composer, type="composer")
    add(add(identification, "encoding"), "software", "transformers_abc")
    fields = [("X", str(tune.number))] if tune.number != 1 or tune.info or tune.part_order else []
    fields += [("P", tune.part_order)] if tune.part_order else []
    fields += [(letter, text) for letter, text in tune.info if letter.isalpha() and letter.isascii()]
    sources = [text for letter, text in fields if letter == "S"]
    if sources:
        add(identification, "source", one_line(sources[0]))
    if fields:
        miscellaneous = add(identification, "miscellaneous")
        for letter, text in fields:
            add(miscellaneous, "miscellaneous-field", one_line(text), name=ABC_FIELD + letter)


def _add_part_list(root: ElementTree.Element, voices: Sequence[Voice]) -> None:
    part_list = add(root, "part-list")
    channels = (channel for channel in count(1) if channel != _PERCUSSION_CHANNEL)
    for number, voice in enumerate(voices, 1):
        name = one_line(voice.name)
        part = add(part_list, "score-part", id=f"P{number}")
        add(part, "part-name", name)
        if voice.program is None:
            continue
        add(add(part, "score-instrument", id=f"P{number}-I1"), "instrument-name", name)
        midi = add(part, "midi-instrument", id=f"P{number}-I1")
        channel = _PERCUSSION_CHANNEL if voice.clef == "perc" else (next(channels) - 1) % 16 + 1
        add(midi, "midi-channel", channel)
        add(midi, "midi-program", voice.program + 1)
