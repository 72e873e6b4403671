"""What the header of an ABC tune says to all its voices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from transformers_abc.notation.reading.fields import default_unit, read_metre, read_tempo, read_unit, tempo_text
from transformers_abc.notation.reading.key_field import read_key
from transformers_abc.notation.reading.macros import Macros
from transformers_abc.notation.reading.voice_field import VoiceField, read_attributes
from transformers_abc.notation.texts import read_text
from transformers_abc.notation.tune import Key, Metre, Tempo

# How far an accidental reaches to the bar line: notes whose natural pitches agree modulo this number share it (section 11.3).
REACH_OF_ACCIDENTALS = {"not": 0, "octave": 10_000, "pitch": 12}
DEFAULT_REACH = REACH_OF_ACCIDENTALS["pitch"]

_DECORATION_NAME = re.compile(r"[\dp]|f{1,6}|(?![A-Ga-g]+$)[\w.<>()+^/:*-]{2,40}")
_PROPAGATE = re.compile(r"propagate-accidentals\s*=?\s*(not|octave|pitch)\b")

# Fields that are kept as they are, in the order in which a Tune holds them; T and C from the second on.
INFO_ORDER = "TCABDFGHNORSZW"
MAX_INFO_FIELDS = 1000

# The decorations that a single letter stands for (section 4.14) and what U: may change.
SHORTHANDS = {
    "~": "roll", ".": "staccato", "H": "fermata", "L": "accent", "M": "lowermordent", "O": "coda", "P": "uppermordent", "S": "segno",
    "T": "trill", "u": "upbow", "v": "downbow",
}  # fmt: skip
# Different names of one sign; a Tune keeps the second.
SYNONYMS = {
    ">": "accent", "emphasis": "accent", "mordent": "lowermordent", "pralltriller": "uppermordent", "irishroll": "roll", "+": "plus",
    "<(": "crescendo(", "<)": "crescendo)", ">(": "diminuendo(", ">)": "diminuendo)", "dacapo": "D.C.", "^": "marcato",
}  # fmt: skip


@dataclass(slots=True)
class Header:
    """The fields of a header while it is being read, with the defaults of ABC 2.1 for those that it lacks.

    >>> header = Header()
    >>> [header.read_field(letter, text) for letter, text in (("M", "2/4"), ("Q", "120"), ("K", "Dm bass"), ("L", "long"))]
    [True, True, True, False]
    >>> header.unit_wn, str(header.key), header.attributes.clef
    (Fraction(1, 16), 'Dmin', 'bass')
    """

    title: str = ""
    composer: str = ""
    metre: Metre = field(default=Metre(4, 4))
    has_metre: bool = False
    key: Key = field(default=Key(0))
    program: int | None = None
    semitones: int = 0
    reach_of_accidentals: int = DEFAULT_REACH
    attributes: VoiceField = field(default=VoiceField(""))
    part_order: str = ""
    info: tuple[tuple[str, str], ...] = ()
    shorthands: dict[str, str] = field(default_factory=lambda: dict(SHORTHANDS))
    macros: Macros = field(default_factory=Macros)
    tempo_field: str = ""
    _unit_wn: Fraction | None = None

    @property
    def unit_wn(self) -> Fraction:
        return self._unit_wn or default_unit(self.metre)

    @property
    def tempo(self) -> Tempo | None:
        return read_tempo(self.tempo_field, self.unit_wn)

    def read_field(self, letter: str, text: str) -> bool:
        """Take in a field; of titles and composers the first counts, of others the last. False where its value cannot be read."""
        match letter:
            case "M":
                metre = read_metre(text)
                self.metre = metre or self.metre
                self.has_metre |= metre is not None
                return metre is not None
            case "L":
                unit_wn = read_unit(text)
                self._unit_wn = unit_wn or self._unit_wn
                return unit_wn is not None
            case "Q":
                self.tempo_field = text
                return not text.strip() or read_tempo(text, self.unit_wn) is not None or bool(tempo_text(text))
            case "K":
                key, self.attributes = read_key(text), read_attributes(text)
                self.key = key or self.key
                return key is not None or self.attributes != VoiceField("")
            case "P":
                self.part_order = read_text(text)
            case "T" if not self.title:
                self.title = read_text(text)
            case "C" if not self.composer:
                self.composer = read_text(text)
            case "U":
                return self.define_shorthand(text)
            case "m":
                return self.macros.define(text)
            case _:
                self.add_info(letter, text)
        return True

    def read_directive(self, text: str) -> bool:
        """Take in a directive that says how music is read; False for any other."""
        match = _PROPAGATE.match(text)
        if match:
            self.reach_of_accidentals = REACH_OF_ACCIDENTALS[match[1]]
        return match is not None

    def add_info(self, letter: str, text: str) -> None:
        if letter in INFO_ORDER and len(self.info) < MAX_INFO_FIELDS and (value := read_text(text)):
            self.info = (*self.info, (letter, value))

    def define_shorthand(self, text: str) -> bool:
        """Take in a ``U:`` field such as ``T = !trill!``; ``!none!`` takes a shorthand away."""
        sign, equals, name = (part.strip() for part in text.partition("="))
        name = name.strip("!+")
        if len(sign) != 1 or not equals or not (sign in "~." or sign.lower() in "hijklmnopqrstuvw") or not is_decoration_name(name):
            return False
        self.shorthands[sign] = SYNONYMS.get(name, name)
        return True

    def decoration(self, name: str) -> str | None:
        """The canonical name of a sign: of a shorthand, or of a name between ``!``; None where it has none."""
        if not name.startswith("!"):
            return self.shorthands.get(name)
        name = name.strip("!")
        return SYNONYMS.get(name, name) if is_decoration_name(name) else self.shorthands.get(name)


def is_decoration_name(name: str) -> bool:
    """Whether a name may stand between ``!``; single digits are fingerings. Of notes only, loudness alone is a name (``ff``)."""
    return _DECORATION_NAME.fullmatch(name) is not None or name in SYNONYMS
