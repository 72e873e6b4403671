r"""What is written around the notes of a voice: slurs, grace notes, chord symbols, annotations, decorations, and the words below.

    - At one time stand, in this order: ``(``, [a tuplet head,] ``{grace notes}``, ``"chord symbol"``, ``"^annotation"``, ``!decoration!``.
    - Decorations that have a sign of one character get it.
    - In words, what means something there (``- _ * | ~ \`` and spaces) is escaped: ``\-``, ``~`` for a space, ``\u002a`` and so on.
    - Texts and names that come to nothing when they are put on one line are left out, and so is a second syllable of a verse at one time.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, sections 4.11 to 4.20 and 5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, Lyric, Mark, Slur, sorted_marks
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.ticks import Time, in_ticks
from transformers_abc.notation.writing.field_writer import quoted, safe_text, text_field
from transformers_abc.notation.writing.spelling import Accidentals, spelled

UNIT_WN = Fraction(1, 8)  # one unit for every tune, so that a letter alone always means the same length
HELD = "_"  # the text of a `Lyric` that holds the syllable before

_SIGN_OF_DECORATION = {
    "staccato": ".", "roll": "~", "fermata": "H", "accent": "L", "lowermordent": "M", "coda": "O", "uppermordent": "P", "segno": "S",
    "trill": "T", "upbow": "u", "downbow": "v",
}  # fmt: skip
_NO_NAME = re.compile(r'[\s!|%\\"\[\]]+')
_PLACEMENTS = "^_<>@"
_ESCAPED_IN_WORDS = str.maketrans({" ": "~", "-": r"\-"} | {sign: f"\\u{ord(sign):04x}" for sign in "_*|~"})
_NOTHING_SUNG = "*"
_BAR_ENDS = "|"
NO_WORDS = f"w:{_NOTHING_SUNG}"

Syllables = Mapping[int, str]  # by verse


class VoiceMarks:
    """The marks of one voice, by the time where they are written.

    Attributes:
        times: where a mark stands or a slur ends; the voice is cut there.
    """

    def __init__(self, marks: Iterable[tuple[Fraction, Mark]], ticks_per_whole: int) -> None:
        self._slur_starts: Counter[Time] = Counter()
        self._slur_ends: Counter[Time] = Counter()
        self._before_notes: dict[Time, list[Mark]] = {}
        self._syllables: dict[Time, dict[int, str]] = {}
        self.times: set[Time] = set()
        for onset_wn, mark in sorted_marks(marks):
            onset = in_ticks(onset_wn, ticks_per_whole)
            self.times.add(onset)
            if isinstance(mark, Slur):
                end = onset + in_ticks(mark.length_wn, ticks_per_whole)
                self._slur_starts[onset] += 1
                self._slur_ends[end] += 1
                self.times.add(end)
            elif isinstance(mark, Lyric):
                self._syllables.setdefault(onset, {}).setdefault(mark.verse, syllable_text(mark))
            else:
                self._before_notes.setdefault(onset, []).append(mark)

    @property
    def has_words(self) -> bool:
        return bool(self._syllables)

    def slurs_begun(self, time: Time) -> str:
        return "(" * self._slur_starts[time]

    def slurs_ended(self, time: Time) -> str:
        return ")" * self._slur_ends[time]

    def before_note(self, time: Time, accidentals: Accidentals) -> str:
        """What stands directly before the note or rest at `time`; `accidentals` takes note of those of grace notes."""
        return "".join(mark_text(mark, accidentals) for mark in self._before_notes.get(time, ()))

    def syllables(self, time: Time) -> Syllables:
        return self._syllables.get(time, {})


def mark_text(mark: Mark, accidentals: Accidentals) -> str:
    r"""A mark that stands directly before a note.

    >>> from transformers_abc.notation.marks import GraceNote
    >>> from transformers_abc.notation.tune import Key
    >>> grace = Grace((GraceNote(79, 0, UNIT_WN), GraceNote(78, 1, UNIT_WN / 2)), is_slashed=True)
    >>> marks = grace, ChordSymbol("Am7"), Annotation('"dolce"', "_"), Decoration("trill"), Decoration("crescendo(")
    >>> print(*(mark_text(mark, Accidentals(Key(0))) for mark in marks))
    {/g^f/2} "Am7" "_\u0022dolce\u0022" T !crescendo(!
    """
    match mark:
        case Grace(notes, is_slashed):
            heads = [(spelled(note.pitch_midi, note.alter), length_text(note.length_wn)) for note in notes]
            texts = [accidentals.sign_of_grace(head) + head.text + length for head, length in heads]
            return f"{{{'/' if is_slashed else ''}{''.join(texts)}}}" if texts else ""
        case ChordSymbol(text):
            return _chord_symbol(text)
        case Annotation(text, placement):
            known_placement = placement if len(placement) == 1 and placement in _PLACEMENTS else _PLACEMENTS[0]
            return quoted(known_placement + one_line(text)) if one_line(text) else ""
        case Decoration(name):
            safe_name = _NO_NAME.sub("", safe_text(name))
            return _SIGN_OF_DECORATION.get(safe_name, f"!{safe_name}!" if safe_name else "")
    raise TypeError(f"{mark!r} does not stand before a note")


def _chord_symbol(text: str) -> str:
    r"""A chord symbol; one that begins like an annotation begins with an escape.

    >>> print(_chord_symbol("C/E"), _chord_symbol("^C"))
    "C/E" "\u005eC"
    """
    symbol = quoted(text)
    if symbol[1] in _PLACEMENTS:
        return f'"\\u{ord(symbol[1]):04x}{symbol[2:]}'
    return symbol if len(symbol) > 2 else ""


def syllable_text(lyric: Lyric) -> str:
    r"""A syllable as it stands in a line of words.

    >>> print(*map(syllable_text, (Lyric("Twin", is_hyphenated=True), Lyric("of the"), Lyric("re-do"), Lyric("_"), Lyric("*"))))
    Twin- of~the re\-do _ \u002a
    """
    if lyric.text == HELD:
        return HELD
    text = safe_text(lyric.text).replace(r"\\", r"\u005c").translate(_ESCAPED_IN_WORDS)  # a hyphen may follow
    return text + "-" * lyric.is_hyphenated if text else _NOTHING_SUNG


def word_lines(bars: Sequence[tuple[Sequence[Syllables], bool]]) -> list[str]:
    """The ``w:`` lines below a line of music, one a verse.

    Args:
        bars: for each bar, the syllables of every written note or chord, and whether it has overlays. Readers may go on with the notes of
            these, so the words of such a line say where each bar ends.

    >>> bars = [[{1: "Twin-"}, {1: "kle"}, {}], [{}, {1: "star", 2: "far"}]]
    >>> word_lines([(bar, False) for bar in bars]), word_lines([(bar, True) for bar in bars])
    (['w:Twin- kle * * star', 'w:* * * * far'], ['w:Twin- kle | * star', 'w: | * far'])
    """
    verses = max((verse for syllables, _ in bars for place in syllables for verse in place), default=0)
    return [_word_line(bars, verse) for verse in range(1, verses + 1)]


def _word_line(bars: Sequence[tuple[Sequence[Syllables], bool]], verse: int) -> str:
    words: list[str] = []
    with_bar_ends = any(has_overlays for _, has_overlays in bars)
    for syllables, _ in bars:
        in_bar = [place.get(verse, _NOTHING_SUNG) for place in syllables]
        words += [*_without_blanks_at_end(in_bar), _BAR_ENDS] if with_bar_ends else in_bar
    while words and words[-1] in (_NOTHING_SUNG, _BAR_ENDS):
        words.pop()
    return text_field("w", " ".join(words)) if words else NO_WORDS


def _without_blanks_at_end(words: list[str]) -> list[str]:
    last = max((index for index, word in enumerate(words) if word != _NOTHING_SUNG), default=-1)
    return words[: last + 1]


def length_text(length_wn: Fraction) -> str:
    """A length in units: nothing for one, and ``/2`` for a half.

    >>> [length_text(Fraction(units) * UNIT_WN) for units in ("1", "6", "1/2", "3/2")]
    ['', '6', '/2', '3/2']
    """
    units = length_wn / UNIT_WN
    numerator = "" if units.numerator == 1 else str(units.numerator)
    return numerator + ("" if units.denominator == 1 else f"/{units.denominator}")
