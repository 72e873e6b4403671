"""Tunes to MusicXML: what is written where, and that reading gives the same tune back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, GraceNote, Lyric, Mark, Slur, sorted_marks
from transformers_abc.notation.musicxml import parse_musicxml, read_musicxml
from transformers_abc.notation.musicxml_parts.part_writer import ending_stops
from transformers_abc.notation.musicxml_writer import compressed_musicxml, write_musicxml
from transformers_abc.notation.tune import LETTERS, BarLine, Key, Metre, Note, Tempo, Tune, Voice

QUARTETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "openscore_quartets"
ONE_BAR = (F(1),)


def notes(*events: tuple[str, int], unit: int = 4) -> tuple[Note, ...]:
    """Notes one after the other: pitches joined by ``+`` (``r`` for none), and lengths in parts of a whole note."""
    made, now = [], F(0)
    for pitches, length in events:
        made += [Note(now, F(length, unit), int(pitch)) for pitch in pitches.split("+") if pitch != "r"]
        now += F(length, unit)
    return tuple(made)


FOUR_QUARTERS = notes(*[("60", 1)] * 4)


def tune(voice_notes: tuple[Note, ...], *marks: tuple[F | int, Mark], bars: tuple[F, ...] = ONE_BAR, **fields: object) -> Tune:
    voice = Voice(voice_notes, marks=sorted_marks((F(at), mark) for at, mark in marks))
    return replace(Tune((voice,), bars), **fields)  # type: ignore[arg-type]


def again(written: Tune) -> Tune:
    return parse_musicxml(write_musicxml(written).encode("utf-8"))


def elements(written: Tune, path: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(write_musicxml(written)).findall(path)


def outline(element: ElementTree.Element) -> str:
    """An element in short: ``tag key=value (children)``, texts after a colon."""
    attributes = "".join(f" {name}={value}" for name, value in element.attrib.items())
    children = f" ({', '.join(map(outline, element))})" if len(element) else ""
    text = f":{element.text.strip()}" if element.text and element.text.strip() else ""
    return element.tag + attributes + text + children


def rhythm(written: Tune) -> list[str]:
    """Each note: voice, ``r`` for a rest, type, dots, the numbers of its tuplet, ties, and ends of brackets."""
    said = []
    for note in elements(written, "part/measure/note"):
        tuplet = "/".join(number.text or "" for number in note.findall("time-modification/*"))
        ends = [f"tie-{tie.get('type')}" for tie in note.findall("tie")] + [str(t.get("type")) for t in note.findall("notations/tuplet")]
        what = ("r" if note.find("rest") is not None else "") + note.findtext("type", "bar") + "." * len(note.findall("dot"))
        said.append(" ".join(filter(None, (note.findtext("voice"), "+" * (note.find("chord") is not None) + what, tuplet, *ends))))
    return said


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(tune(()), ["1 rbar"], id="an empty bar"),
        pytest.param(tune((), bars=(F(1, 4), F(1))), ["1 rquarter", "1 rbar"], id="a pickup rests in values, since it fills no bar"),
        pytest.param(tune(notes(("60+64", 2), ("60", 1))), ["1 half", "1 +half", "1 quarter", "1 rquarter"], id="chord and rest"),
        pytest.param(
            tune(notes(("60", 5), unit=8), bars=(F(5, 8),), metres=((F(0), Metre(5, 8)),)),
            ["1 half tie-start", "1 eighth tie-stop"],
            id="five eighths are two values",
        ),
        pytest.param(
            tune(notes(("r", 3), ("60", 3)), bars=ONE_BAR * 2),
            ["1 rhalf.", "1 quarter tie-start", "1 half tie-stop", "1 rhalf"],
            id="tie over a bar line",
        ),
        pytest.param(
            tune(notes(*[("60", 1)] * 3, unit=12), bars=(F(1, 4),), metres=((F(0), Metre(1, 4)),)),
            ["1 eighth 3/2 start", "1 eighth 3/2", "1 eighth 3/2 stop"],
            id="triplet",
        ),
        pytest.param(
            tune((Note(F(0), F(1), 60), *notes(("72", 2), ("74", 2)))),
            ["1 half", "1 half", "2 whole"],
            id="what overlaps gets a voice of its own",
        ),
        pytest.param(
            tune((Note(F(0), F(1), 60), Note(F(1, 2), F(1, 4), 72))),
            ["1 whole", "2 rhalf", "2 quarter", "2 rquarter"],
            id="the second voice is filled up with rests",
        ),
        pytest.param(tune((Note(F(0), F(1), 60), Note(F(0), F(1), 60))), ["1 whole", "2 whole"], id="a unison is no chord"),
    ],
)  # fmt: skip
def test_rhythm(written: Tune, expected: list[str]) -> None:
    assert rhythm(written) == expected
    assert again(written).voices[0].notes == written.voices[0].notes
    assert again(written).bar_lengths_wn == written.bar_lengths_wn


def test_elevenths_have_no_bracket_but_exact_lengths() -> None:
    written = tune(notes(("60", 1), ("62", 10), unit=11))
    assert rhythm(written)[0] == "1 eighth 11/8"
    assert not elements(written, "part/measure/note/notations/tuplet")
    assert again(written) == written


def test_hidden_rests_only_beside_the_first_voice() -> None:
    written = tune((Note(F(0), F(3, 4), 60), Note(F(1, 2), F(1, 4), 72)))
    rests = [note for note in elements(written, "part/measure/note") if note.find("rest") is not None]
    assert [(rest.findtext("voice"), rest.get("print-object")) for rest in rests] == [("1", None), ("2", "no"), ("2", "no")]


def test_beams_and_accidentals() -> None:
    pitches = [(61, 1), (61, 1), (60, 0), (60, 0), (60, 0)]
    sixteenths = tuple(Note(F(index, 16), F(1, 16), *pitch) for index, pitch in enumerate(pitches))
    written = elements(tune(sixteenths), "part/measure/note")
    beams = [" ".join(f"{beam.get('number')}:{beam.text}" for beam in note.findall("beam")) for note in written]
    assert beams[:5] == ["1:begin 2:begin", "1:continue 2:continue", "1:continue 2:continue", "1:end 2:end", ""]
    assert [note.findtext("accidental", "") for note in written if note.find("pitch") is not None] == ["sharp", "", "natural", "", ""]
    dotted = elements(tune(notes(("60", 3), ("60", 1), unit=16)), "part/measure/note")
    assert [outline(beam) for note in dotted for beam in note.findall("beam")] == [
        "beam number=1:begin", "beam number=1:end", "beam number=2:backward hook",
    ]  # fmt: skip


def test_a_tie_over_the_bar_line_needs_no_accidental_but_the_next_note_does() -> None:
    written = tune((Note(F(1, 2), F(1), 61, 1), Note(F(3, 2), F(1, 4), 61, 1)), bars=ONE_BAR * 2)
    signs = [note.findtext("accidental", "") for note in elements(written, "part/measure/note") if note.find("pitch") is not None]
    assert signs == ["sharp", "", "sharp"]


@pytest.mark.parametrize(
    ("mark", "path", "expected"),
    [
        (Decoration("staccato"), "note/notations", ["notations (articulations (staccato))"]),
        (Decoration("invertedfermata"), "note/notations", ["notations (fermata type=inverted)"]),
        (Decoration("//"), "note/notations", ["notations (ornaments (tremolo type=single:2))"]),
        (Decoration("mf"), "direction", ["direction placement=below (direction-type (dynamics (mf)))"]),
        (Decoration("segno"), "direction", ["direction placement=above (direction-type (segno), sound segno=segno)"]),
        (Annotation("dolce", "_"), "direction", ["direction placement=below (direction-type (words:dolce))"]),
        (Annotation("left", "<"), "direction", ["direction (direction-type (words halign=right:left))"]),
        (ChordSymbol("Bbm7/F"), "harmony",
         ["harmony (root (root-step:B, root-alter:-1), kind text=m7:minor-seventh, bass (bass-step:F))"]),
        (ChordSymbol("N.C."), "harmony", ["harmony (root (root-step text=:C), kind text=N.C.:none)"]),
        (Lyric("Twin", 2, True), "note/lyric", ["lyric number=2 (syllabic:begin, text:Twin)"]),
        (Lyric("_"), "note/lyric", ["lyric number=1 (extend)"]),
        (Grace((GraceNote(61, 1, F(3, 16)),), True), "note[grace]",
         ["note (grace slash=yes, pitch (step:C, alter:1, octave:4), voice:1, type:eighth, dot, accidental:sharp)"]),
    ],
)  # fmt: skip
def test_marks(mark: Mark, path: str, expected: list[str]) -> None:
    written = tune(FOUR_QUARTERS, (F(1, 4), mark))
    assert [outline(element) for element in elements(written, f"part/measure/{path}")] == expected
    assert again(written).voices[0].marks == ((F(1, 4), mark),)


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        pytest.param([(0, Slur(F(1, 2))), (F(1, 2), Slur(F(1, 4)))], None, id="slurs that touch"),
        pytest.param([(0, Slur(F(3, 4))), (F(1, 4), Slur(F(1, 4)))], None, id="slurs within slurs"),
        pytest.param([(F(1, 8), Slur(F(1, 2)))], None, id="a slur from within a note to within a note"),
        pytest.param([(F(5, 16), ChordSymbol("G7")), (F(5, 16), Annotation("soon"))], None, id="between the notes"),
        pytest.param([(0, Decoration("crescendo(")), (F(3, 4), Decoration("crescendo)"))], None, id="wedge"),
        pytest.param([(0, Decoration("trill(")), (F(3, 4), Decoration("trill)"))], None, id="a line at notes"),
        pytest.param([(0, Decoration("8va(")), (F(3, 4), Decoration("8va)"))], None, id="octave line"),
        pytest.param([(F(3, 4), Decoration("D.C.alfine"))], None, id="da capo at the last note"),
        pytest.param([(F(1, 4), Decoration("fine")), (F(1, 4), Decoration("fermata"))], None, id="fine within the bar"),
        pytest.param([(0, Decoration("shortphrase"))], None, id="a sign that MusicXML does not have"),
        pytest.param([(0, Decoration("trill")), (0, Decoration("accent")), (0, Decoration("turn"))], None, id="the order of signs"),
        pytest.param(
            [(0, Decoration("staccato")), (0, Decoration("p"))], [(0, Decoration("p")), (0, Decoration("staccato"))], id="directions first"
        ),
        pytest.param([(0, Decoration("mordent"))], [(0, Decoration("lowermordent"))], id="synonym"),
        pytest.param([(0, Decoration("<(")), (F(1, 4), Decoration("<)"))],
                     [(0, Decoration("crescendo(")), (F(1, 4), Decoration("crescendo)"))], id="wedges by their short names"),
        pytest.param([(0, Decoration("crescendo("))], [], id="a wedge without an end"),
        pytest.param([(0, Slur(F(0)))], [], id="a slur of no length"),
    ],
)  # fmt: skip
def test_marks_come_back(marks: list[tuple[F | int, Mark]], kept: list[tuple[F | int, Mark]] | None) -> None:
    written = tune(FOUR_QUARTERS, *marks)
    assert list(again(written).voices[0].marks) == (list(written.voices[0].marks) if kept is None else kept)


def test_marks_go_to_the_layer_that_plays() -> None:
    written = tune((Note(F(0), F(1), 72), Note(F(1, 4), F(1, 4), 60)), (F(1, 4), Decoration("accent")))
    (accented,) = [note for note in elements(written, "part/measure/note") if note.find("notations") is not None]
    assert accented.findtext("voice") == "2"


def test_bar_lines() -> None:
    lines = (
        (F(0), BarLine(starts_repeat=True)),
        (F(2), BarLine(endings=(1, 2))),
        (F(3), BarLine(plays=3, endings=(3,))),
        (F(5), BarLine(style="||")),
        (F(6), BarLine(plays=2)),
    )
    written = tune((), bars=ONE_BAR * 6, bar_lines=lines)
    assert [outline(barline) for barline in elements(written, "part/measure/barline")] == [
        "barline location=left (bar-style:heavy-light, repeat direction=forward)",
        "barline location=left (ending number=1, 2 type=start)",
        "barline location=right (bar-style:light-heavy, ending number=1, 2 type=stop, repeat direction=backward times=3)",
        "barline location=left (ending number=3 type=start)",
        "barline location=right (ending number=3 type=discontinue)",
        "barline location=right (bar-style:light-light)",
        "barline location=right (bar-style:light-heavy, repeat direction=backward)",
    ]
    assert again(written).bar_lines == lines


def test_an_ending_after_another_is_as_long() -> None:
    lines = [BarLine(endings=(1,)), BarLine(), BarLine(plays=2, endings=(2,)), BarLine(), BarLine(), BarLine()]
    assert [(stop.bar, stop.is_closed) for stop in ending_stops(lines)] == [(1, True), (3, False)]


def test_pickup_is_measure_0() -> None:
    assert [outline(m).split(" (")[0] for m in elements(tune((), bars=(F(1, 4), F(1), F(1))), "part/measure")] == [
        "measure number=0 implicit=yes", "measure number=1", "measure number=2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "metre", [Metre(4, 4), Metre(4, 4, "C"), Metre(2, 2, "C|"), Metre(5, 8, "2+3/8"), Metre(7, 8, "2/4+3/8"), Metre(4, 4, "none")]
)
def test_metres_come_back(metre: Metre) -> None:
    assert again(tune((), metres=((F(0), metre),))).metres == ((0, metre),)


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        (Key(-3, "minor"), Key(-3, "minor")),
        (Key(0, "phrygian", (("G", 1),)), Key(0, "major", (("G", 1),))),
        (Key(-2, "minor", (("F", 1),)), Key(-2, "major", (("F", 1),))),
        (Key(1, "major", (("F", 0),)), Key(0)),
    ],
)
def test_keys_come_back_with_their_notes(key: Key, kept: Key) -> None:
    assert again(tune((), keys=((F(0), key),))).keys == ((0, kept),)


@pytest.mark.parametrize("clef", ["treble", "bass", "alto", "tenor", "perc", "none", "alto1", "bass3", "treble-8", "treble+8", "bass-15"])
def test_clefs_come_back(clef: str) -> None:
    written = replace(tune(()), voices=(Voice((), clef=clef),))
    assert again(written).voices[0].clef == clef


@pytest.mark.parametrize(("clef", "kept"), [("soprano", "alto1"), ("mezzosoprano", "alto2"), ("baritone", "bass3"), ("strange", "treble")])
def test_names_of_clefs(clef: str, kept: str) -> None:
    assert again(replace(tune(()), voices=(Voice((), clef=clef),))).voices[0].clef == kept


@pytest.mark.parametrize(
    "tempo",
    [
        Tempo(F(1, 4), F(120)),
        Tempo(F(3, 8), F(121, 2), "Allegro & più"),
        Tempo(F(7, 8), F(40)),
        Tempo(F(5, 8), F(40)),
        Tempo(F(3, 8), F(308, 3)),
    ],
)
def test_tempos_come_back(tempo: Tempo) -> None:
    assert again(tune((), tempos=((F(1, 2), tempo),))).tempos == ((F(1, 2), tempo),)


def test_header_comes_back() -> None:
    written = replace(
        tune(FOUR_QUARTERS), title="Ae <Fond> & \u00e9\x07 Kiss", composer="trad.", number=7, part_order="(AB)2",
        parts=((F(0), "A"), (F(1, 2), "Trio")), info=(("T", "Second"), ("S", "a book"), ("R", "air")),
        voices=(Voice((), "Flute", 73, "treble"), Voice((), "Drum", 115, "perc")),
    )  # fmt: skip
    assert again(written) == replace(written, title="Ae <Fond> & \u00e9 Kiss")


def test_the_same_text_every_time_and_an_archive_of_it() -> None:
    written = tune(FOUR_QUARTERS, (0, Slur(F(1, 2))))
    text = write_musicxml(written)
    assert text == write_musicxml(written)
    data = compressed_musicxml(text)
    assert parse_musicxml(data) == written
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["mimetype", "META-INF/container.xml", "score.musicxml"]


@pytest.mark.parametrize("written", [Tune((), ()), Tune((), ONE_BAR), Tune((Voice(()),), ())])
def test_nothing_to_write_is_still_a_score(written: Tune) -> None:
    assert again(written).voices == (Voice(()),)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (tune((Note(F(1, 2), F(1), 60),)), r"voice 1: the note at 1/2 ends at 3/2, but the bars reach from 0 to 1"),
        (tune((), (1, Decoration("trill"))), r"voice 1: a mark or the end of a slur stands at 1, but"),
        (tune((), (0, Slur(F(1)))), r"the end of a slur stands at 1, but"),
        (tune((), bars=(F(1), F(0))), "positive length"),
        (tune(tuple(Note(F(1, prime), F(1, prime), 60) for prime in (101, 103, 107, 109))), "divisions of a quarter, more than"),
        (tune((Note(F(1, 2**70), F(1, 4), 60),)), "no common grid"),
    ],
)
def test_errors(written: Tune, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        write_musicxml(written)


# --- Reading gives the same tune back ----------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_random_tunes_come_back(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    written = data.draw(random_tunes())
    assert again(written) == written


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_random_tunes_with_all_that_is_written_come_back(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    written = data.draw(random_tunes(written=True))
    once = again(written)
    signatures, written_signatures = ([[key.alter_of(letter) for letter in LETTERS] for _, key in each.keys] for each in (once, written))
    assert _distinct(signatures) == _distinct(written_signatures)
    kept = {"keys": (), "voices": tuple(replace(voice, marks=()) for voice in written.voices)}
    assert replace(once, keys=(), voices=tuple(replace(voice, marks=()) for voice in once.voices)) == replace(written, **kept)  # type: ignore[arg-type]
    for voice, voice_once in zip(written.voices, once.voices, strict=True):
        expected = {
            (at, mark) for at, mark in voice.marks if not isinstance(mark, Grace | ChordSymbol) and mark != Decoration("crescendo(")
        }
        assert {(at, mark) for at, mark in voice_once.marks if not isinstance(mark, Grace | ChordSymbol)} == expected
        assert _grace_notes(voice_once) == _grace_notes(voice)
    assert again(once) == once


def _distinct(values: list[list[int]]) -> list[list[int]]:
    return [value for index, value in enumerate(values) if index == 0 or value != values[index - 1]]


def _grace_notes(voice: Voice) -> list[tuple[F, GraceNote]]:
    return [(at, note) for at, mark in voice.marks if isinstance(mark, Grace) for note in mark.notes]


@pytest.mark.skipif(not QUARTETS.is_dir(), reason="the OpenScore quartets do not lie beside the repository (shared/data)")
@pytest.mark.parametrize("pattern", ["Haydn*Op_20_No_2_*", "Schubert*D_703_*", "Smyth*"])
def test_quartets_come_back(pattern: str) -> None:
    tune_read = read_musicxml(next(iter(sorted(QUARTETS.glob(pattern)))))
    assert any(voice.marks for voice in tune_read.voices)
    assert again(tune_read) == tune_read
