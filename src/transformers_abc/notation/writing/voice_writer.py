"""The music of one voice as text, bar by bar; bar lines and lines of text are the business of `writer`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from transformers_abc.notation.ticks import Time
from transformers_abc.notation.tune import Key, Voice
from transformers_abc.notation.writing.bar_grid import BarGrid, Field
from transformers_abc.notation.writing.bar_rhythm import Slot, bar_rhythm
from transformers_abc.notation.writing.field_writer import field_text, inline_field, safe_text
from transformers_abc.notation.writing.layers import Stretch, Tone, split_into_layers, stretches, tones_of
from transformers_abc.notation.writing.marks_writer import Syllables, VoiceMarks
from transformers_abc.notation.writing.spelling import Accidentals

_REST, _INVISIBLE_REST = "z", "x"


class BarText(NamedTuple):
    """One bar of one voice.

    Attributes:
        music: the text, bar lines left out.
        syllables: what is sung to each written note or chord.
        has_overlays: whether the text goes through the bar more than once.
    """

    music: str
    syllables: Sequence[Syllables]
    has_overlays: bool


def bar_texts(voice: Voice, grid: BarGrid, fields: Mapping[Time, Sequence[Field]], where: str) -> list[BarText]:
    """The text of every bar of a voice.

    Args:
        voice: the voice.
        grid: the bars of the tune.
        fields: what changes within the tune and is to be said in this voice.
        where: the name of the voice for errors.

    Raises:
        ValueError: a note or mark lies outside the bars.
    """
    tones = tones_of(voice.notes, grid.ticks_per_whole)
    marks = VoiceMarks(voice.marks, grid.ticks_per_whole)
    _check_notes(tones, grid, where)
    _check_marks(marks, grid, where)
    return list(_VoiceWriter(grid, fields, marks).bars(split_into_layers(tones)))


def _check_notes(tones: Sequence[Tone], grid: BarGrid, where: str) -> None:
    tune_end = grid.edges[-1]
    for tone in tones:
        if tone.start < 0 or tone.end > tune_end:
            start_wn, end_wn, tune_end_wn = (Fraction(time) / grid.ticks_per_whole for time in (tone.start, tone.end, tune_end))
            raise ValueError(f"{where}: the note at {start_wn} ends at {end_wn}, but the bars reach from 0 to {tune_end_wn}")


def _check_marks(marks: VoiceMarks, grid: BarGrid, where: str) -> None:
    for time in (min(marks.times, default=0), max(marks.times, default=0)):
        if marks.times and not 0 <= time < grid.edges[-1]:
            time_wn, tune_end_wn = Fraction(time) / grid.ticks_per_whole, Fraction(grid.edges[-1]) / grid.ticks_per_whole
            raise ValueError(f"{where}: a mark or the end of a slur stands at {time_wn}, but the bars reach from 0 to {tune_end_wn}")


class _VoiceWriter:
    """Writes the bars of one voice in order; the accidentals in force are its state."""

    def __init__(self, grid: BarGrid, fields: Mapping[Time, Sequence[Field]], marks: VoiceMarks) -> None:
        self._grid = grid
        self._fields = fields
        self._marks = marks
        self._events = marks.times | fields.keys()
        self._accidentals = Accidentals(grid.key)

    def bars(self, layers: Sequence[Sequence[Tone]]) -> Iterator[BarText]:
        edges = self._grid.edges
        first_layer = stretches(layers[0], [*edges, *self._events])
        overlays = self._overlays(layers[1:])
        for bar, (start, end) in enumerate(pairwise(edges)):
            in_bar = [next(first_layer)]
            while in_bar[-1].end < end:
                in_bar.append(next(first_layer))
            self._accidentals.start_bar()
            slots = self._slots(in_bar, bar)
            texts = [self._music(in_bar, slots)]
            for overlay in overlays.get(bar, ()):
                self._accidentals.start_overlay()
                overlay = overlay or [Stretch(start, end, ())]
                texts.append(self._overlay_music(overlay, self._slots(overlay, bar)))
            yield BarText(" & ".join(texts), self._syllables(in_bar, slots), len(texts) > 1)

    def _overlays(self, layers: Sequence[Sequence[Tone]]) -> dict[int, list[list[Stretch]]]:
        """For each bar that needs overlays, their stretches; none for one that rests there while a later one does not."""
        grid = self._grid
        overlays: dict[int, list[list[Stretch]]] = {}
        for index, tones in enumerate(layers):
            bars = {bar for tone in tones for bar in range(grid.bar_at(tone.start), bisect_left(grid.edges, tone.end))}
            for bar in bars:
                in_bar = overlays.setdefault(bar, [])
                in_bar += ([] for _ in range(index + 1 - len(in_bar)))
            for stretch in stretches(tones, [edge for bar in bars for edge in grid.edges[bar : bar + 2]]):
                if (bar := grid.bar_at(stretch.start)) in bars:
                    overlays[bar][index].append(stretch)
        return overlays

    def _slots(self, in_bar: Sequence[Stretch], bar: int) -> Sequence[Slot]:
        grid = self._grid
        origin = grid.origins[bar]
        edges = (*[stretch.start - origin for stretch in in_bar], grid.edges[bar + 1] - origin)
        return bar_rhythm(edges, tuple([bool(stretch.tones) for stretch in in_bar]), grid.metres[bar], grid.ticks_per_whole)

    def _music(self, in_bar: Sequence[Stretch], slots: Sequence[Slot]) -> str:
        """The text of the first layer, with fields and marks."""
        marks, accidentals = self._marks, self._accidentals
        pieces: list[str] = []
        bar_start = in_bar[0].start
        for slot in slots:
            stretch = in_bar[slot.stretch]
            if slot.is_first and (start := stretch.start) in self._events:
                pieces += (slot.separator, self._fields_at(start), marks.slurs_begun(start), slot.tuplet)
                pieces += (marks.before_note(start, accidentals), self._event(stretch, slot, _REST, bar_start))
                pieces.append(marks.slurs_ended(start))
            else:
                pieces += (slot.separator, slot.tuplet, self._event(stretch, slot, _REST, bar_start))
        return "".join(pieces)

    def _overlay_music(self, in_bar: Sequence[Stretch], slots: Sequence[Slot]) -> str:
        return "".join(
            slot.separator + slot.tuplet + self._event(in_bar[slot.stretch], slot, _INVISIBLE_REST, in_bar[0].start) for slot in slots
        )

    def _event(self, stretch: Stretch, slot: Slot, rest: str, bar_start: Time) -> str:
        """A note, a chord or a rest."""
        tones = stretch.tones
        if not tones:
            return rest + slot.length
        goes_on = not slot.is_last
        accidentals = self._accidentals
        written = [tone.spelling.text for tone in tones]
        heads = []
        for tone, text in zip(tones, written, strict=True):
            if len(tones) > 1 and written.count(text) > 1:
                head = accidentals.sign_of_one_of_two(tone.spelling) + text
            else:
                head = accidentals.sign_of(tone.spelling, tied_over=tone.start < bar_start) + text
            heads.append((head, "-" if goes_on or tone.end > stretch.end else ""))
        if len(heads) == 1:
            return heads[0][0] + slot.length + heads[0][1]
        return f"[{''.join(head + tie for head, tie in heads)}]{slot.length}"

    def _fields_at(self, time: Time) -> str:
        fields = self._fields.get(time, ())
        for field in fields:
            if isinstance(field, Key):
                self._accidentals.change_key(field)
        texts = [f"P:{safe_text(field)}" if isinstance(field, str) else field_text(field) for field in fields]
        return "".join(map(inline_field, texts)) + " " * bool(texts)

    def _syllables(self, in_bar: Sequence[Stretch], slots: Sequence[Slot]) -> list[Syllables]:
        """What is sung to each written note of the first layer; nothing at all in voices without words."""
        if not self._marks.has_words:
            return []
        sung = (slot for slot in slots if in_bar[slot.stretch].tones)
        return [self._marks.syllables(in_bar[slot.stretch].start) if slot.is_first else {} for slot in sung]
