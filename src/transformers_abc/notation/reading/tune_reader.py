"""One tune while it is being read: its lines go to the header, and the music of each voice to its `VoiceReader`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.marks import Annotation, Decoration, Mark
from transformers_abc.notation.reading.alignment import align, read_syllables, read_symbols
from transformers_abc.notation.reading.assembly import assemble
from transformers_abc.notation.reading.bar_reader import RestAllowance
from transformers_abc.notation.reading.fields import read_metre, read_tempo, read_unit, tempo_text
from transformers_abc.notation.reading.header import INFO_ORDER, Header
from transformers_abc.notation.reading.key_field import read_key, unread_key_text
from transformers_abc.notation.reading.length_reader import TickGrid, Ticks
from transformers_abc.notation.reading.lexer import (
    COMMENT,
    FIELD_LINE,
    HEADER_LINE,
    MUSIC_TOKEN,
    TOKEN_CACHE,
    continues_field,
    field_continuation,
    is_prose,
    looks_like_music,
    parse_token,
    without_backslash,
)
from transformers_abc.notation.reading.mark_reader import mark_of_string
from transformers_abc.notation.reading.voice_field import MAX_TRANSPOSE, VoiceField, read_attributes, read_voice
from transformers_abc.notation.reading.voice_reader import VoiceReader
from transformers_abc.notation.texts import read_text
from transformers_abc.notation.tune import Tune

MAX_VOICES = 64
MAX_LINES_BELOW = 20  # a line of music: verses and lines of symbols
MAX_NUMBER_DIGITS = 9

_ONLY_VOICE = "1"
_LAST_PROGRAM = 127
_DRUM_CHANNEL = 10
_MIDI = re.compile(r"MIDI\s*=?\s*(?P<command>\w+)\s*(?P<values>.*)", re.IGNORECASE)
_INTEGERS = re.compile(r"[+-]?\d{1,3}(?!\d)")
_SCORE = re.compile(r"(?:score|staves)\s+(?P<voices>.*)")
_VOICE_IN_SCORE = re.compile(r"[^\s(){}\[\]|*+]+")
_BLOCK = re.compile(r"%%begin(\w+)")
_NUMBER = re.compile(rf"\s*(\d{{1,{MAX_NUMBER_DIGITS}}})")


_TAG = re.compile(r"\s*</?[a-z]{1,20}>\s*$")  # like ``` a bound of the block that a model or a page puts a tune into
_HINTS = {
    "#♯♭": "; an accidental stands before its note: ^F, _B",
    "0123456789/": "; a length stands directly after its note, before a tie",
    "“”": '; a chord symbol stands between "',
    "{": "; grace notes end with }",
}
_FIELD_WITHIN = re.compile(r"(?<![\s,;])[\s,;]+(?=[A-Z]:)")
_FIELDS_WITHOUT_TEXT = "XMLK"  # their values hold no further colon
_HEADER_LETTERS = frozenset("ABCDFGHIKLMNOPQRSTUVWXZmrsw")


class TuneReader:
    """Reads the lines of one tune, which has so many characters; each voice's music goes to its `VoiceReader`."""

    def __init__(self, log: FaultLog, file_header: Header, characters: int) -> None:
        self._log = log
        self._header = copy(file_header)
        self._header.shorthands = dict(file_header.shorthands)
        self._header.macros = file_header.macros.of_tune(characters)
        self._grid = TickGrid(log)
        self._rests = RestAllowance(characters)
        self._in_header = True
        self._has_key = False
        self._has_music = False
        self._key_line = 0  # until there, the header may hold lines that are no fields
        self._number: int | None = None
        self._voices: dict[str, VoiceReader] = {}
        self._current: VoiceReader | None = None
        self._unnamed: VoiceReader | None = None  # the voice of a tune that has named none so far
        self._score_order: list[str] = []
        self._parts: dict[Ticks, str] = {}
        self._is_beyond_voices = False
        self._has_signs = False

    def read(self, lines: Sequence[str], first_number: int) -> None:
        """Take in the lines of one tune, the first of which has this number in its text."""
        block_end = ""
        self._has_signs = any("|" in line or FIELD_LINE.match(line) for line in lines)
        self._key_line = next((number for number, line in enumerate(lines, first_number) if line.startswith("K:")), 0)
        for index, line in enumerate(lines):
            self._log.line = first_number + index
            if block_end:
                block_end = "" if line.startswith(block_end) else block_end
            elif (comment := line.lstrip()).startswith("%"):
                block = _BLOCK.match(comment)
                block_end = f"%%end{block[1]}" if block else ""
                if comment.startswith("%%") and not block:
                    self._directive(COMMENT.sub("", comment[2:]).strip(), len(line) - len(comment) + 3)
            elif not line or line.isspace():
                if self._has_music:
                    self._report_rest(lines, index + 1, first_number)
                    return
            elif line.startswith("```") or _TAG.match(line):
                if self._has_music:
                    return
            elif not continues_field(lines, index):
                self._line(COMMENT.sub("", line) if "%" in line else line, field_continuation(lines, index + 1))

    def _report_rest(self, lines: Sequence[str], start: int, first_number: int) -> None:
        for index in range(start, len(lines)):
            if looks_like_music(lines[index]):
                self._log.add("after-the-end", 1, "an empty line ended the tune before this music", first_number + index)
                return

    def _line(self, line: str, continuation: str) -> None:
        field = (HEADER_LINE if self._in_header and self._number is not None else FIELD_LINE).match(line)
        if field:
            text = (without_backslash(field["text"]) or field["text"]) + continuation
            if self._in_header:
                self._header_field(field["letter"], text, field.start("text") + 1)
            else:
                self._body_field(field["letter"], text, field.start("text") + 1, is_inline=False)
        elif self._in_header and self._number is not None and self._log.line <= self._key_line:
            self._log.add("no-field", 1, f"{line.strip()[:20]!r} is no field; a field starts with a letter and a colon")
        else:
            self._music(line)

    def tune(self) -> Tune:
        """What has been read."""
        self._end_header(is_music=False)
        for reader in self._voices.values():
            reader.finish()
        if self._header.macros.are_exhausted:
            self._log.add("macros-limited", 1, "the macros put in more than a tune of this length may have; the rest is read as it stands")
        order = {voice_id: place for place, voice_id in enumerate(self._score_order)}
        readers = [self._voices[voice_id] for voice_id in sorted(self._voices, key=lambda voice_id: order.get(voice_id, len(order)))]
        if not any(reader.now for reader in readers):
            self._log.add("no-tune", 1, "there is no music")
        elif not self._has_signs:
            self._log.add("no-notation", 1, "there is neither a field nor a bar line; are these words?")
        elif not self._header.has_metre:
            self._log.add("no-metre", 1, "no M: field stands before the music; 4/4 is assumed", self._key_line or None)
        return assemble(self._header, readers, self._parts, self._log, 1 if self._number is None else self._number)

    # --- Header ---

    def _header_field(self, letter: str, text: str, column: int) -> None:
        """A line of the header, which may hold further fields where the first one is no free text."""
        start, shares_line = 0, False
        while (shares_line or letter in _FIELDS_WITHOUT_TEXT) and (within := _FIELD_WITHIN.search(text, start)):
            self._log.add("fields-on-one-line", column + within.end(), "a second field on this line; each has a line of its own")
            self._one_header_field(letter, text[start : within.start()], column + start)
            letter, start, shares_line = text[within.end()], within.end() + 2, True
        self._one_header_field(letter, text[start:], column + start)

    def _one_header_field(self, letter: str, text: str, column: int) -> None:
        match letter:
            case "X":
                number = _NUMBER.match(text)
                self._number = int(number[1]) if number else 1
                if not number:
                    self._log.add("bad-field", column, f"X: needs a number, not {text.strip()!r}")
            case "V":
                self._select_voice(text, column)
            case "I":
                self._directive(text.strip(), column)
            case "r" | "w" | "s":
                pass
            case _ if letter not in _HEADER_LETTERS:
                capital = letter.upper()
                hint = f"; did you mean {capital}:?" if capital in _HEADER_LETTERS else ""
                self._log.add("misplaced-field", column, f"{letter}: is no field of the header{hint}")
            case _:
                if not self._header.read_field(letter, text):
                    self._log.add("bad-field", column, f"{letter}: cannot be {text.strip()[:40]!r}")
                elif letter == "Q" and not self._header.tempo and (words := tempo_text(text)):
                    self._log.add("text-tempo", column, f"{words!r} has no number; it is kept as an annotation")
                if letter == "K":
                    self._check_key(text, column)
                    self._has_key = True
                    self._end_header()

    def _end_header(self, *, is_music: bool = True) -> None:
        if not self._in_header:
            return
        if is_music and not self._has_key:
            self._log.add("no-key", 1, "the header does not end with a K: field; C major is assumed")
        self._in_header = False
        self._current = next(iter(self._voices.values()), None)
        for voice in self._voices.values():
            voice.begin(self._header)
        if self._header.tempo_field and not self._header.tempo and (words := tempo_text(self._header.tempo_field)):
            self._voice().marks.add(Annotation(words))

    def _check_key(self, text: str, column: int) -> None:
        if read_key(text) and (unread := unread_key_text(text)):
            self._log.add("odd-key", column, f"{unread[:20]!r} says nothing about a key")

    # --- Body ---

    def _music(self, line: str) -> None:
        if is_prose(line):
            self._log.add("prose", 1, f"{line.strip()[:20]!r} is no music but words; put % before a comment")
            return
        if self._in_header:
            self._end_header()
        self._has_music = True
        columns: Sequence[int] = range(1, len(line) + 1)
        if self._header.macros:
            line, columns = self._header.macros.expand(line)
        handlers: dict[str, Callable[..., None]] = {}  # of the voice that the music belongs to, once there is any
        reached = 0
        for match in MUSIC_TOKEN.finditer(line):
            start, end = match.span()
            if start > reached:
                self._pass_over(line, reached, start, columns)
            reached = end
            token = TOKEN_CACHE.get(match[0]) or parse_token(match)
            kind = token.kind
            if kind == "FIELD":
                self._body_field(token.value[0], token.value[2:], columns[start] + 3)
                handlers = {}
                continue
            if not handlers:
                voice = self._voice()
                voice.begin_line()
                handlers = voice.handlers
            if kind in handlers:
                handlers[kind](token.value, columns[start])
        if reached < len(line):
            self._pass_over(line, reached, len(line), columns)

    def _pass_over(self, line: str, start: int, end: int, columns: Sequence[int]) -> None:
        unknown = line[start:end].strip()
        if unknown:
            column = columns[line.index(unknown, start)]
            hint = next((hint for sign, hint in _HINTS.items() if unknown[0] in sign), "")
            self._log.add("unknown-character", column, f"{unknown[:20]!r} is no ABC{hint}")

    def _body_field(self, letter: str, text: str, column: int, *, is_inline: bool = True) -> None:
        match letter:
            case "V":
                self._select_voice(text, column)
            case "w" | "s" if is_inline:
                self._log.add("misplaced-field", column, f"{letter}: stands on a line of its own")
            case "w":
                self._lyrics(text, column)
            case "s":
                self._symbols(text, column)
            case "K" | "M" | "L" | "Q" | "P" | "T":
                if not self._change(self._voice(), letter, text, column):
                    self._log.add("bad-field", column, f"{letter}: cannot be {text.strip()[:40]!r}")
            case "I":
                self._directive(text.strip(), column)
            case "U":
                if not self._header.define_shorthand(text):
                    self._log.add("bad-field", column, f"{text.strip()[:40]!r} defines no sign; write U:T = !trill!")
            case "m":
                if not self._header.macros.define(text):
                    self._log.add("bad-field", column, f"{text.strip()[:40]!r} defines no macro; write m:~G3 = G{{A}}G{{F}}G")
            case "r":
                pass
            case "X":
                self._log.add("misplaced-field", column, "X: starts a tune and stands on a line of its own")
            case _ if letter in INFO_ORDER:
                self._header.read_field(letter, text)
            case _:
                self._log.add("misplaced-field", column, f"{letter}: is no field of the standard")

    def _change(self, voice: VoiceReader, letter: str, text: str, column: int) -> bool:
        """A change of what the header says; False where it cannot be read."""
        match letter:
            case "K":
                key, attributes = read_key(text), read_attributes(text)
                voice.set_attributes(attributes)
                self._check_key(text, column)
                if key:
                    voice.set_key(key)
                return key is not None or attributes != VoiceField("")
            case "M" if metre := read_metre(text):
                self._header.has_metre |= not voice.now
                voice.set_metre(metre)
            case "L" if unit_wn := read_unit(text):
                voice.lengths.set_unit(unit_wn)
            case "Q" if tempo := read_tempo(text, voice.lengths.unit_wn):
                voice.set_tempo(tempo)
            case "Q" if words := tempo_text(text):
                self._log.add("text-tempo", column, f"{words!r} has no number; it is kept as an annotation")
                voice.marks.add(Annotation(words))
            case "P":
                if label := read_text(text):
                    self._parts.setdefault(voice.now, label)
            case "T":
                if title := read_text(text):
                    voice.marks.add(Annotation(title))
            case _:
                return False
        return True

    def _lyrics(self, text: str, column: int) -> None:
        """A line of lyrics; the second under the same notes is the second verse."""
        voice = self._voice()
        voice.verse += 1
        voice.lines_below += 1
        if voice.lines_below > MAX_LINES_BELOW:
            return
        placed, left_over = align(read_syllables(text, voice.verse), voice.slots)
        for time, lyric in placed:
            if (time, voice.verse) in voice.sung:  # one syllable a time and verse: an overlay's do not join those of the first layer
                left_over += 1
                continue
            voice.sung.add((time, voice.verse))
            voice.marks.placed.append((time, lyric))
        if left_over:
            self._log.add("too-many-syllables", column, f"{left_over} syllables have no note")

    def _symbols(self, text: str, column: int) -> None:
        voice = self._voice()
        voice.lines_below += 1
        if voice.lines_below > MAX_LINES_BELOW:
            return
        placed, left_over = align(read_symbols(text), voice.slots)
        for time, symbol in placed:
            if mark := self._symbol(symbol):
                voice.marks.placed.append((time, mark))
            else:
                self._log.add("unknown-decoration", column, f"{symbol[:20]} is no symbol")
        if left_over:
            self._log.add("too-many-syllables", column, f"{left_over} symbols have no note")

    def _symbol(self, symbol: str) -> Mark | None:
        if symbol[0] == '"':
            return mark_of_string(symbol.strip('"'))
        meaning = self._header.decoration(symbol)
        return Decoration(meaning) if meaning else None

    # --- Directives ---

    def _directive(self, text: str, column: int) -> None:
        """A ``%%`` line or an ``I:`` field; those about layout are passed over."""
        if match := _MIDI.match(text):
            self._midi(match["command"].lower(), [int(number) for number in _INTEGERS.findall(match["values"])[:2]], column)
        elif self._header.read_directive(text):
            for voice in self._voices.values():
                voice.pitches.set_reach(self._header.reach_of_accidentals)
        elif match := _SCORE.match(text):
            self._score_order = _VOICE_IN_SCORE.findall(match["voices"])

    def _midi(self, command: str, values: list[int], column: int) -> None:
        is_for_all = self._in_header and not self._current
        if command == "program" and values and 0 <= values[-1] <= _LAST_PROGRAM:  # a channel may stand before it
            if is_for_all:
                self._header.program = values[-1]
            else:
                self._voice().set_program(values[-1], column)
        elif command == "transpose" and values:
            semitones = max(min(values[0], MAX_TRANSPOSE), -MAX_TRANSPOSE)
            if is_for_all:
                self._header.semitones = semitones
            else:
                self._voice().set_midi_transposition(semitones)
        elif command == "nobarlines":
            self._directive("propagate-accidentals not", column)
        elif command == "channel" and values == [_DRUM_CHANNEL]:
            self._voice().set_attributes(VoiceField("", clef="perc"))
        elif command in ("program", "transpose", "rtranspose", "drum", "drummap", "beat", "grace", "droneon"):
            self._log.add("unread-directive", column, f"%%MIDI {command} is not read")

    # --- Voices ---

    def _voice(self) -> VoiceReader:
        """The voice that the music belongs to; a tune that names none has one."""
        if self._current is None:
            self._unnamed = self._select_voice(_ONLY_VOICE, 1)
            return self._unnamed
        return self._current

    def _select_voice(self, text: str, column: int) -> VoiceReader:
        """Go on with the voice of a ``V:`` field; voices beyond the bound are read for nothing."""
        field = read_voice(text)
        voice = self._voices.get(field.id)
        if voice is None and self._unnamed and not self._unnamed.slots and not self._unnamed.now:
            # Fields before the first V: belong to its voice.
            voice = self._voices[field.id] = self._voices.pop(_ONLY_VOICE)
        self._unnamed = None
        if voice is None:
            is_beyond = len(self._voices) >= MAX_VOICES
            voice = VoiceReader(FaultLog() if is_beyond else self._log, self._grid, self._rests)
            if not self._in_header:
                voice.begin(self._header)
            if not is_beyond:
                self._voices[field.id] = voice
            elif not self._is_beyond_voices:
                self._is_beyond_voices = True
                self._log.add("too-many-voices", column, f"a tune has at most {MAX_VOICES} voices")
        voice.set_attributes(field)
        self._current = voice
        return voice
