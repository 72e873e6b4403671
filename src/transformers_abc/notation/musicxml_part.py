"""One part of a MusicXML score: its measures into notes, metres, keys and tempos, in exact time.

Conventions:
    - Times are `Fraction`s of a whole note (``_wn``) from the start of the measure; ``<duration>`` counts in divisions of a quarter.
    - A mistake in the file is a plain `ValueError` with the reason; `musicxml.read_musicxml` adds where.

What is kept and what is dropped stands in `musicxml`.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

from transformers_abc.notation.tune import FIFTHS_ORDER, MODE_FIFTHS, NATURAL_SEMITONES, Key, Metre, Tempo

# Whole notes of every <type>; the longest is 8, each next one half as long.
NOTE_TYPES = "maxima long breve whole half quarter eighth 16th 32nd 64th 128th 256th 512th 1024th"
TYPE_WN = {name: Fraction(8, 2**index) for index, name in enumerate(NOTE_TYPES.split())}

MODE_SYNONYMS = {"ionian": "major", "aeolian": "minor"}
CLEF_OF_SIGN = {"C": ("alto", "3"), "F": ("bass", "4"), "G": ("treble", "2")}  # ABC name and the line it stands on
MAX_DENOMINATOR = 2**64  # of a time in whole notes; the finest in the quartets is 704. Else a hostile file could stall exact arithmetic
DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{0,9})?")


class Sound(NamedTuple):
    """One written note; ties are not merged yet."""

    pitch_midi: int
    alter: int
    length_wn: Fraction
    voice: str
    tied_back: bool
    tied_on: bool


# What happens in a part, and when in whole notes: from the start of its measure first, then from the start of the tune.
Event = tuple[Fraction, Sound | Metre | Key | Tempo]


class PartReader:
    """Reads the measures of one part in order; keeps what lasts beyond a measure.

    >>> measure = ElementTree.fromstring("<measure><note><rest/><duration>3</duration></note></measure>")
    >>> PartReader().bars("P1", [measure])    # length and events; without <divisions> a quarter is 1
    [(Fraction(3, 4), [])]
    """

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
                offset_wn = number(element.findtext("offset") or "0", "<offset>") / (4 * self._divisions)
                events.append((max(Fraction(0), now + offset_wn), tempo))
        return longest, events

    def _duration(self, element: ElementTree.Element) -> Fraction:
        return number(element.findtext("duration"), "<duration>", minimum=0) / (4 * self._divisions)

    def _sound(self, note: ElementTree.Element, length_wn: Fraction) -> Sound | None:
        """The pitch and ties of a <note>; None for a rest, a cue note or an unpitched one."""
        pitch = note.find("pitch")
        if pitch is None or not length_wn or note.find("cue") is not None:
            return None
        pitch_midi, alter = _pitch(pitch.findtext("step"), pitch.findtext("alter"), pitch.findtext("octave"), self._fifths, self._semitones)
        ties = [tie.get("type") for tie in note.iterfind("tie")]
        return Sound(pitch_midi, alter, length_wn, note.findtext("voice", ""), "stop" in ties, "start" in ties)

    def _attributes(self, attributes: ElementTree.Element) -> Iterator[Metre | Key]:
        """Take in divisions, clef and transposition; yield the new metre and key."""
        if (divisions := attributes.findtext("divisions")) is not None:
            self._divisions = number(divisions, "<divisions>", minimum=Fraction(1, 1000))
        if (transpose := attributes.find("transpose")) is not None:
            chromatic = round(number(transpose.findtext("chromatic"), "<chromatic>"))
            self._semitones = chromatic + 12 * round(number(transpose.findtext("octave-change") or "0", "<octave-change>"))
            self._fifths = (7 * chromatic + 6) % 12 - 6  # the nearest; <diatonic> is often wrong
        self.clef = self.clef or _clef(attributes.find("clef"))
        if (time := attributes.find("time")) is not None and time.find("beats") is not None:
            yield _metre(time)
        if (fifths := attributes.findtext("key/fifths")) is not None:
            mode = (attributes.findtext("key/mode") or "").strip().lower()
            mode = MODE_SYNONYMS.get(mode, mode)
            signs = round(number(fifths, "<fifths>")) + self._fifths
            yield Key(signs if abs(signs) <= 7 else (signs + 6) % 12 - 6, mode if mode in MODE_FIFTHS else "major")


@lru_cache(maxsize=4096)
def number(text: str | None, what: str, minimum: Fraction | int | None = None) -> Fraction:
    """A decimal of MusicXML; the length is bounded, so no exponent or endless digits can exhaust memory."""
    if not DECIMAL.fullmatch((text or "").strip()):
        raise ValueError(f"{what} is no number: {(text or '')[:40]!r}")
    value = Fraction((text or "").strip())
    if minimum is not None and value < minimum:
        raise ValueError(f"{what} must be at least {minimum}, got {text}")
    return value


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


def _metre(time: ElementTree.Element) -> Metre:
    """A <time>, also a composite such as 3+4 eighths or 3/4 + 2/8."""
    denominators = [round(number(text.text, "<beat-type>", minimum=1)) for text in time.iterfind("beat-type")]
    numerators = [sum(number(beat, "<beats>", minimum=1) for beat in (text.text or "").split("+")) for text in time.iterfind("beats")]
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
    quarter_bpm = number(sound.get("tempo"), "tempo") if sound is not None and sound.get("tempo") else Fraction(0)
    metronome = element.find("direction-type/metronome")
    beat_wn, beats_per_minute = Fraction(1, 4), Fraction(0)
    if metronome is not None and (digits := DECIMAL.search(metronome.findtext("per-minute", ""))):
        dots = len(metronome.findall("beat-unit-dot"))
        beat_wn = TYPE_WN.get(metronome.findtext("beat-unit", ""), Fraction(1, 4)) * (2 - Fraction(1, 2**dots))
        beats_per_minute = number(digits.group(), "<per-minute>")
    played = quarter_bpm / (4 * beat_wn)
    if played > 0 and abs(played - beats_per_minute) > beats_per_minute / 100:
        beats_per_minute = played  # else the printed number, which is free of rounding
    return Tempo(beat_wn, beats_per_minute) if beats_per_minute > 0 else None
