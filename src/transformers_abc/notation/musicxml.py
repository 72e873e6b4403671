"""Read MusicXML (``.musicxml``, ``.xml``, compressed ``.mxl``) into a `Tune`.

Conventions:
    - One part is one `Voice`. The ``<voice>``s and staves inside a part (divisi, double stops, a piano's two hands) share it as notes
      that may overlap; they are not split here.
    - Times follow ``<duration>``. Where that was rounded to whole divisions (a septuplet, say), the written type, dots and tuplet give
      the exact fraction.
    - A bar is as long as the longest part makes it, so pickups and bars split at a repeat come out short; a bar that is empty in all
      parts gets the length of its metre.
    - Pitches sound: ``<transpose>`` is applied to notes and key signatures. Microtones are rounded to semitones.
    - Metres, keys and tempos are each those of the first part that has any.
    - Where ``<sound tempo>`` and ``<metronome>`` disagree, the sound wins and the metronome only gives the beat. An ``<offset>`` moves
      the tempo, as MuseScore means it (the standard says so only of offsets with ``sound="yes"``).

Dropped: grace, cue and unpitched notes, rests, lyrics, dynamics. Repeats, endings and da capo are not played out. Movements in one
file follow each other as one long tune. Changes of instrument or clef within a part are ignored.

Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, zip_longest
from math import lcm
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from .tune import FIFTHS_ORDER, MODE_FIFTHS, NATURAL_SEMITONES, Key, Metre, Note, T, Tempo, Timed, Tune, Voice

MAX_XML_BYTES = 64 * 2**20  # uncompressed; the largest OpenScore quartet has 11 MiB, a long symphony about 50
ENTITY_DECLARATIONS = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, EOFError, NotImplementedError, RuntimeError, OSError)

# Whole notes of every <type>; the longest is 8, each next one half as long.
NOTE_TYPES = "maxima long breve whole half quarter eighth 16th 32nd 64th 128th 256th 512th 1024th"
TYPE_WN = {name: Fraction(8, 2**index) for index, name in enumerate(NOTE_TYPES.split())}

MODE_SYNONYMS = {"ionian": "major", "aeolian": "minor"}
CLEF_OF_SIGN = {"C": ("alto", "3"), "F": ("bass", "4"), "G": ("treble", "2")}  # ABC name and the line it stands on
MAX_DENOMINATOR = 2**64  # of a time in whole notes; the finest in the quartets is 704. Else a hostile file could stall exact arithmetic
DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{0,9})?")


class MusicXmlError(ValueError):
    """A file that is no readable MusicXML; the message names the file and the reason."""


class _Sound(NamedTuple):
    """One written note; ties are not merged yet."""

    pitch_midi: int
    alter: int
    length_wn: Fraction
    voice: str
    tied_back: bool
    tied_on: bool


# What happens in a part, and when in whole notes: from the start of its measure first, then from the start of the tune.
Event = tuple[Fraction, _Sound | Metre | Key | Tempo]


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
        data = path.read_bytes()
        return _tune(_parse(_unzip(data) if data.startswith(b"PK") else data))
    except ValueError as error:
        raise MusicXmlError(f"{path}: {error}") from error


def _unzip(data: bytes) -> bytes:
    """The score in a compressed file: the first root file that its container names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            rootfile = _parse(_member(archive, "META-INF/container.xml")).find(".//{*}rootfile")
            if rootfile is None or not rootfile.get("full-path"):
                raise ValueError("META-INF/container.xml names no root file")
            return _member(archive, rootfile.get("full-path", ""))
    except ZIP_ERRORS as error:
        raise ValueError(f"broken .mxl archive: {error}") from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        data = member.read(MAX_XML_BYTES + 1)  # the size in the directory may lie
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
    readers = {part_id: _PartReader() for part_id in measures_of_part}
    bars_of_part = [readers[part_id].bars(part_id, measures) for part_id, measures in measures_of_part.items()]
    bar_lengths_wn = _bar_lengths(bars_of_part)
    *onsets_wn, end_wn = accumulate(bar_lengths_wn, initial=Fraction(0))
    parts: list[list[Event]] = [
        [(start + at, what) for start, (_, events) in zip(onsets_wn, bars, strict=False) for at, what in events] for bars in bars_of_part
    ]
    described = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    voices = [
        Voice(_notes(events), _line(described.get(part_id), "part-name"), _program(described.get(part_id)), reader.clef or "treble")
        for (part_id, reader), events in zip(readers.items(), parts, strict=True)
    ]
    return Tune(
        tuple(voices),
        tuple(bar_lengths_wn),
        _changes(parts, Metre, end_wn, Metre(4, 4)),
        _changes(parts, Key, end_wn, Key(0)),
        _changes(parts, Tempo, end_wn),
        _line(root, "work/work-title") or _line(root, "movement-title") or _credit(root, "title"),
        _line(root, "identification/creator[@type='composer']") or _credit(root, "composer"),
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


def _bar_lengths(bars_of_part: list[list[tuple[Fraction, list[Event]]]]) -> list[Fraction]:
    lengths_wn, bar_wn = [], Fraction(1)
    for bars in zip_longest(*bars_of_part, fillvalue=(Fraction(0), [])):
        bar_wn = next((what.bar_wn for _, events in bars for _, what in events if isinstance(what, Metre)), bar_wn)
        lengths_wn.append(max(length_wn for length_wn, _ in bars) or bar_wn)
    if lcm(*{length_wn.denominator for length_wn in lengths_wn}) > MAX_DENOMINATOR:
        raise ValueError("too many different bar lengths for exact time")
    return lengths_wn


def _notes(events: list[Event]) -> tuple[Note, ...]:
    """Merge ties: by pitch and time, preferring the same voice. A tie without its other half is ignored."""
    sounds = [(onset_wn, what) for onset_wn, what in events if isinstance(what, _Sound)]
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


def _changes(parts: list[list[Event]], kind: type[T], end_wn: Fraction, default: T | None = None) -> Timed[T]:
    """The values of one kind in time order: the last at each time counts, repetitions and those at the very end are left out."""
    values: dict[Fraction, T] = {} if default is None else {Fraction(0): default}
    values.update(next(filter(None, ([(at, what) for at, what in events if isinstance(what, kind)] for events in parts)), []))
    changes: list[tuple[Fraction, T]] = []
    for at in sorted(values):
        if at < end_wn and not (changes and changes[-1][1] == values[at]):
            changes.append((at, values[at]))
    return tuple(changes)


class _PartReader:
    """Reads the measures of one part in order; keeps what lasts beyond a measure."""

    def __init__(self) -> None:
        self.clef = ""
        self._divisions = Fraction(1)  # a quarter note
        self._semitones, self._fifths = 0, 0  # from written to sounding pitch; on the line of fifths

    def bars(self, part_id: str, measures: Iterable[ElementTree.Element]) -> list[tuple[Fraction, list[Event]]]:
        """Length and events of every measure."""
        bars = []
        for index, measure in enumerate(measures, 1):
            try:
                bars.append(self._bar(measure))
            except ValueError as error:
                raise ValueError(f"part {part_id}, measure {measure.get('number', index)}: {error}") from error
        return bars

    def _bar(self, measure: ElementTree.Element) -> tuple[Fraction, list[Event]]:
        """Walk a measure. `known` maps rounded to exact times, so that <backup> lands exactly after rounded durations."""
        events: list[Event] = []
        now = chord = longest = now_rounded = Fraction(0)
        known = {now_rounded: now}
        for element in measure:
            tag = element.tag
            if tag == "note":
                if element.find("grace") is not None:
                    continue
                rounded_wn = self._duration(element)
                length_wn = _exact(element, rounded_wn, self._divisions)
                if element.find("chord") is None:
                    chord, now, now_rounded = now, now + length_wn, now_rounded + rounded_wn
                    known[now_rounded] = now
                    if now.denominator > MAX_DENOMINATOR:
                        raise ValueError("too many different note lengths for exact time")
                if (sound := self._sound(element, length_wn)) is not None:
                    events.append((chord, sound))
                longest = max(longest, now, chord + length_wn)
            elif tag in ("backup", "forward"):
                step_wn = self._duration(element) if tag == "forward" else -self._duration(element)
                now_rounded = max(Fraction(0), now_rounded + step_wn)
                now = known.get(now_rounded, max(Fraction(0), now + step_wn))
                longest = max(longest, now)
            elif tag == "attributes":
                events.extend((now, change) for change in self._attributes(element))
            elif tag in ("direction", "sound") and (tempo := _tempo(element)) is not None:
                offset_wn = _number(element.findtext("offset") or "0", "<offset>") / (4 * self._divisions)
                events.append((max(Fraction(0), now + offset_wn), tempo))
        return longest, events

    def _duration(self, element: ElementTree.Element) -> Fraction:
        return _number(element.findtext("duration"), "<duration>", minimum=0) / (4 * self._divisions)

    def _sound(self, note: ElementTree.Element, length_wn: Fraction) -> _Sound | None:
        """The pitch and ties of a <note>; None for a rest, a cue note or an unpitched one."""
        pitch = note.find("pitch")
        if pitch is None or not length_wn or note.find("cue") is not None:
            return None
        pitch_midi, alter = _pitch(pitch.findtext("step"), pitch.findtext("alter"), pitch.findtext("octave"), self._fifths, self._semitones)
        ties = [tie.get("type") for tie in note.iterfind("tie")]
        return _Sound(pitch_midi, alter, length_wn, note.findtext("voice", ""), "stop" in ties, "start" in ties)

    def _attributes(self, attributes: ElementTree.Element) -> Iterator[Metre | Key]:
        """Take in divisions, clef and transposition; yield the new metre and key."""
        if (divisions := attributes.findtext("divisions")) is not None:
            self._divisions = _number(divisions, "<divisions>", minimum=Fraction(1, 1000))
        if (transpose := attributes.find("transpose")) is not None:
            chromatic = round(_number(transpose.findtext("chromatic"), "<chromatic>"))
            self._semitones = chromatic + 12 * round(_number(transpose.findtext("octave-change") or "0", "<octave-change>"))
            self._fifths = (7 * chromatic + 6) % 12 - 6  # the nearest; <diatonic> is often wrong
        self.clef = self.clef or _clef(attributes.find("clef"))
        if (time := attributes.find("time")) is not None and time.find("beats") is not None:
            yield _metre(time)
        if (fifths := attributes.findtext("key/fifths")) is not None:
            mode = (attributes.findtext("key/mode") or "").strip().lower()
            mode = MODE_SYNONYMS.get(mode, mode)
            signs = round(_number(fifths, "<fifths>")) + self._fifths
            yield Key(signs if abs(signs) <= 7 else (signs + 6) % 12 - 6, mode if mode in MODE_FIFTHS else "major")


@lru_cache(maxsize=4096)
def _number(text: str | None, what: str, minimum: Fraction | int | None = None) -> Fraction:
    """A decimal of MusicXML; the length is bounded, so no exponent or endless digits can exhaust memory."""
    if not DECIMAL.fullmatch((text or "").strip()):
        raise ValueError(f"{what} is no number: {(text or '')[:40]!r}")
    number = Fraction((text or "").strip())
    if minimum is not None and number < minimum:
        raise ValueError(f"{what} must be at least {minimum}, got {text}")
    return number


def _exact(note: ElementTree.Element, rounded_wn: Fraction, divisions: Fraction) -> Fraction:
    """The written length where <duration> is that length rounded to divisions, else the duration."""
    tuplet = note.find("time-modification")
    if tuplet is None:  # only tuplets are rounded
        return rounded_wn
    actual = _number(tuplet.findtext("actual-notes"), "<actual-notes>", minimum=1)
    normal = _number(tuplet.findtext("normal-notes"), "<normal-notes>", minimum=1)
    dots = len(note.findall("dot"))
    written_wn = TYPE_WN.get(note.findtext("type", ""), Fraction(0)) * (2 - Fraction(1, 2**dots)) * normal / actual
    return written_wn if abs(written_wn - rounded_wn) * 4 * divisions < 1 else rounded_wn


@lru_cache(maxsize=4096)
def _pitch(step: str | None, alter: str | None, octave: str | None, fifths: int, semitones: int) -> tuple[int, int]:
    """MIDI number and alteration of the sounding pitch, transposed on the line of fifths so that the spelling follows.

    >>> _pitch("E", None, "4", -2, -2)    # on a clarinet in B flat: D
    (62, 0)
    """
    if step not in NATURAL_SEMITONES:
        raise ValueError(f"<step> must be one of A to G, got {step!r}")
    signs = round(_number(alter or "0", "<alter>"))
    octave_number = round(_number(octave, "<octave>"))
    pitch_midi = 12 * (octave_number + 1) + NATURAL_SEMITONES[step] + signs + semitones
    if not 0 <= pitch_midi <= 127:
        raise ValueError(f"{step}{octave} with alteration {signs} sounds outside the MIDI range")
    place = FIFTHS_ORDER.index(step) + 7 * signs + fifths  # F is 0
    return pitch_midi, (place if -14 <= place < 21 else place % 12) // 7  # at most double signs


def _metre(time: ElementTree.Element) -> Metre:
    """A <time>, also a composite such as 3+4 eighths or 3/4 + 2/8."""
    denominators = [round(_number(text.text, "<beat-type>", minimum=1)) for text in time.iterfind("beat-type")]
    numerators = [sum(_number(beat, "<beats>", minimum=1) for beat in (text.text or "").split("+")) for text in time.iterfind("beats")]
    if len(denominators) != len(numerators):
        raise ValueError("<time> needs a <beat-type> for every <beats>")
    denominator = max(denominators)
    return Metre(round(sum(n * denominator / d for n, d in zip(numerators, denominators, strict=True))), denominator)


def _clef(clef: ElementTree.Element | None) -> str:
    """The ABC name of a <clef>, such as ``tenor``, ``bass3`` or ``treble-8``; empty for None."""
    if clef is None:
        return ""
    sign = clef.findtext("sign", "")
    if sign not in CLEF_OF_SIGN:
        return "perc" if sign == "percussion" else "treble"
    name, usual_line = CLEF_OF_SIGN[sign]
    line = clef.findtext("line", usual_line)
    if (sign, line) == ("C", "4"):
        name, usual_line = "tenor", line
    octave = {"1": "+8", "-1": "-8"}.get(clef.findtext("clef-octave-change", ""), "")
    return name + ("" if line == usual_line else line) + octave


def _tempo(element: ElementTree.Element) -> Tempo | None:
    """The tempo of a <direction> or <sound>, if it gives one."""
    sound = element if element.tag == "sound" else element.find("sound")
    quarter_bpm = _number(sound.get("tempo"), "tempo") if sound is not None and sound.get("tempo") else Fraction(0)
    metronome = element.find("direction-type/metronome")
    beat_wn, beats_per_minute = Fraction(1, 4), Fraction(0)
    if metronome is not None and (digits := DECIMAL.search(metronome.findtext("per-minute", ""))):
        dots = len(metronome.findall("beat-unit-dot"))
        beat_wn = TYPE_WN.get(metronome.findtext("beat-unit", ""), Fraction(1, 4)) * (2 - Fraction(1, 2**dots))
        beats_per_minute = _number(digits.group(), "<per-minute>")
    played = quarter_bpm / (4 * beat_wn)
    if played > 0 and abs(played - beats_per_minute) > beats_per_minute / 100:
        beats_per_minute = played  # else the printed number, which is free of rounding
    return Tempo(beat_wn, beats_per_minute) if beats_per_minute > 0 else None


def _program(part: ElementTree.Element | None) -> int | None:
    text = part.findtext("midi-instrument/midi-program") if part is not None else None
    return None if text is None else min(max(round(_number(text, "<midi-program>")) - 1, 0), 127)


def _line(element: ElementTree.Element | None, path: str) -> str:
    """The text at `path` on one line; empty where there is none."""
    return " ".join((element.findtext(path) or "").split()) if element is not None else ""


def _credit(root: ElementTree.Element, kind: str) -> str:
    """The words printed on the page as `kind`, for example ``title``."""
    return next((_line(credit, "credit-words") for credit in root.iterfind("credit") if credit.findtext("credit-type") == kind), "")
