"""One part of a MusicXML score: its measures into notes, metres, keys, tempos and marks, in exact time.

Conventions:
    - Times are `Fraction`s of a whole note (``_wn``) from the start of the measure; ``<duration>`` counts in divisions of a quarter.
    - A mistake in the file is a plain `ValueError` with the reason; `musicxml.read_musicxml` adds where.

What is kept and what is dropped stands in `musicxml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

from transformers_abc.notation.marks import Mark
from transformers_abc.notation.musicxml_parts.attributes import read_clef, read_key, read_metre, read_tempo
from transformers_abc.notation.musicxml_parts.element import TYPE_WN, number
from transformers_abc.notation.musicxml_parts.marks import (
    PartLabel,
    Spanner,
    direction_marks,
    grace_marks,
    harmony_marks,
    is_navigation,
    note_marks,
)
from transformers_abc.notation.tune import FIFTHS_ORDER, NATURAL_SEMITONES, BarLine, Key, Metre, Tempo

MAX_DENOMINATOR = 2**64  # of a time in whole notes; the finest in the quartets is 704. Else a hostile file could stall exact arithmetic
MAX_PLAYS = 99  # of a repeat
_STYLES = {"light-light": "||", "light-heavy": "|]", "heavy-light": "[|"}


class Sound(NamedTuple):
    """One written note; ties are not merged yet."""

    pitch_midi: int
    alter: int
    length_wn: Fraction
    voice: str
    tied_back: bool
    tied_on: bool


# What happens in a part, and when in whole notes: from the start of its measure first, then from the start of the tune.
Event = tuple[Fraction, Sound | Metre | Key | Tempo | Mark | Spanner | PartLabel]


class Bar(NamedTuple):
    """A measure of one part; `last_onset_wn` is where its last note or rest starts."""

    length_wn: Fraction
    events: list[Event]
    line_before: BarLine
    line_after: BarLine
    last_onset_wn: Fraction


class PartReader:
    """Reads the measures of one part in order; keeps what lasts beyond a measure.

    >>> measure = ElementTree.fromstring("<measure><note><rest/><duration>3</duration></note></measure>")
    >>> (bar,) = PartReader().bars("P1", [measure])
    >>> bar.length_wn, bar.events    # without <divisions> a quarter is 1
    (Fraction(3, 4), [])
    """

    def __init__(self) -> None:
        self.clef = ""
        self._divisions = Fraction(1)  # a quarter note
        self._semitones, self._fifths = 0, 0  # from written to sounding pitch; on the line of fifths

    def bars(self, part_id: str, measures: Iterable[ElementTree.Element]) -> list[Bar]:
        """What stands in every measure."""
        bars = []
        for index, measure in enumerate(measures, 1):
            try:
                bars.append(self._bar(measure))
            except ValueError as error:
                raise ValueError(f"part {part_id}, measure {measure.get('number', index)}: {error}") from error
        return bars

    def _bar(self, measure: ElementTree.Element) -> Bar:
        """Walk a measure. `known` maps rounded to exact times, so that <backup> lands exactly after rounded durations."""
        events: list[Event] = []
        directions: list[Event] = []
        now = chord = longest = now_rounded = last_onset = Fraction(0)
        known = {now_rounded: now}
        for element in measure:
            tag = element.tag
            if tag == "note":
                if element.find("grace") is not None:
                    events.extend((now, mark) for mark in self._grace(element))
                    continue
                rounded_wn = self._duration(element)
                length_wn = _exact(element, rounded_wn, self._divisions)
                if element.find("chord") is None:
                    chord, now, now_rounded = now, now + length_wn, now_rounded + rounded_wn
                    known[now_rounded] = now
                    if now.denominator > MAX_DENOMINATOR:
                        raise ValueError("too many different note lengths for exact time")
                events.extend((chord, what) for what in self._note(element, length_wn))
                last_onset = max(last_onset, chord)
                longest = max(longest, now, chord + length_wn)
            elif tag in ("backup", "forward"):
                step_wn = self._duration(element) if tag == "forward" else -self._duration(element)
                now_rounded = max(Fraction(0), now_rounded + step_wn)
                now = known.get(now_rounded, max(Fraction(0), now + step_wn))
                longest = max(longest, now)
            elif tag == "attributes":
                events.extend((now, change) for change in self._attributes(element))
            elif tag in ("direction", "sound", "harmony"):
                offset_wn = number(element.findtext("offset") or "0", "<offset>") / (4 * self._divisions)
                directions.extend((max(Fraction(0), now + offset_wn), what) for what in _between_notes(element))
        return Bar(longest, _in_order(directions, longest, last_onset) + events, *_bar_lines(measure), last_onset)

    def _duration(self, element: ElementTree.Element) -> Fraction:
        return number(element.findtext("duration"), "<duration>", minimum=0) / (4 * self._divisions)

    def _note(self, note: ElementTree.Element, length_wn: Fraction) -> Iterator[Sound | Mark | Spanner]:
        """The sound of a <note> and the marks at it: no sound for a rest, nothing for a cue note or an unpitched one."""
        if note.find("cue") is not None or note.find("unpitched") is not None:
            return
        pitch = self._pitch(note)
        if pitch is not None and length_wn:
            ties = [tie.get("type") for tie in note.iterfind("tie")]
            yield Sound(*pitch, length_wn, note.findtext("voice", ""), "stop" in ties, "start" in ties)
        if note.find("notations") is not None or note.find("lyric") is not None:
            yield from note_marks(note)

    def _grace(self, note: ElementTree.Element) -> Iterator[Mark | Spanner]:
        return grace_marks(note, self._pitch(note)) if note.find("cue") is None else iter(())

    def _pitch(self, note: ElementTree.Element) -> tuple[int, int] | None:
        """MIDI number and alteration of the sounding pitch; None for a rest."""
        pitch = note.find("pitch")
        if pitch is None:
            return None
        return _pitch(pitch.findtext("step"), pitch.findtext("alter"), pitch.findtext("octave"), self._fifths, self._semitones)

    def _attributes(self, attributes: ElementTree.Element) -> Iterator[Metre | Key]:
        """Take in divisions, clef and transposition; yield the new metre and key."""
        if (divisions := attributes.findtext("divisions")) is not None:
            self._divisions = number(divisions, "<divisions>", minimum=Fraction(1, 1000))
        if (transpose := attributes.find("transpose")) is not None:
            chromatic = round(number(transpose.findtext("chromatic"), "<chromatic>"))
            self._semitones = chromatic + 12 * round(number(transpose.findtext("octave-change") or "0", "<octave-change>"))
            self._fifths = (7 * chromatic + 6) % 12 - 6  # the nearest; <diatonic> is often wrong
        self.clef = self.clef or read_clef(attributes.find("clef"))
        if (time := attributes.find("time")) is not None and (metre := read_metre(time)) is not None:
            yield metre
        if (element := attributes.find("key")) is not None and (key := read_key(element, self._fifths)) is not None:
            yield key


def _between_notes(element: ElementTree.Element) -> Iterator[Tempo | Mark | Spanner | PartLabel]:
    """What a <direction>, <sound> or <harmony> says."""
    if element.tag == "harmony":
        yield from harmony_marks(element)
        return
    tempo = read_tempo(element)
    if tempo is not None:
        yield tempo
    if element.tag == "direction":
        yield from direction_marks(element, is_tempo=tempo is not None)


def _in_order(directions: list[Event], length_wn: Fraction, last_onset_wn: Fraction) -> list[Event]:
    """Directions with those at the end that send the player elsewhere, which belong to the last note."""
    onward = [(at, what) for at, what in directions if not is_navigation(what)]
    return onward + [(last_onset_wn if at >= length_wn else at, what) for at, what in directions if is_navigation(what)]


def _bar_lines(measure: ElementTree.Element) -> tuple[BarLine, BarLine]:
    """What is said of the bar lines before and after a measure; those within are left out."""
    lines = {"left": BarLine(), "right": BarLine()}
    for barline in measure.iterfind("barline"):
        if (place := barline.get("location", "right")) in lines:
            lines[place] = merged_lines(lines[place], _bar_line(barline))
    return lines["left"], lines["right"]


def _bar_line(barline: ElementTree.Element) -> BarLine:
    repeat, ending = barline.find("repeat"), barline.find("ending")
    direction = repeat.get("direction", "") if repeat is not None else ""
    times = number(repeat.get("times", "2"), "times", minimum=1) if repeat is not None and direction == "backward" else 1
    endings = re.findall(r"[1-9]\d{0,2}", ending.get("number", "")) if ending is not None and ending.get("type") == "start" else []
    style = _STYLES.get((barline.findtext("bar-style") or "").strip(), "")
    return BarLine(min(round(times), MAX_PLAYS), direction == "forward", tuple(map(int, endings)), "" if direction else style)


def merged_lines(first: BarLine, second: BarLine) -> BarLine:
    """One bar line that says what both say; the sign of a repeat takes the place of other styles.

    >>> merged_lines(BarLine(plays=2), BarLine(endings=(2,))), merged_lines(BarLine(style="||"), BarLine(starts_repeat=True)).style
    (BarLine(plays=2, starts_repeat=False, endings=(2,), style=''), '')
    """
    plays, starts_repeat = max(first.plays, second.plays), first.starts_repeat or second.starts_repeat
    style = "" if plays > 1 or starts_repeat else first.style or second.style
    return BarLine(plays, starts_repeat, first.endings or second.endings, style)


def _exact(note: ElementTree.Element, rounded_wn: Fraction, divisions: Fraction) -> Fraction:
    """The written length where <duration> is that length rounded to divisions, else the duration."""
    tuplet = note.find("time-modification")
    if tuplet is None:  # only tuplets are rounded
        return rounded_wn
    actual = number(tuplet.findtext("actual-notes"), "<actual-notes>", minimum=1)
    normal = number(tuplet.findtext("normal-notes"), "<normal-notes>", minimum=1)
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
    signs = round(number(alter or "0", "<alter>"))
    octave_number = round(number(octave, "<octave>"))
    pitch_midi = 12 * (octave_number + 1) + NATURAL_SEMITONES[step] + signs + semitones
    if not 0 <= pitch_midi <= 127:
        raise ValueError(f"{step}{octave} with alteration {signs} sounds outside the MIDI range")
    place = FIFTHS_ORDER.index(step) + 7 * signs + fifths  # F is 0
    return pitch_midi, (place if -14 <= place < 21 else place % 12) // 7  # at most double signs
