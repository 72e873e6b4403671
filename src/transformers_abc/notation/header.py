"""What the header of an ABC tune says to all its voices."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from transformers_abc.notation.fields import (
    VoiceField,
    default_unit,
    read_attributes,
    read_key,
    read_metre,
    read_tempo,
    read_text,
    read_unit,
)
from transformers_abc.notation.tune import Key, Metre, Tempo

# How far an accidental reaches to the bar line: notes whose natural pitches agree modulo this number share it.
REACH_OF_ACCIDENTALS = {"not": 0, "octave": 10_000, "pitch": 12}


@dataclass(slots=True)
class Header:
    """The fields of a header while it is being read, with the defaults of ABC 2.1 for those that it lacks.

    >>> header = Header()
    >>> for letter, text in ("M", "2/4"), ("Q", "120"), ("K", "Dm bass"):
    ...     header.read_field(letter, text)
    >>> header.unit_wn, str(header.key), header.attributes.clef
    (Fraction(1, 16), 'Dmin', 'bass')
    """

    title: str = ""
    composer: str = ""
    metre: Metre = field(default=Metre(4, 4))
    key: Key = field(default=Key(0))
    program: int | None = None
    reach_of_accidentals: int = REACH_OF_ACCIDENTALS["octave"]
    attributes: VoiceField = field(default=VoiceField(""))
    _unit_wn: Fraction | None = None
    _tempo_text: str = ""

    @property
    def unit_wn(self) -> Fraction:
        return self._unit_wn or default_unit(self.metre)

    @property
    def tempo(self) -> Tempo | None:
        return read_tempo(self._tempo_text, self.unit_wn)

    def read_field(self, letter: str, text: str) -> None:
        """Take in a field; of titles and composers the first counts, of others the last."""
        match letter:
            case "T":
                self.title = self.title or read_text(text)
            case "C":
                self.composer = self.composer or read_text(text)
            case "M":
                self.metre = read_metre(text) or self.metre
            case "L":
                self._unit_wn = read_unit(text) or self._unit_wn
            case "Q":
                self._tempo_text = text
            case "K":
                self.key = read_key(text) or self.key
                self.attributes = read_attributes(text)
