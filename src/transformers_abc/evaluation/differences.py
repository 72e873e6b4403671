"""Where a transcription differs from its reference: lines and bars of the text, and notes.

Both texts are laid out anew by our writer first, so that only music differs; a text without music stands as it is. Notes differ as the
pitch loss counts them: edits of the matched voices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from transformers_abc.evaluation.figures import played_events
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.sounding import SoundingEvent
from transformers_abc.notation.writer import write_abc
from transformers_abc.scoring.compare import compare, most_events

MAX_LINES, MAX_LINE_CHARACTERS = 60, 400
_BAR_LINE = re.compile(r"(\s*[|:\[\]]*\|[|:\[\]\d]*\s*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line, and whether the other text has it too."""

    text: str
    is_same: bool


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line of the reference beside one of the prediction; None where one has none."""

    reference: Line | None
    prediction: Line | None

    @property
    def is_same(self) -> bool:
        return self.reference == self.prediction


class NoteKind(StrEnum):
    """A note that both have, or one alone."""

    SAME = "same"
    MISSED = "missed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class ColouredNote:
    """A note in seconds, and whether the other tune has it."""

    onset_s: float
    end_s: float
    pitch_midi: int
    kind: NoteKind


def laid_out(text: str) -> str:
    r"""A text as our writer has it, four bars a line and without titles; one without music, or that cannot be written, as it is.

    >>> laid_out("X:7\nT:Jig\nL:1/4\nK:C\nC D\nE F|").splitlines()[-1], laid_out("1, 2, 3")
    ('C2 D2 E2 F2 |]', '1, 2, 3')
    """
    tune = read_abc(text)
    if not tune.voices:
        return text
    try:
        return write_abc(replace(tune, number=1, title="", composer="", info=(), diagnostics=()))
    except ValueError:
        return text


def line_pairs(prediction: str, reference: str) -> list[LinePair]:
    r"""Lines beside each other, at most `MAX_LINES`.

    >>> for pair in line_pairs("K:C\nCD|EG|", "K:C\nCD|EF|"):
    ...     print(pair.is_same, [piece.text for piece in pair.prediction if not piece.is_same])
    True []
    False ['EG']
    """
    ours, theirs = _lines(prediction), _lines(reference)
    pairs = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        for place in range(max(i2 - i1, j2 - j1)):
            their = theirs[i1 + place] if i1 + place < i2 else None
            our = ours[j1 + place] if j1 + place < j2 else None
            pairs.append(_pair(our, their, kind == "equal"))
    return pairs


def _lines(text: str) -> list[str]:
    lines = text.strip().splitlines()
    kept = [line[:MAX_LINE_CHARACTERS] + ("…" if len(line) > MAX_LINE_CHARACTERS else "") for line in lines[:MAX_LINES]]
    return [*kept, f"… {len(lines) - MAX_LINES} more lines"] if len(lines) > MAX_LINES else kept


def _pair(prediction: str | None, reference: str | None, is_same: bool) -> LinePair:
    if is_same or prediction is None or reference is None:
        return LinePair(
            None if reference is None else (Piece(reference, is_same),), None if prediction is None else (Piece(prediction, is_same),)
        )
    theirs, ours = _BAR_LINE.split(reference), _BAR_LINE.split(prediction)
    blocks = SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks()
    common = [range(block.a, block.a + block.size) for block in blocks], [range(block.b, block.b + block.size) for block in blocks]
    return LinePair(tuple(_pieces(theirs, common[0])), tuple(_pieces(ours, common[1])))


def _pieces(parts: Sequence[str], common: Sequence[range]) -> Iterator[Piece]:
    for place, part in enumerate(parts):
        if part:
            yield Piece(part, any(place in places for places in common) or _BAR_LINE.fullmatch(part) is not None)


# --- Notes ---------------------------------------------------------------------------------------------------------------------------


def coloured_notes(prediction: str, reference: str) -> tuple[list[ColouredNote], list[ColouredNote]]:
    r"""The notes of the prediction and those of the reference, in seconds, by onset.

    >>> ours, theirs = coloured_notes("X:1\nL:1/4\nK:C\nCEG", "X:1\nL:1/4\nK:C\nCEF")
    >>> [str(note.kind) for note in ours], [str(note.kind) for note in theirs]
    (['same', 'same', 'added'], ['same', 'same', 'missed'])
    """
    their_events = played_events(reference)
    our_events = played_events(prediction, most_events(len(their_events)))
    theirs, ours = _by_voice(their_events), _by_voice(our_events)
    same_ours, same_theirs = set[SoundingEvent](), set[SoundingEvent]()
    for our, their in compare(prediction, reference).matching:
        if our < len(ours) and their < len(theirs):
            for a, b in _same_pitches(ours[our], theirs[their]):
                same_ours.add(a)
                same_theirs.add(b)
    return (
        [_coloured(event, NoteKind.SAME if event in same_ours else NoteKind.ADDED) for event in our_events],
        [_coloured(event, NoteKind.SAME if event in same_theirs else NoteKind.MISSED) for event in their_events],
    )


def _by_voice(events: Sequence[SoundingEvent]) -> list[list[SoundingEvent]]:
    """In the order of the voices that have notes, as `scoring.digest` numbers them."""
    voices: dict[int, list[SoundingEvent]] = {}
    for event in events:
        voices.setdefault(event.voice, []).append(event)
    return [voices[voice] for voice in sorted(voices)]


def _same_pitches(ours: Sequence[SoundingEvent], theirs: Sequence[SoundingEvent]) -> Iterator[tuple[SoundingEvent, SoundingEvent]]:
    pitches = [event.pitch_midi for event in ours], [event.pitch_midi for event in theirs]
    for block in Levenshtein.opcodes(*pitches).as_matching_blocks():
        yield from zip(ours[block.a : block.a + block.size], theirs[block.b : block.b + block.size], strict=True)


def _coloured(event: SoundingEvent, kind: NoteKind) -> ColouredNote:
    return ColouredNote(event.onset_s, event.end_s, event.pitch_midi, kind)
