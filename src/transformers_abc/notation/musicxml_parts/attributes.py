"""Metre, key, clef and tempo as MusicXML elements, read and written.

- A metre keeps how it is written: ``common`` and ``cut`` are ``C`` and ``C|``, a composite is a sum such as ``2+3/8``, and
  ``<senza-misura>`` is free metre.
- A key is a number of fifths and a mode. One with explicit accidentals is written as a list of altered letters, and such a list is
  read as the signature that its first letters spell, with the others explicit: the same notes, but the tonic is lost.
- A clef is an ABC name with its line where that is not the usual one: the soprano clef is ``alto1``.
- Where ``<sound tempo>`` and ``<metronome>`` disagree, the sound wins and the metronome only gives the beat.
"""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

from transformers_abc.notation.musicxml_parts.element import DECIMAL, TYPE_WN, add, decimal_text, number, type_and_dots, values_of
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.tune import FIFTHS_ORDER, FREE_METRE, MODE_FIFTHS, Key, Metre, Tempo

MODE_SYNONYMS = {"ionian": "major", "aeolian": "minor"}
_METRE_SIGNS = {"C": ("common", 4, 4), "C|": ("cut", 2, 2)}  # symbol: the attribute, and what it may stand for
_METRE_PART = re.compile(r"\(?(\d+(?:\+\d+)*)\)?/(\d+)")

# ABC name: sign and line. The reader gives the first name of a sign, with the line where it is another one.
_CLEFS = {
    "treble": ("G", "2"),
    "bass": ("F", "4"),
    "alto": ("C", "3"),
    "tenor": ("C", "4"),
    "perc": ("percussion", ""),
    "none": ("none", ""),
    "soprano": ("C", "1"),
    "mezzosoprano": ("C", "2"),
    "baritone": ("F", "3"),
}
_CLEF_OF_SIGN = {"G": "treble", "F": "bass", "C": "alto", "percussion": "perc", "none": "none"}
_CLEF = re.compile(r"([a-z]+)([1-5]?)(?:([+-])(8|15))?")
_OCTAVES = {"1": "+8", "-1": "-8", "2": "+15", "-2": "-15"}
_CHANGE_OF_OCTAVES = {mark: change for change, mark in _OCTAVES.items()}


# --- Metre --------------------------------------------------------------------------------------------------------------------------


def read_metre(time: ElementTree.Element) -> Metre | None:
    """A ``<time>``, also a composite such as 3+4 eighths or 3/4 + 2/8; None where it says nothing."""
    if time.find("beats") is None:
        return Metre(4, 4, FREE_METRE) if time.find("senza-misura") is not None else None
    denominators = [round(number(text.text, "<beat-type>", minimum=1)) for text in time.iterfind("beat-type")]
    beats = ["".join((text.text or "").split()) for text in time.iterfind("beats")]
    numerators = [sum(number(beat, "<beats>", minimum=1) for beat in text.split("+")) for text in beats]
    if len(denominators) != len(numerators):
        raise ValueError("<time> needs a <beat-type> for every <beats>")
    denominator = max(denominators)
    numerator = round(sum(n * denominator / d for n, d in zip(numerators, denominators, strict=True)))
    symbol = "+".join(f"{text}/{d}" for text, d in zip(beats, denominators, strict=True))
    if "+" not in symbol:
        signs = ((sign, numbers) for sign, (name, *numbers) in _METRE_SIGNS.items() if name == time.get("symbol"))
        symbol = next((sign for sign, numbers in signs if numbers == [numerator, denominator]), "")
    return Metre(numerator, denominator, symbol)


def add_metre(attributes: ElementTree.Element, metre: Metre) -> None:
    """Append a ``<time>``.

    >>> attributes = ElementTree.Element("attributes")
    >>> add_metre(attributes, Metre(5, 8, "2+3/8"))
    >>> ElementTree.tostring(attributes, encoding="unicode")
    '<attributes><time><beats>2+3</beats><beat-type>8</beat-type></time></attributes>'
    """
    if metre.is_free:
        add(add(attributes, "time"), "senza-misura")
        return
    time = add(attributes, "time", symbol=_METRE_SIGNS.get(metre.symbol, ("",))[0])
    sums = _METRE_PART.findall(metre.symbol) or [(str(metre.numerator), str(metre.denominator))]
    for numerators, denominator in sums:
        add(time, "beats", numerators)
        add(time, "beat-type", denominator)


# --- Key ----------------------------------------------------------------------------------------------------------------------------


def read_key(key: ElementTree.Element, added_fifths: int) -> Key | None:
    """A ``<key>`` for a part that sounds `added_fifths` from where it is written; None where it says nothing."""
    if (fifths := key.findtext("fifths")) is not None:
        mode = (key.findtext("mode") or "").strip().lower()
        mode = MODE_SYNONYMS.get(mode, mode)
        signs = round(number(fifths, "<fifths>")) + added_fifths
        return Key(signs if abs(signs) <= 7 else (signs + 6) % 12 - 6, mode if mode in MODE_FIFTHS else "major")
    steps = [(step.text or "").strip() for step in key.iterfind("key-step")]
    alters = [round(number(alter.text, "<key-alter>")) for alter in key.iterfind("key-alter")]
    if not steps or len(steps) != len(alters) or not all(step in FIFTHS_ORDER and len(step) == 1 for step in steps):
        return None
    written = dict.fromkeys(FIFTHS_ORDER, 0) | dict(zip(steps, alters, strict=True))
    alter_of = {}
    for letter, alter in written.items():
        sharps, place = divmod(FIFTHS_ORDER.index(letter) + added_fifths, 7)
        alter_of[FIFTHS_ORDER[place]] = alter + sharps
    return _nearest_key({letter: alter_of[letter] for letter in FIFTHS_ORDER})


def _nearest_key(alter_of: dict[str, int]) -> Key:
    """The signature whose letters all have their alteration here, the one with most signs; the other letters are explicit.

    >>> _nearest_key(dict(zip(FIFTHS_ORDER, (1, 0, 0, 0, 0, -1, -1))))    # G minor with a raised seventh
    Key(fifths=-2, mode='major', explicit=(('F', 1),))
    """
    sharps = next((n for n, letter in enumerate(FIFTHS_ORDER) if alter_of[letter] != 1), 7)
    flats = next((n for n, letter in enumerate(reversed(FIFTHS_ORDER)) if alter_of[letter] != -1), 7)
    key = Key(sharps if sharps >= flats else -flats)
    return Key(key.fifths, "major", tuple((letter, alter) for letter, alter in alter_of.items() if alter != key.alter_of(letter)))


def add_key(attributes: ElementTree.Element, key: Key) -> None:
    """Append a ``<key>``."""
    element = add(attributes, "key")
    if not key.explicit:
        add(element, "fifths", key.fifths)
        add(element, "mode", key.mode)
        return
    altered = [letter for letter in FIFTHS_ORDER if key.alter_of(letter)]
    for letter in altered or "F":  # a list that alters nothing has to name a letter nevertheless
        add(element, "key-step", letter)
        add(element, "key-alter", key.alter_of(letter))


# --- Clef ---------------------------------------------------------------------------------------------------------------------------


def read_clef(clef: ElementTree.Element | None) -> str:
    """The ABC name of a ``<clef>``, such as ``tenor``, ``bass3`` or ``treble-8``; empty for None."""
    if clef is None:
        return ""
    sign = (clef.findtext("sign") or "").strip()
    name = _CLEF_OF_SIGN.get(sign, "treble")
    usual_line = _CLEFS[name][1]
    line = (clef.findtext("line") or "").strip() if sign in "GFC" else ""
    if (sign, line) == ("C", _CLEFS["tenor"][1]):
        name, usual_line = "tenor", line
    octave = _OCTAVES.get((clef.findtext("clef-octave-change") or "").strip(), "")
    return name + (line if line in tuple("12345") and line != usual_line else "") + octave


def add_clef(attributes: ElementTree.Element, clef: str) -> None:
    """Append the ``<clef>`` of an ABC name; a treble clef for names that are none."""
    match = _CLEF.fullmatch(clef)
    name, line, *octave = match.groups("") if match and match[1] in _CLEFS else ("treble", "", "", "")
    sign, usual_line = _CLEFS[name]
    element = add(attributes, "clef")
    add(element, "sign", sign)
    if usual_line:
        add(element, "line", line or usual_line)
    if change := _CHANGE_OF_OCTAVES.get("".join(octave)):
        add(element, "clef-octave-change", change)


# --- Tempo --------------------------------------------------------------------------------------------------------------------------


def read_tempo(element: ElementTree.Element) -> Tempo | None:
    """The tempo of a ``<direction>`` or ``<sound>``, if it gives one; the words beside it are its text."""
    sound = element if element.tag == "sound" else element.find("sound")
    quarter_bpm = number(sound.get("tempo"), "tempo") if sound is not None and sound.get("tempo") else Fraction(0)
    metronome = element.find("direction-type/metronome")
    beat_wn, beats_per_minute = Fraction(1, 4), Fraction(0)
    if metronome is not None and (digits := DECIMAL.search(metronome.findtext("per-minute", ""))):
        beat_wn = _beat(metronome)
        beats_per_minute = number(digits.group(), "<per-minute>")
    played = quarter_bpm / (4 * beat_wn)
    difference = abs(played - beats_per_minute)
    is_same = difference < beats_per_minute / 10**6  # then either may have been rounded to be written in decimals
    if played > 0 and (difference > beats_per_minute / 100 or (is_same and played.denominator < beats_per_minute.denominator)):
        beats_per_minute = played  # else the printed number, which is mostly free of rounding
    if beats_per_minute <= 0:
        return None
    return Tempo(beat_wn, beats_per_minute, words_of(element))


def _beat(metronome: ElementTree.Element) -> Fraction:
    """The beat of a metronome mark: its note value, and those tied to it."""
    lengths_wn: list[Fraction] = []
    for child in metronome.iter():
        if child.tag == "beat-unit":
            lengths_wn.append(TYPE_WN.get((child.text or "").strip(), Fraction(1, 4)))
            dot_wn = lengths_wn[-1]
        elif child.tag == "beat-unit-dot" and lengths_wn:
            dot_wn /= 2
            lengths_wn.append(dot_wn)
    return sum(lengths_wn, Fraction(0)) or Fraction(1, 4)


def words_of(direction: ElementTree.Element) -> str:
    """All words of a direction as one line; pieces in different type faces are put together as they are."""
    return one_line("".join(words.text or "" for words in direction.iterfind("direction-type/words")))


def add_tempo(direction: ElementTree.Element, tempo: Tempo) -> None:
    """Append a tempo's words and metronome mark to a ``<direction>``; see `add_tempo_sound` for what programs play."""
    if text := one_line(tempo.text):
        add(add(direction, "direction-type"), "words", text, font_weight="bold")
    written = values_of(tempo.beat_wn) if tempo.beat_wn.denominator & (tempo.beat_wn.denominator - 1) == 0 else []
    if not written or any(type_and_dots(value_wn) is None for value_wn in written):
        if not text:
            add(add(direction, "direction-type"), "words")  # no note value is that long, and a direction must have something to show
        return
    metronome = add(add(direction, "direction-type"), "metronome")
    for index, value_wn in enumerate(written):
        name, dots = type_and_dots(value_wn) or ("quarter", 0)
        unit = add(metronome, "beat-unit-tied") if index else metronome
        add(unit, "beat-unit", name)
        for _ in range(dots):
            add(unit, "beat-unit-dot")
    add(metronome, "per-minute", decimal_text(tempo.beats_per_minute))


def add_tempo_sound(direction: ElementTree.Element, tempo: Tempo) -> None:
    """Append the ``<sound>`` of a tempo, in quarter notes a minute, which stands at the end of a direction."""
    add(direction, "sound", tempo=decimal_text(tempo.beats_per_minute * tempo.beat_wn * 4))
