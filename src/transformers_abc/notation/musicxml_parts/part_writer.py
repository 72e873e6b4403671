"""One voice of a tune as a ``<part>``: its measures with bar lines, attributes, directions and the notes of every layer.

Times are in the ticks of `BarGrid`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from typing import NamedTuple
from xml.etree import ElementTree

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Mark
from transformers_abc.notation.musicxml_parts.attributes import add_clef, add_key, add_metre, add_tempo, add_tempo_sound
from transformers_abc.notation.musicxml_parts.element import add
from transformers_abc.notation.musicxml_parts.harmony import add_chord_symbol
from transformers_abc.notation.musicxml_parts.layers import Written, written_bars
from transformers_abc.notation.musicxml_parts.names import DYNAMICS, LINES_IN_DIRECTIONS, NAVIGATION, SIGNS_IN_DIRECTIONS
from transformers_abc.notation.musicxml_parts.note_writer import NoteWriter, PrintedAccidentals, grace_pitches
from transformers_abc.notation.musicxml_parts.voice_plan import Line, VoicePlan
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.ticks import Time, in_ticks
from transformers_abc.notation.tune import BarLine, Key, Metre, Tempo, Tune, Voice, effective_changes
from transformers_abc.notation.writing.bar_grid import BarGrid

_STYLES = {"||": "light-light", "|]": "light-heavy", "[|": "heavy-light"}
_PLACEMENTS = {"^": "above", "_": "below"}
_ALIGNMENTS = {"<": "right", ">": "left"}


class PartName(str):
    """The label of a part, as a direction."""


Direction = Mark | Line | Tempo | PartName


class EndingStop(NamedTuple):
    """Where the bracket of an ending stops: at the end of which bar, and whether a line goes down there."""

    bar: int
    endings: tuple[int, ...]
    is_closed: bool


class Score:
    """What all parts have in common.

    Attributes:
        grid: the bars.
        changes: metres and keys by time.
        directions: tempos and the labels of parts, by time; they are written in the first part.
        ending_stops: by bar.
    """

    def __init__(self, tune: Tune, grid: BarGrid) -> None:
        self.grid = grid
        length_wn, ticks = tune.length_wn, grid.ticks_per_whole
        self.changes: dict[Time, list[Metre | Key]] = {}
        for key_or_metre in (effective_changes(tune.keys, length_wn), effective_changes(tune.metres, length_wn)):
            for onset_wn, change in key_or_metre:
                self.changes.setdefault(in_ticks(onset_wn, ticks), []).append(change)
        self.directions: list[tuple[Time, Direction]] = [
            (in_ticks(onset_wn, ticks), PartName(label)) for onset_wn, label in tune.parts if 0 <= onset_wn < length_wn
        ]
        self.directions += [(in_ticks(onset_wn, ticks), tempo) for onset_wn, tempo in effective_changes(tune.tempos, length_wn)]
        self.ending_stops = {stop.bar: stop for stop in ending_stops(grid.lines)}


def ending_stops(lines: Sequence[BarLine]) -> Iterator[EndingStop]:
    """Where endings stop, which a tune does not say: at the next bar line that says something, the last one after as many bars as the
    one before it.

    >>> lines = [BarLine(), BarLine(endings=(1,)), BarLine(plays=2, endings=(2,)), BarLine(), BarLine(), BarLine(style="||"), BarLine()]
    >>> list(ending_stops(lines))    # doctest: +NORMALIZE_WHITESPACE
    [EndingStop(bar=1, endings=(1,), is_closed=True), EndingStop(bar=2, endings=(2,), is_closed=False)]
    """
    spoken = [index for index, line in enumerate(lines) if line != BarLine()]
    bars_before = 0
    for start in spoken:
        if not lines[start].endings or start == len(lines) - 1:
            bars_before = 0
            continue
        next_line = next((index for index in spoken if index > start), len(lines) - 1)
        end = min(next_line, start + bars_before) if bars_before else next_line
        bars_before = end - start
        yield EndingStop(end - 1, lines[start].endings, end == next_line)


class PartWriter:
    """Writes one voice; made first for all voices, since ``<divisions>`` depends on all of them.

    Args:
        score: what all parts have in common.
        voice: the voice.
        where: its name for errors.
        is_first: whether tempos and labels are written here.
    """

    def __init__(self, score: Score, voice: Voice, where: str, *, is_first: bool) -> None:
        self._score, self._voice, self._grid = score, voice, score.grid
        self._plan = VoicePlan(voice, score.grid, where)
        self._directions: list[tuple[Time, Direction]] = [*self._plan.directions]
        if is_first:
            self._directions = sorted([*score.directions, *self._directions], key=lambda direction: direction[0])
        self._plan.cuts[0].update(score.changes)
        self._layers = [written_bars(layer, cuts, score.grid) for layer, cuts in zip(self._plan.layers, self._plan.cuts, strict=True)]
        self._accidentals = PrintedAccidentals(score.grid.key)

    def common_ticks(self) -> int:
        """The longest unit that all durations and offsets are multiples of."""
        times = [written.start for layer in self._layers for bar in layer for written in bar]
        return gcd(*map(int, (*times, *self._grid.edges, *(time for time, _ in self._directions))))

    def add_measures(self, part: ElementTree.Element, ticks_per_division: int) -> None:
        """Append all measures."""
        self._notes = NoteWriter(ticks_per_division)
        self._ticks_per_division = ticks_per_division
        grid = self._grid
        has_pickup = len(grid.edges) > 1 and grid.origins[0] != grid.edges[0]
        first = 0
        for bar in range(len(grid.edges) - 1):
            after = bisect_left(self._directions, grid.edges[bar + 1], key=lambda direction: direction[0])
            measure = add(part, "measure", number=str(bar + 1 - has_pickup), implicit="yes" if has_pickup and bar == 0 else "")
            self._add_measure(measure, bar, self._directions[first:after])
            first = after

    def _add_measure(self, measure: ElementTree.Element, bar: int, directions: Sequence[tuple[Time, Direction]]) -> None:
        grid = self._grid
        _add_line_before(measure, grid.lines[bar])
        if bar == 0:
            self._add_first_attributes(measure)
        layers = {
            index: layer[bar]
            for index, layer in enumerate(self._layers)
            if index == 0 or any(written.chord or (index, written.start) in self._plan.at_notes for written in layer[bar])
        }
        signs = self._signs(layers)
        last_onset = max(written.start for layer in layers.values() for written in layer)
        at_end = [what for time, what in directions if time == last_onset and _is_navigation(what)]
        waiting = [(time, what) for time, what in directions if not (time == last_onset and _is_navigation(what))]
        for index, layer in layers.items():
            if index:
                add(add(measure, "backup"), "duration", int(grid.edges[bar + 1] - grid.edges[bar]) // self._ticks_per_division)
            for written in layer:
                if index == 0:
                    self._add_changes(measure, written.start)
                    while waiting and waiting[0][0] < written.end:
                        time, what = waiting.pop(0)
                        self._add_direction(measure, what, time - written.start)
                at_note = self._plan.at_notes.get((index, written.start))
                self._notes.add_value(measure, written, index, at_note, *signs[index, written.start])
        for what in at_end:
            self._add_direction(measure, what, 0)
        _add_line_after(measure, grid.lines[bar + 1], self._score.ending_stops.get(bar), is_last=bar + 2 == len(grid.edges))

    def _signs(self, layers: Mapping[int, Sequence[Written]]) -> dict[tuple[int, Time], tuple[list[str], list[str]]]:
        """The accidentals of the notes and grace notes of every value in a bar; they depend on the order in time, across layers."""
        self._accidentals.start_bar()
        signs = {}
        in_time = sorted(
            ((written.start, index, written) for index, layer in layers.items() for written in layer), key=lambda item: item[:2]
        )
        for start, index, written in in_time:
            if index == 0:
                for change in self._score.changes.get(start, ()):
                    if isinstance(change, Key):
                        self._accidentals.change_key(change)
            at_note = self._plan.at_notes.get((index, start))
            graces = [self._accidentals.sign_of(note) for note in grace_pitches(at_note.graces)] if at_note else []
            notes = written.chord.notes if written.chord else ()
            is_tied_over = written.chord is not None and written.chord.start < start
            signs[index, start] = ([""] * len(notes) if is_tied_over else [self._accidentals.sign_of(note) for note in notes]), graces
        return signs

    # --- Attributes and directions --------------------------------------------------------------------------------------------------

    def _add_first_attributes(self, measure: ElementTree.Element) -> None:
        attributes = add(measure, "attributes")
        add(attributes, "divisions", self._grid.ticks_per_whole // 4 // self._ticks_per_division)
        self._add_key_and_metre(attributes, 0)
        add_clef(attributes, self._voice.clef)

    def _add_changes(self, measure: ElementTree.Element, time: Time) -> None:
        if time > 0 and time in self._score.changes:
            self._add_key_and_metre(add(measure, "attributes"), time)

    def _add_key_and_metre(self, attributes: ElementTree.Element, time: Time) -> None:
        for change in self._score.changes.get(time, ()):
            add_key(attributes, change) if isinstance(change, Key) else add_metre(attributes, change)

    def _add_direction(self, measure: ElementTree.Element, what: Direction, offset: Time) -> None:
        """Append what stands between the notes, `offset` after the value that comes next."""
        if isinstance(what, ChordSymbol):
            harmony = add(measure, "harmony")
            add_chord_symbol(harmony, what.text)
            self._add_offset(harmony, offset)
            return
        direction = add(measure, "direction", placement=_placement(what))
        sound: dict[str, str] = {}
        match what:
            case Tempo():
                add_tempo(direction, what)
            case PartName():
                add(add(direction, "direction-type"), "rehearsal", one_line(what))
            case Annotation(text, placement):
                add(add(direction, "direction-type"), "words", one_line(text), halign=_ALIGNMENTS.get(placement, ""))
            case Line():
                _add_line(add(direction, "direction-type"), what)
            case Decoration(name):
                sound = _add_decoration(direction, name)
        self._add_offset(direction, offset)
        if isinstance(what, Tempo):
            add_tempo_sound(direction, what)
        elif sound:
            add(direction, "sound", **sound)

    def _add_offset(self, element: ElementTree.Element, offset: Time) -> None:
        if offset:
            add(element, "offset", int(offset) // self._ticks_per_division)


def _is_navigation(what: Direction) -> bool:
    return isinstance(what, Decoration) and what.name in NAVIGATION


def _placement(what: Direction) -> str:
    match what:
        case Annotation(_, placement):
            return _PLACEMENTS.get(placement, "")
        case Decoration(name) if name in DYNAMICS:
            return "below"
        case Line(name) if LINES_IN_DIRECTIONS[name][0] == "wedge":
            return "below"
    return "above"


def _add_line(direction_type: ElementTree.Element, line: Line) -> None:
    tag, start_type, size = LINES_IN_DIRECTIONS[line.name]
    add(direction_type, tag, type=start_type if line.is_start else "stop", number=str(line.number), size=size)


def _add_decoration(direction: ElementTree.Element, name: str) -> dict[str, str]:
    """Append a decoration that is no sign at a note; return what its ``<sound>`` says."""
    direction_type = add(direction, "direction-type")
    if name in DYNAMICS:
        add(add(direction_type, "dynamics"), name)
    elif name in SIGNS_IN_DIRECTIONS:
        add(direction_type, name)
        return {name: name}
    elif name in NAVIGATION:
        words, sound = NAVIGATION[name]
        add(direction_type, "words", words)
        return sound
    else:
        add(direction_type, "words", one_line(name), font_style="italic")
        add(add(direction, "direction-type"), "other-direction", one_line(name), print_object="no")
    return {}


# --- Bar lines ----------------------------------------------------------------------------------------------------------------------


def _add_line_before(measure: ElementTree.Element, line: BarLine) -> None:
    """What of a bar line stands at the left of the measure after it."""
    style = "heavy-light" if line.starts_repeat or line.style == "[|" else ""
    if not style and not line.endings:
        return
    barline = add(measure, "barline", location="left")
    if style:
        add(barline, "bar-style", style)
    if line.endings:
        add(barline, "ending", number=_numbers(line.endings), type="start")
    if line.starts_repeat:
        add(barline, "repeat", direction="forward")


def _add_line_after(measure: ElementTree.Element, line: BarLine, stop: EndingStop | None, *, is_last: bool) -> None:
    """What of a bar line stands at the right of the measure before it; a tune ends with a heavy line."""
    style = "light-heavy" if line.plays > 1 or is_last else _STYLES.get(line.style, "") if line.style != "[|" else ""
    if not style and stop is None:
        return
    barline = add(measure, "barline", location="right")
    if style:
        add(barline, "bar-style", style)
    if stop is not None:
        add(barline, "ending", number=_numbers(stop.endings), type="stop" if stop.is_closed else "discontinue")
    if line.plays > 1:
        add(barline, "repeat", direction="backward", times=str(line.plays) if line.plays > 2 else "")


def _numbers(endings: Sequence[int]) -> str:
    return ", ".join(map(str, endings))
