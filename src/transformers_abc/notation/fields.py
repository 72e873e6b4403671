"""Values of ABC information fields: how ``M:``, ``L:``, ``Q:``, ``K:``, ``V:`` and ``T:`` are read and written.

Every `read_*` function takes the text after the colon and returns None where it says nothing that a `Tune` can hold, so a field of
nonsense leaves everything as it was. Numbers are bounded by the patterns that find them.

Not covered: explicit accidentals in ``K:`` (``K:D exp _b``), names of tempos without a number, compound ``M:`` such as ``2/4+3/8`` (the
first part counts), microtones, and ``transpose=``.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, section 3.1 and 4.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from transformers_abc.notation.tune import FIFTHS_ORDER, MODE_FIFTHS, Key, Metre, Tempo

DEFAULT_CLEF = "treble"
MAX_METRE_NUMBER = 128
MAX_UNIT_NUMBER = 512
MAX_BEAT_NUMBER = 10**9

_BPM_DECIMALS = 6
_QUARTER_WN = Fraction(1, 4)
_MODE_OF_PREFIX = {mode[:3]: mode for mode in MODE_FIFTHS} | {"ion": "major", "aeo": "minor"}
_HIGHLAND_PIPES = Key(2, "mixolydian")

_METRE = re.compile(r"\(?\s*(\d{1,3}(?:\s*\+\s*\d{1,3}){0,9})\s*\)?\s*/\s*(\d{1,3})(?!\d)")
_FRACTION = re.compile(r"(\d{1,9})(?:\s*/\s*(\d{1,9}))?")
_KEY = re.compile(r"([A-G])([#b♯♭]?)\s*([A-Za-z]*)")
_TEMPO = re.compile(r"(?:(?P<beats>[\d/\s]*)|C(?P<units>\d{0,9}))=\s*(?P<bpm>\d{1,6}(?:\.\d{1,6})?)")
_BARE_TEMPO = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_QUOTED = re.compile(r'"[^"]*"?')
_CLEF = re.compile(r"([a-z]+[1-5]?)(?:([+-])8)?")
_CLEF_NAMES = frozenset({"treble", "bass", "alto", "tenor", "soprano", "mezzosoprano", "baritone", "perc", "none"})
_ATTRIBUTE = re.compile(r'(\w+)\s*=\s*("[^"]*"?|\S+)|(\S+)')

Change = Metre | Key | Tempo


def field_text(change: Change) -> str:
    """A change of metre, key or tempo as an ABC field.

    >>> field_text(Metre(6, 8)), field_text(Key(-1)), field_text(Tempo(Fraction(3, 8), Fraction(121, 2)))
    ('M:6/8', 'K:F', 'Q:3/8=60.5')
    """
    match change:
        case Metre():
            return f"M:{change}"
        case Key():
            return f"K:{change}"
        case Tempo():
            decimals = f"{float(change.beats_per_minute):.{_BPM_DECIMALS}f}".rstrip("0").rstrip(".")
            return f"Q:{change.beat_wn.numerator}/{change.beat_wn.denominator}={decimals}"


# --- Texts --------------------------------------------------------------------------------------------------------------------------


def safe_text(text: str) -> str:
    r"""One line that no reader takes for a comment or an escape.

    >>> print(safe_text("50 % of\n nothing"))
    50 \% of nothing
    """
    return one_line(text).replace("\\", "\\\\").replace("%", "\\%")


def read_text(field: str) -> str:
    """The text that `safe_text` wrote, or a plain one."""
    return one_line(re.sub(r"\\([\\%])", r"\1", field))


def one_line(text: str) -> str:
    """Without control characters, and with single spaces."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())


def safe_clef(clef: str) -> str:
    """The name of a clef, without its octave mark.

    >>> safe_clef("treble-8"), safe_clef("alto"), safe_clef("")
    ('treble', 'alto', 'treble')
    """
    match = _CLEF.match(clef)
    return match[1] if match else DEFAULT_CLEF


# --- Metre, unit, key, tempo --------------------------------------------------------------------------------------------------------


def read_metre(field: str) -> Metre | None:
    """A metre; ``none`` and what is not notation, such as 4/5, are no metre.

    >>> [str(read_metre(field)) for field in ("6/8", "C", "C|", "(2+3)/8", "none", "3/0")]
    ['6/8', '4/4', '2/2', '5/8', 'None', 'None']
    """
    field = field.strip()
    if field.startswith("C"):
        return Metre(2, 2) if field.startswith("C|") else Metre(4, 4)
    if not (match := _METRE.match(field)):
        return None
    numerator, denominator = sum(map(int, match[1].split("+"))), int(match[2])
    is_power_of_two = denominator > 0 and denominator & (denominator - 1) == 0
    return Metre(numerator, denominator) if 0 < numerator <= MAX_METRE_NUMBER >= denominator and is_power_of_two else None


def read_unit(field: str) -> Fraction | None:
    """The unit note length in whole notes.

    >>> read_unit("1/16"), read_unit("0/1")
    (Fraction(1, 16), None)
    """
    unit_wn = _read_fraction(field.strip())
    return unit_wn if unit_wn and max(unit_wn.as_integer_ratio()) <= MAX_UNIT_NUMBER else None


def default_unit(metre: Metre | None) -> Fraction:
    """The unit where a tune has no ``L:`` (section 3.1.7)."""
    return Fraction(1, 16) if metre and metre.bar_wn < Fraction(3, 4) else Fraction(1, 8)


def read_key(field: str) -> Key | None:
    """A key; only the first three letters of the mode count, and ``none`` is C.

    >>> [str(read_key(field)) for field in ("G", "Bb minor", "F#m", "D Mix", "Edorian", "HP", "none", "H")]
    ['G', 'Bbmin', 'F#min', 'Dmix', 'Edor', 'Amix', 'C', 'None']
    """
    field = field.strip()
    if field in ("HP", "Hp"):
        return _HIGHLAND_PIPES
    if field in ("", "none"):
        return Key(0)
    if not (match := _KEY.match(field)):
        return None
    letter, accidental, word = match.groups()
    mode = "minor" if word == "m" else _MODE_OF_PREFIX.get(word[:3].lower(), "major")
    place = FIFTHS_ORDER.index(letter) + {"": 0, "#": 7, "♯": 7, "b": -7, "♭": -7}[accidental]
    return Key(place - FIFTHS_ORDER.index("C") + MODE_FIFTHS[mode], mode)


def read_tempo(field: str, unit_wn: Fraction) -> Tempo | None:
    """A tempo; beats without a unit are quarters, as abc2midi and abcjs take them, and ``C`` is the unit note length.

    >>> [read_tempo(field, Fraction(1, 8)) for field in ('"Allegro" 1/4=132', "C3=60", "Adagio", "1/4=0")]  # doctest: +NORMALIZE_WHITESPACE
    [Tempo(beat_wn=Fraction(1, 4), beats_per_minute=Fraction(132, 1)),
     Tempo(beat_wn=Fraction(3, 8), beats_per_minute=Fraction(60, 1)), None, None]
    """
    field = _QUOTED.sub(" ", field).strip()
    if match := _TEMPO.match(field):
        beat_wn = _sum_of_beats(match["beats"]) if match["beats"] is not None else unit_wn * int(match["units"] or 1)
        beats_per_minute = Fraction(match["bpm"])
    elif match := _BARE_TEMPO.match(field):
        beat_wn, beats_per_minute = _QUARTER_WN, Fraction(match[0])
    else:
        return None
    is_within = beat_wn > 0 and max(beat_wn.as_integer_ratio()) < MAX_BEAT_NUMBER
    return Tempo(beat_wn, beats_per_minute) if is_within and beats_per_minute else None


def _sum_of_beats(field: str) -> Fraction:
    """The whole beat of ``1/4 3/8 1/4 3/8``; 0 where there is none."""
    beats = [_read_fraction(part) for part in field.split()[:4]]
    return sum((beat for beat in beats if beat), Fraction(0))


def _read_fraction(text: str) -> Fraction | None:
    match = _FRACTION.match(text)
    if not match:
        return None
    denominator = int(match[2] or 1)
    return Fraction(int(match[1]), denominator) if denominator else None


# --- Voices -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoiceField:
    """What a ``V:`` field says; None where it says nothing.

    Attributes:
        id: what the voice is called in the text; empty in the attributes of a ``K:`` field.
        octaves: by how many octaves the voice sounds above what is written.
    """

    id: str
    name: str | None = None
    clef: str | None = None
    octaves: int | None = None

    def over(self, other: VoiceField) -> VoiceField:
        """These attributes, and those of `other` where these say nothing."""
        return VoiceField(
            self.id,
            other.name if self.name is None else self.name,
            other.clef if self.clef is None else self.clef,
            other.octaves if self.octaves is None else self.octaves,
        )


def read_voice(field: str) -> VoiceField:
    """The id of a voice and its attributes.

    >>> read_voice('T1 clef=treble-8 name="Tenor"')
    VoiceField(id='T1', name='Tenor', clef='treble', octaves=-1)
    >>> read_voice("2 bass")
    VoiceField(id='2', name=None, clef='bass', octaves=None)
    """
    voice_id, _, rest = field.strip().partition(" ")
    return read_attributes(rest, voice_id)


def read_attributes(text: str, voice_id: str = "") -> VoiceField:
    """The attributes in ``V:`` and ``K:`` fields that have a place in a `Voice`."""
    name, clef, octaves = None, None, None
    for key, value, word in _ATTRIBUTE.findall(text):
        if key in ("name", "nm"):
            name = read_text(value.strip('"')).replace('"', "'")
        elif key == "octave" and re.fullmatch(r"[+-]?\d", value):
            octaves = (octaves or 0) + int(value)
        elif key == "clef" or word:
            match = _CLEF.match((value or word).strip('"'))
            if match and (key or match[1].rstrip("12345") in _CLEF_NAMES):
                clef = match[1]
                octaves = (octaves or 0) + {"+": 1, "-": -1}.get(match[2], 0) if match[2] else octaves
    return VoiceField(voice_id, name, clef, octaves)
