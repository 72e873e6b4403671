"""ABC to Tune: a total function that reads any text.

Text from a model is data, not a mistake: `read_abc` never raises, and its time and memory are bounded by the length of the text. What
it does not understand it passes over.

Conventions:
    - The tune begins at the first ``X:`` (without one, at the first field; without any, at once) and ends at an empty line after its
      music began, or at the next ``X:``.
    - The bars of the tune are those of its longest voice.
    - Changes of metre, key and tempo are common to all voices; where voices differ at one time, the first one counts.

Not read yet: repeats are not played out, voice overlays (``&``), grace notes, lyrics, decorations, chord symbols, ``P:``, ``U:`` and
macros.

Standard: https://abcnotation.com/wiki/abc:standard:v2.1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from transformers_abc.notation.fields import read_attributes, read_key, read_metre, read_tempo, read_unit, read_voice
from transformers_abc.notation.header import REACH_OF_ACCIDENTALS, Header
from transformers_abc.notation.lexer import COMMENT, DIRECTIVE_LINE, FIELD_LINE, HEADER_LINE, LINE_END, MUSIC_TOKEN
from transformers_abc.notation.tune import T, Timed, Tune, effective_changes
from transformers_abc.notation.voice_reader import VoiceReader

MAX_TEXT_CHARACTERS = 500_000
MAX_VOICES = 64

_START = Fraction(0)
_ONLY_VOICE = "1"
_PROGRAM = re.compile(r"\s*MIDI\s*=?\s*program\s+(?:\d{1,2}\s+)?(\d{1,3})(?!\d)")  # the channel before it does not matter
_LAST_PROGRAM = 127
_PROPAGATE = re.compile(r"\s*propagate-accidentals\s*=?\s*(not|octave|pitch)\b")


def read_abc(text: str) -> Tune:
    r"""Read a tune from ABC text.

    Args:
        text: anything; one tune of ABC 2.1 by intent. Beyond `MAX_TEXT_CHARACTERS` it is not read.

    Returns:
        The tune; one without voices where there is no music.

    >>> tune = read_abc("X:1\nT:Scale\nM:2/4\nL:1/8\nK:G\nGA Bc|d2 ^d>e|]")
    >>> [str(note.length_wn) for note in tune.voices[0].notes]
    ['1/8', '1/8', '1/8', '1/8', '1/4', '3/16', '1/16']
    >>> [note.pitch_midi for note in tune.voices[0].notes]
    [67, 69, 71, 72, 74, 75, 76]
    >>> tune.title, str(tune.metres[0][1]), str(tune.keys[0][1]), [str(length) for length in tune.bar_lengths_wn]
    ('Scale', '2/4', 'G', ['1/2', '1/2'])
    """
    reader = _TuneReader()
    for line in _tune_lines(text[:MAX_TEXT_CHARACTERS]):
        if not reader.read_line(line):
            break
    return reader.tune()


def _tune_lines(text: str) -> Iterator[str]:
    """The lines from the start of the first tune on."""
    lines = LINE_END.split(text)
    fields = [(index, field["letter"]) for index, line in enumerate(lines) if (field := FIELD_LINE.match(line))]
    starts = [index for index, letter in fields if letter == "X"] or [index for index, _ in fields] or [0]
    return iter(lines[starts[0] :])


class _TuneReader:
    """Reads the lines of one tune; each voice's music goes to its `VoiceReader`."""

    def __init__(self) -> None:
        self._header = Header()
        self._in_header = True
        self._has_number = False
        self._voices: dict[str, VoiceReader] = {}
        self._current: VoiceReader | None = None

    def read_line(self, line: str) -> bool:
        """Take in one line; False where the tune has ended before it."""
        if directive := DIRECTIVE_LINE.match(line):
            self._directive(directive["text"])
            return True
        if not line or line.isspace():
            return self._in_header
        line = COMMENT.sub("", line)
        field = (HEADER_LINE if self._in_header and self._has_number else FIELD_LINE).match(line)
        if not field:
            self._music(line)
        elif field["letter"] == "X":
            return self._is_first_number()
        elif self._in_header:
            self._header_field(field["letter"], field["text"])
        else:
            self._body_field(field["letter"], field["text"])
        return True

    def tune(self) -> Tune:
        """What has been read."""
        self._end_header()
        readers = list(self._voices.values())
        for reader in readers:
            reader.finish()
        bar_ends_wn = max((reader.bar_ends_wn for reader in readers), key=lambda ends_wn: ends_wn[-1:], default=[])
        length_wn = bar_ends_wn[-1] if bar_ends_wn else _START
        header = self._header
        return Tune(
            voices=tuple(reader.voice() for reader in readers),
            bar_lengths_wn=tuple(end_wn - start_wn for start_wn, end_wn in pairwise([_START, *bar_ends_wn])),
            metres=_common({_START: header.metre}, [reader.metres for reader in readers], length_wn),
            keys=_common({_START: header.key}, [reader.keys for reader in readers], length_wn),
            tempos=_common({_START: header.tempo} if header.tempo else {}, [reader.tempos for reader in readers], length_wn),
            title=header.title,
            composer=header.composer,
        )

    # --- Header ---

    def _is_first_number(self) -> bool:
        is_first = self._in_header and not self._has_number
        self._has_number = True
        return is_first

    def _header_field(self, letter: str, text: str) -> None:
        match letter:
            case "V":
                self._select_voice(text)
            case "I":
                self._directive(text)
            case _:
                self._header.read_field(letter, text)
                if letter == "K":
                    self._end_header()

    def _end_header(self) -> None:
        if self._in_header:
            self._in_header = False
            self._current = next(iter(self._voices.values()), None)
            for voice in self._voices.values():
                voice.begin(self._header)

    # --- Body ---

    def _music(self, line: str) -> None:
        if line:
            self._end_header()
        for token in MUSIC_TOKEN.finditer(line):
            if token.lastgroup == "field":
                self._body_field(token["field_letter"], token["field_text"])
            else:
                self._voice().read_token(token)

    def _body_field(self, letter: str, text: str) -> None:
        match letter:
            case "V":
                self._select_voice(text)
            case "M" if metre := read_metre(text):
                self._voice().set_metre(metre)
            case "K" if key := read_key(text):
                self._voice().set_key(key)
                self._voice().set_attributes(read_attributes(text))
            case "L" if unit_wn := read_unit(text):
                self._voice().set_unit(unit_wn)
            case "Q" if tempo := read_tempo(text, self._voice().unit_wn):
                self._voice().set_tempo(tempo)
            case "I":
                self._directive(text)

    def _directive(self, text: str) -> None:
        """A ``%%`` line or an ``I:`` field."""
        if match := _PROGRAM.match(text):
            self._set_program(int(match[1]))
        elif match := _PROPAGATE.match(text):
            self._header.reach_of_accidentals = REACH_OF_ACCIDENTALS[match[1]]
            for voice in self._voices.values():
                voice.reach_of_accidentals = self._header.reach_of_accidentals

    def _set_program(self, program: int) -> None:
        if program > _LAST_PROGRAM:
            return
        if self._in_header and not self._current:
            self._header.program = program
        else:
            self._voice().set_program(program)

    # --- Voices ---

    def _voice(self) -> VoiceReader:
        """The voice that the music belongs to; a tune that names none has one."""
        return self._current or self._select_voice(_ONLY_VOICE)

    def _select_voice(self, text: str) -> VoiceReader:
        """Go on with the voice of a ``V:`` field; voices beyond the bound are read for nothing."""
        field = read_voice(text)
        voice = self._voices.get(field.id)
        if voice is None:
            voice = VoiceReader()
            if not self._in_header:
                voice.begin(self._header)
            if len(self._voices) < MAX_VOICES:
                self._voices[field.id] = voice
        voice.set_attributes(field)
        self._current = voice
        return voice


def _common(header: dict[Fraction, T], by_voice: list[dict[Fraction, T]], length_wn: Fraction) -> Timed[T]:
    """Changes of several voices as changes of the tune; the first voice prevails over the later ones, and these over the header."""
    merged = dict(header)
    for changes in reversed(by_voice):
        merged |= changes
    return effective_changes(merged.items(), length_wn)
