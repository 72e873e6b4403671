"""Read MusicXML (``.musicxml``, ``.xml``, compressed ``.mxl``) into a `Tune`.

Conventions:
    - One part is one `Voice`. The ``<voice>``s and staves inside a part (divisi, double stops, a piano's two hands) share it as notes
      that may overlap; they are not split here.
    - Times follow ``<duration>``. Where that was rounded to whole divisions (a septuplet, say), the written type, dots and tuplet give
      the exact fraction.
    - A bar is as long as the longest part makes it, so pickups and bars split at a repeat come out short; a bar that is empty in all
      parts gets the length of its metre. Where parts have different metres at once (2/4 against 6/8), none is stretched to the other.
    - Pitches sound: ``<transpose>`` is applied to notes and key signatures. Microtones are rounded to semitones.
    - Metres, keys and tempos are each those of the first part that has any.
    - Where ``<sound tempo>`` and ``<metronome>`` disagree, the sound wins and the metronome only gives the beat. An ``<offset>`` moves
      the tempo, as MuseScore means it (the standard says so only of offsets with ``sound="yes"``).

    - Bar lines, parts and tempos with their words are likewise those of the first part that has any. A bar line in the middle of a measure
      is left out. Where an ending stops is not kept: a `BarLine` says where one begins.
    - What else is written becomes marks, as `musicxml_parts.marks` says: slurs, grace notes, signs, words, dynamics, lyrics, chord symbols.
    - ``<miscellaneous>`` fields that `write_musicxml` made give back the reference number, the order of parts and `Tune.info`. In files of
      others the source, the rights and a movement title beside the title of the work become info.

Dropped: cue and unpitched notes with what is written at them, microtones, what is drawn rather than meant. Repeats, endings and da capo
are not played out. Movements in one file follow each other as one long tune. Changes of instrument or clef within a part are ignored.

Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from fractions import Fraction
from itertools import accumulate, zip_longest
from math import lcm
from pathlib import Path
from xml.etree import ElementTree

from transformers_abc.notation.musicxml_parts.element import line, number
from transformers_abc.notation.musicxml_parts.marks import PartLabel, voice_marks
from transformers_abc.notation.musicxml_parts.names import ABC_FIELD
from transformers_abc.notation.musicxml_parts.part import MAX_DENOMINATOR, Bar, Event, PartReader, Sound, merged_lines
from transformers_abc.notation.tune import BarLine, Key, Metre, Note, T, Tempo, Timed, Tune, Voice, effective_changes

MAX_XML_BYTES = 64 * 2**20  # uncompressed; the largest OpenScore quartet has 11 MiB, a long symphony about 50
ENTITY_DECLARATIONS = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
# What reading a damaged archive raises. OverflowError: an offset beyond memory; NotImplementedError: a version or flag that zipfile lacks.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OverflowError, NotImplementedError)
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that MusicXML allows
_ENCRYPTED = 1  # flag of a member

_EMPTY_BAR = Bar(Fraction(0), [], BarLine(), BarLine(), Fraction(0))


class MusicXmlError(ValueError):
    """A file that is no readable MusicXML; the message names the file and the reason."""


def read_musicxml(path: Path) -> Tune:
    """Read a MusicXML file; see the module for what is kept.

    Args:
        path: a plain or compressed file (told apart by content, not by suffix), partwise or timewise.

    Returns:
        The tune, one voice a part in the order of the score.

    Raises:
        MusicXmlError: the file is not readable MusicXML, or larger than `MAX_XML_BYTES`.
        OSError: the file itself cannot be opened.

    >>> import tempfile
    >>> note = "<note><pitch><step>B</step><alter>-1</alter><octave>3</octave></pitch><duration>2</duration></note>"
    >>> measure = f"<measure><attributes><divisions>2</divisions></attributes>{note}</measure>"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "one_note.musicxml")
    ...     _ = path.write_text(f"<score-partwise><part id='P1'>{measure}</part></score-partwise>")
    ...     read_musicxml(path).voices[0].notes
    (Note(onset_wn=Fraction(0, 1), length_wn=Fraction(1, 4), pitch_midi=58, alter=-1),)
    """
    try:
        if path.stat().st_size > MAX_XML_BYTES:
            raise ValueError(f"larger than {MAX_XML_BYTES} bytes")
        return parse_musicxml(path.read_bytes())
    except ValueError as error:
        raise MusicXmlError(f"{path}: {error}") from error


def parse_musicxml(data: bytes) -> Tune:
    """Read the content of a MusicXML file, plain or compressed; a `ValueError` says why that is impossible."""
    return _tune(_parse(_unzip(data) if data.startswith(b"PK") else data))


def _unzip(data: bytes) -> bytes:
    """The score in a compressed file: the first root file that its container names."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*DAMAGE, ValueError) as error:  # ValueError: an offset before the start
        raise ValueError(f"broken .mxl archive: {error}") from error
    rootfile = _parse(_member(archive, "META-INF/container.xml")).find(".//{*}rootfile")
    if rootfile is None or not rootfile.get("full-path"):
        raise ValueError("broken .mxl archive: META-INF/container.xml names no root file")
    return _member(archive, rootfile.get("full-path", ""))


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of one member, which has to be small, plain and whole."""
    info = archive.NameToInfo.get(name)
    if info is None:
        raise ValueError(f"broken .mxl archive: there is no {name} in it")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in COMPRESSIONS:
        raise ValueError(f"broken .mxl archive: {name} is encrypted or compressed in a way that MusicXML does not allow")
    try:
        with archive.open(info) as member:
            data = member.read(MAX_XML_BYTES + 1)  # the size in the directory may lie
    except (*DAMAGE, ValueError) as error:
        raise ValueError(f"broken .mxl archive: {error}") from error
    if len(data) > MAX_XML_BYTES:
        raise ValueError(f"{name} unpacks to more than {MAX_XML_BYTES} bytes")
    return data


def _parse(data: bytes) -> ElementTree.Element:
    if any(declaration in data for declaration in ENTITY_DECLARATIONS):
        raise ValueError("declares XML entities, which MusicXML never needs")
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # LookupError: unknown encoding
        raise ValueError(f"broken XML: {error}") from error


def _tune(root: ElementTree.Element) -> Tune:
    measures_of_part = _measures_of_part(root)
    readers = {part_id: PartReader() for part_id in measures_of_part}
    bars_of_part = [readers[part_id].bars(part_id, measures) for part_id, measures in measures_of_part.items()]
    bar_lengths_wn = _bar_lengths(bars_of_part)
    *onsets_wn, end_wn = accumulate(bar_lengths_wn, initial=Fraction(0))
    parts: list[list[Event]] = [
        [(start + at, what) for start, bar in zip(onsets_wn, bars, strict=False) for at, what in bar.events] for bars in bars_of_part
    ]
    described = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    last_onsets_wn = [onsets_wn[len(bars) - 1] + bars[-1].last_onset_wn if bars else Fraction(0) for bars in bars_of_part]
    voices = [
        Voice(
            _notes(events),
            line(described.get(part_id), "part-name"),
            _program(described.get(part_id)),
            reader.clef or "treble",
            voice_marks(events, end_wn, last_onset_wn),
        )
        for (part_id, reader), events, last_onset_wn in zip(readers.items(), parts, last_onsets_wn, strict=True)
    ]
    return Tune(
        tuple(voices),
        tuple(bar_lengths_wn),
        _changes(parts, Metre, end_wn, Metre(4, 4)),
        _changes(parts, Key, end_wn, Key(0)),
        _tempos(parts, end_wn),
        line(root, "work/work-title") or line(root, "movement-title") or _credit(root, "title"),
        line(root, "identification/creator[@type='composer']") or _credit(root, "composer"),
        next(filter(None, (_bar_lines(bars, onsets_wn, end_wn) for bars in bars_of_part)), ()),
        _labels(parts, end_wn),
        *_header(root),
    )


def _measures_of_part(root: ElementTree.Element) -> dict[str, list[ElementTree.Element]]:
    """Part id to its measures; timewise scores have their measures outside their parts."""
    measures: dict[str, list[ElementTree.Element]] = {}
    if root.tag == "score-partwise":
        for part in root.iterfind("part"):
            measures.setdefault(part.get("id", ""), []).extend(part.iterfind("measure"))
    elif root.tag == "score-timewise":
        for part in root.iterfind("measure/part"):
            measures.setdefault(part.get("id", ""), []).append(part)
    else:
        raise ValueError(f"expected <score-partwise> or <score-timewise>, found <{root.tag}>")
    if not any(measures.values()):
        raise ValueError("no part with a measure")
    return measures


def _bar_lengths(bars_of_part: list[list[Bar]]) -> list[Fraction]:
    lengths_wn, bar_wn = [], Fraction(1)
    for bars in zip_longest(*bars_of_part, fillvalue=_EMPTY_BAR):
        bar_wn = next((what.bar_wn for bar in bars for _, what in bar.events if isinstance(what, Metre)), bar_wn)
        lengths_wn.append(max(bar.length_wn for bar in bars) or bar_wn)
    if lcm(*{length_wn.denominator for length_wn in lengths_wn}) > MAX_DENOMINATOR:
        raise ValueError("too many different bar lengths for exact time")
    return lengths_wn


def _notes(events: list[Event]) -> tuple[Note, ...]:
    """Merge ties: by pitch and time, preferring the same voice. A tie without its other half is ignored."""
    sounds = [(onset_wn, what) for onset_wn, what in events if isinstance(what, Sound)]
    notes: list[tuple[Fraction, Fraction, int, int]] = []  # the fields of Note
    held: dict[tuple[Fraction, int], dict[str, int]] = {}  # (end, pitch) -> voice -> index of the note that goes on
    for onset_wn, sound in sorted(sounds, key=lambda event: event[0]):
        waiting = held.get((onset_wn, sound.pitch_midi)) if sound.tied_back else None
        if waiting:
            index = waiting.pop(sound.voice) if sound.voice in waiting else waiting.popitem()[1]
            start_wn, length_wn, pitch_midi, alter = notes[index]
            notes[index] = (start_wn, length_wn + sound.length_wn, pitch_midi, alter)
        else:
            index = len(notes)
            notes.append((onset_wn, sound.length_wn, sound.pitch_midi, sound.alter))
        if sound.tied_on:
            held.setdefault((onset_wn + sound.length_wn, sound.pitch_midi), {})[sound.voice] = index
    return tuple(Note(*fields) for fields in sorted(notes, key=lambda fields: (fields[0], fields[2], fields[1])))


def _changes(parts: list[list[Event]], kind: type[T], end_wn: Fraction, *start: T) -> Timed[T]:
    """The values of one kind in the first part that has any; `start` stands at 0 unless the part says otherwise."""
    of_parts = ([(at, what) for at, what in events if isinstance(what, kind)] for events in parts)
    return effective_changes([*((Fraction(0), value) for value in start), *next(filter(None, of_parts), [])], end_wn)


def _program(part: ElementTree.Element | None) -> int | None:
    text = part.findtext("midi-instrument/midi-program") if part is not None else None
    return None if text is None else min(max(round(number(text, "<midi-program>")) - 1, 0), 127)


def _tempos(parts: list[list[Event]], end_wn: Fraction) -> Timed[Tempo]:
    """The tempos of the first part that has any; words and number may stand in two directions at one time."""
    for events in parts:
        latest: dict[Fraction, Tempo] = {}
        for at, what in events:
            if isinstance(what, Tempo):
                text = what.text or (latest[at].text if at in latest else "")
                latest[at] = Tempo(what.beat_wn, what.beats_per_minute, text)
        if latest:
            return effective_changes(latest.items(), end_wn)
    return ()


def _labels(parts: list[list[Event]], end_wn: Fraction) -> Timed[str]:
    """The labels of parts in the first voice that has any."""
    for events in parts:
        if labels := {at: what.text for at, what in events if isinstance(what, PartLabel) and at < end_wn}:
            return tuple(sorted(labels.items()))
    return ()


def _bar_lines(bars: list[Bar], onsets_wn: list[Fraction], end_wn: Fraction) -> Timed[BarLine]:
    """The bar lines of a part that are more than plain."""
    lines: dict[Fraction, BarLine] = {}
    for bar, start_wn, after_wn in zip(bars, onsets_wn, [*onsets_wn[1:], end_wn], strict=False):
        for at, said in ((start_wn, bar.line_before), (after_wn, bar.line_after)):
            lines[at] = merged_lines(lines.get(at, BarLine()), said)
    if end_wn in lines:
        lines[end_wn] = BarLine(plays=lines[end_wn].plays)
    return tuple((at, what) for at, what in lines.items() if what != BarLine())


def _header(root: ElementTree.Element) -> tuple[str, tuple[tuple[str, str], ...], int]:
    """The order of parts, further header fields and the reference number."""
    fields = [
        ((field.get("name") or "").removeprefix(ABC_FIELD), line(field, "."))
        for field in root.iterfind("identification/miscellaneous/miscellaneous-field")
        if re.fullmatch(rf"{ABC_FIELD}[A-Za-z]", field.get("name") or "")
    ]
    own = dict(fields)
    number_text = own.get("X", "1")
    info = tuple((letter, text) for letter, text in fields if letter not in "XP" and text)
    if not fields:
        movement = line(root, "movement-title") if line(root, "work/work-title") else ""
        told = (("T", movement), ("S", line(root, "identification/source")), ("Z", line(root, "identification/rights")))
        info = tuple((letter, text) for letter, text in told if text)
    return own.get("P", ""), info, int(number_text) if re.fullmatch(r"\d{1,9}", number_text) else 1


def _credit(root: ElementTree.Element, kind: str) -> str:
    """The words printed on the page as `kind`, for example ``title``."""
    return next((line(credit, "credit-words") for credit in root.iterfind("credit") if credit.findtext("credit-type") == kind), "")
