"""Attributes of a voice as ``V:`` and ``K:`` fields give them: name, clef, octave, transposition.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, section 4.6 (clefs and transposition) and 7.1 (voices).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transformers_abc.notation.texts import read_text

DEFAULT_CLEF = "treble"
MAX_TRANSPOSE = 60

_CLEF = re.compile(r"([a-z]+[1-5]?)(?:([+-])8)?")
_CLEF_OF_LETTER = {"G": "treble", "C": "alto", "F": "bass", "P": "perc"}
CLEF_NAMES = frozenset({"treble", "bass", "alto", "tenor", "soprano", "mezzosoprano", "baritone", "perc"})
_ATTRIBUTE = re.compile(r'([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"?|\S+)|(\S+)')
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,3}")


@dataclass(frozen=True, slots=True)
class VoiceField:
    """What a ``V:`` field says; None where it says nothing.

    Attributes:
        id: what the voice is called in the text; empty in the attributes of a ``K:`` field.
        name: printed before the staff.
        clef: its name, without an octave mark.
        octaves: by how many octaves the voice sounds above what is written (``octave=``).
        clef_octaves: the same, by the octave mark of its clef (``treble-8``).
        semitones: by how many semitones it sounds above that (``transpose=``, ``t=``).
    """

    id: str
    name: str | None = None
    clef: str | None = None
    octaves: int | None = None
    clef_octaves: int | None = None
    semitones: int | None = None

    def over(self, other: VoiceField) -> VoiceField:
        """These attributes, and those of `other` where these say nothing."""
        return VoiceField(
            self.id,
            other.name if self.name is None else self.name,
            other.clef if self.clef is None else self.clef,
            other.octaves if self.octaves is None else self.octaves,
            other.clef_octaves if self.clef_octaves is None else self.clef_octaves,
            other.semitones if self.semitones is None else self.semitones,
        )


def read_voice(field: str) -> VoiceField:
    """The id of a voice and its attributes.

    >>> read_voice('T1 clef=treble-8 name="Tenor"')
    VoiceField(id='T1', name='Tenor', clef='treble', octaves=None, clef_octaves=-1, semitones=None)
    >>> read_voice("2 bass transpose=-2")
    VoiceField(id='2', name=None, clef='bass', octaves=None, clef_octaves=0, semitones=-2)
    """
    voice_id, *rest = field.split(None, 1) or [""]
    return read_attributes(rest[0], voice_id) if rest else VoiceField(voice_id)


def read_attributes(text: str, voice_id: str = "") -> VoiceField:
    """The attributes in ``V:`` and ``K:`` fields that have a place in a `Voice`."""
    name, clef, octaves, clef_octaves, semitones = None, None, None, None, None
    for key, value, word in _ATTRIBUTE.findall(text):
        if key in ("name", "nm"):
            name = read_text(value[1:].removesuffix('"') if value[0] == '"' else value)
        elif key == "octave" and _WHOLE_NUMBER.fullmatch(value):
            octaves = max(min(int(value), 9), -9)
        elif key in ("transpose", "t") and _WHOLE_NUMBER.fullmatch(value):
            semitones = max(min(int(value), MAX_TRANSPOSE), -MAX_TRANSPOSE)
        elif key == "clef" or word:
            sign = (value or word).strip('"')
            match = _CLEF.match(_CLEF_OF_LETTER.get(sign, sign) if key else sign)
            if match and (key or match[1].rstrip("12345") in CLEF_NAMES):
                clef = match[1]
                clef_octaves = {"+": 1, "-": -1}.get(match[2], 0)
    return VoiceField(voice_id, name, clef, octaves, clef_octaves, semitones)
