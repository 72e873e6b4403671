"""What MusicXML says beside the notes, read from small hand-written scores."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, GraceNote, Lyric, Mark, Slur
from transformers_abc.notation.musicxml import parse_musicxml
from transformers_abc.notation.tune import BarLine, Key, Metre, Tempo, Tune

WEDGE_1, WEDGE_2 = '<wedge type="crescendo" number="1"/>', '<wedge type="diminuendo" number="2"/>'


def note(pitch: str = "C4", duration: int = 1, extra: str = "", before: str = "") -> str:
    what = "<rest/>" if pitch == "r" else f"<pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>"
    return f"<note>{before}{what}<duration>{duration}</duration>{extra}</note>"


def grace(pitch: str, kind: str = "eighth", slash: str = "", extra: str = "") -> str:
    slashed = ' slash="yes"' if slash else ""
    return f"<note><grace{slashed}/><pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch><type>{kind}</type>{extra}</note>"


def direction(*types: str, placement: str = "above", more: str = "") -> str:
    return f'<direction placement="{placement}">{"".join(f"<direction-type>{t}</direction-type>" for t in types)}{more}</direction>'


def notations(*contents: str) -> str:
    return f"<notations>{''.join(contents)}</notations>"


def slur(end: str, number: int = 1) -> str:
    return f'<slur type="{end}" number="{number}"/>'


def lyric(text: str, syllabic: str = "single", number: int = 1) -> str:
    return f'<lyric number="{number}"><syllabic>{syllabic}</syllabic><text>{text}</text></lyric>'


def read(*measures: str, head: str = "") -> Tune:
    """A part whose <duration>s are quarter notes."""
    body = "".join(f"<measure>{measure}</measure>" for measure in measures)
    return parse_musicxml(f"<score-partwise>{head}<part id='P1'>{body}</part></score-partwise>".encode())


def marks(*measures: str) -> list[tuple[F, Mark]]:
    return list(read(*measures).voices[0].marks)


BACKUP = "<backup><duration>{}</duration></backup>"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        pytest.param(note(extra=notations(slur("start"))) + note() + note(extra=notations(slur("stop"))), [(0, Slur(F(1, 2)))], id="slur"),
        pytest.param(
            note(extra=notations(slur("start"))) + note(extra=notations(slur("start"), slur("stop"))) + note(extra=notations(slur("stop"))),
            [(0, Slur(F(1, 4))), (F(1, 4), Slur(F(1, 4)))],
            id="one slur ends where the next begins, under one number",
        ),
        pytest.param(
            note(duration=2) + note(extra=notations(slur("stop"))) + BACKUP.format(3) + note("E3", 3, notations(slur("start"))),
            [(0, Slur(F(1, 2)))],
            id="the end stands before the start in the file",
        ),
        pytest.param(
            note(extra=notations(slur("start"))) + note(extra=notations(slur("start"))) + note(extra=notations(slur("stop")))
            + BACKUP.format(2) + note("E3", extra=notations(slur("stop"))),
            [(0, Slur(F(1, 4))), (F(1, 4), Slur(F(1, 4)))],
            id="a slur ends in another layer where the next one has begun already",
        ),
        pytest.param(note(extra=notations(slur("start"))) + note(), [], id="a slur without an end"),
        pytest.param(
            grace("D4", extra=notations(slur("start"))) + note(extra=notations(slur("stop"))),
            [(0, Grace((GraceNote(62, 0, F(1, 8)),)))],
            id="a slur from a grace note to its main note has no length",
        ),
        pytest.param(
            note("r") + grace("D4", "16th", "yes") + grace("E4", "16th") + note(),
            [(F(1, 4), Grace((GraceNote(62, 0, F(1, 16)), GraceNote(64, 0, F(1, 16))), is_slashed=True))],
            id="grace notes in a row",
        ),
        pytest.param(
            note(extra=notations("<articulations><staccato/><accent/></articulations>", '<fermata type="inverted"/>')),
            [(0, Decoration("staccato")), (0, Decoration("accent")), (0, Decoration("invertedfermata"))],
            id="articulations",
        ),
        pytest.param(
            note(extra=notations('<ornaments><tremolo type="single">3</tremolo><tremolo type="start">2</tremolo></ornaments>')),
            [(0, Decoration("///"))],
            id="tremolo on one note, not between two",
        ),
        pytest.param(
            note(extra=notations("<technical><fingering>4</fingering><bend/></technical>")),
            [(0, Decoration("4"))],
            id="technical",
        ),
        pytest.param(
            note(extra=notations("<articulations><staccato/></articulations>")) + BACKUP.format(1)
            + note("E3", extra=notations("<articulations><staccato/></articulations>")),
            [(0, Decoration("staccato"))],
            id="the same sign in two layers is one mark",
        ),
        pytest.param(
            note(extra=lyric("sing", "begin") + lyric("La", number=2))
            + note(extra=lyric("ing", "end"))
            + note(extra="<lyric><extend/></lyric>"),
            [(0, Lyric("sing", 1, True)), (0, Lyric("La", 2)), (F(1, 4), Lyric("ing")), (F(1, 2), Lyric("_"))],
            id="lyrics",
        ),
        pytest.param(
            note(extra="<lyric><text>quel</text><elision> </elision><text>l'a</text></lyric>"), [(0, Lyric("quel l'a"))], id="elision"
        ),
        pytest.param(note(before="<cue/>", extra=notations("<fermata/>")) + note(), [], id="nothing of cue notes"),
        pytest.param(note("r", extra=notations("<fermata/>")) + note(), [(0, Decoration("fermata"))], id="a fermata on a rest"),
    ],
)  # fmt: skip
def test_marks_at_notes(measure: str, expected: list[tuple[F, Mark]]) -> None:
    assert marks(measure) == expected


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        pytest.param(direction("<words>dolce</words>", placement="below") + note(), [(0, Annotation("dolce", "_"))], id="words"),
        pytest.param(
            direction("<words font-style='italic'>I</words>", "<words>er Mouv</words>") + note(),
            [(0, Annotation("Ier Mouv"))],
            id="words in pieces",
        ),
        pytest.param(
            direction("<words halign='right'>a</words>", placement="") + note(),
            [(0, Annotation("a", "<"))],
            id="words at the left",
        ),
        pytest.param(direction("<words>a</words>", placement="") + note(), [(0, Annotation("a", "@"))], id="words somewhere"),
        pytest.param(direction("<dynamics><mf/></dynamics>") + note(), [(0, Decoration("mf"))], id="dynamics"),
        pytest.param(
            direction("<dynamics><sf/><other-dynamics>z</other-dynamics></dynamics>") + note(),
            [(0, Decoration("sfz"))],
            id="dynamics in pieces",
        ),
        pytest.param(
            direction("<dynamics><p/><other-dynamics> dolce</other-dynamics></dynamics>", placement="below") + note(),
            [(0, Annotation("dolce", "_")), (0, Decoration("p"))],
            id="dynamics with words",
        ),
        pytest.param(
            note(extra=notations("<articulations><staccato/></articulations>")) + BACKUP.format(1) + direction("<dynamics><p/></dynamics>"),
            [(0, Decoration("p")), (0, Decoration("staccato"))],
            id="decorations of directions come first",
        ),
        pytest.param(
            direction(WEDGE_1) + note() + direction('<wedge type="stop" number="1"/>') + note(),
            [(0, Decoration("crescendo(")), (F(1, 4), Decoration("crescendo)"))],
            id="wedge",
        ),
        pytest.param(
            note() + direction('<wedge type="stop" number="2"/>') + note() + BACKUP.format(2) + direction(WEDGE_2) + note("E3", 2),
            [(0, Decoration("diminuendo(")), (F(1, 4), Decoration("diminuendo)"))],
            id="a wedge ends before it begins in the file",
        ),
        pytest.param(direction(WEDGE_1) + note() + direction(WEDGE_2) + note(), [], id="wedges without an end"),
        pytest.param(
            direction('<octave-shift type="down" size="8"/>') + note() + direction('<octave-shift type="stop" size="8"/>') + note(),
            [(0, Decoration("8va(")), (F(1, 4), Decoration("8va)"))],
            id="octave shift",
        ),
        pytest.param(
            note() + note() + direction("<words>D. C. al Fine</words>", more='<sound dacapo="yes"/>'),
            [(F(1, 4), Decoration("D.C.alfine"))],
            id="da capo after the last note belongs to it",
        ),
        pytest.param(direction("<segno/>") + note(), [(0, Decoration("segno"))], id="segno"),
        pytest.param(direction("<rehearsal>12</rehearsal>") + note(), [(0, Annotation("12"))], id="a number is no part"),
        pytest.param(
            direction("<words>x</words>", "<other-direction>shortphrase</other-direction>") + note(),
            [(0, Decoration("shortphrase"))],
            id="a name of ABC",
        ),
        pytest.param(
            "<harmony><root><root-step>F</root-step><root-alter>1</root-alter></root><kind>dominant</kind><bass><bass-step>E</bass-step></bass>"
            "<degree><degree-value>9</degree-value><degree-alter>-1</degree-alter><degree-type>add</degree-type></degree></harmony>"
            + note(),
            [(0, ChordSymbol("F#7b9/E"))],
            id="harmony",
        ),
        pytest.param(
            '<harmony><root><root-step>C</root-step></root><kind text="N.C.">none</kind></harmony>' + note(),
            [(0, ChordSymbol("N.C."))],
            id="no chord",
        ),
        pytest.param("<harmony><function>V</function><kind>major</kind></harmony>" + note(), [], id="functions are not read"),
        pytest.param(
            note(duration=2) + direction("<words>later</words>", more="<offset>-1</offset>") + note("r"),
            [(F(1, 4), Annotation("later"))],
            id="offset",
        ),
    ],
)  # fmt: skip
def test_marks_between_notes(measure: str, expected: list[tuple[F, Mark]]) -> None:
    assert marks(measure) == expected


def test_what_stands_at_the_end_belongs_to_the_last_note() -> None:
    assert marks(note(), note() + note() + direction("<words>fin</words>")) == [(F(1, 2), Annotation("fin"))]
    assert marks(note() + direction("<words>on</words>"), note()) == [(F(1, 4), Annotation("on"))]


def test_da_capo_in_the_middle_stands_at_the_last_note_of_its_bar() -> None:
    assert marks(note() + note() + direction("<words>Fine</words>"), note()) == [(F(1, 4), Decoration("fine"))]


def barline(content: str, location: str = "right") -> str:
    return f'<barline location="{location}">{content}</barline>'


BACKWARD, FORWARD = '<repeat direction="backward"/>', '<repeat direction="forward"/>'


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        pytest.param(
            [barline(FORWARD, "left") + note(), note() + barline(BACKWARD)], [(0, BarLine(1, True)), (F(1, 2), BarLine(2))], id="repeat"
        ),
        pytest.param(
            [
                note(),
                barline('<ending number="1, 2" type="start"/>', "left") + note() + barline('<repeat direction="backward" times="3"/>'),
                barline('<ending number="3" type="start"/>', "left") + note(),
            ],
            [(F(1, 4), BarLine(endings=(1, 2))), (F(1, 2), BarLine(3, endings=(3,)))],
            id="endings",
        ),
        pytest.param(
            [note() + barline("<bar-style>light-light</bar-style>"), note() + barline("<bar-style>light-heavy</bar-style>"), note()],
            [(F(1, 4), BarLine(style="||")), (F(1, 2), BarLine(style="|]"))],
            id="styles",
        ),
        pytest.param(
            [
                note() + barline("<bar-style>light-light</bar-style>"),
                barline(f"<bar-style>heavy-light</bar-style>{FORWARD}", "left") + note(),
            ],
            [(F(1, 4), BarLine(1, True))],
            id="the sign of a repeat is its style",
        ),
        pytest.param(
            [note() + barline("<bar-style>dotted</bar-style>", "middle"), note() + barline("<bar-style>light-heavy</bar-style>")],
            [],
            id="neither within a bar nor at the end",
        ),
    ],
)
def test_bar_lines(measures: list[str], expected: list[tuple[F, BarLine]]) -> None:
    assert list(read(*measures).bar_lines) == expected


@pytest.mark.parametrize(
    ("attributes", "metre", "key"),
    [
        ('<time symbol="common"><beats>4</beats><beat-type>4</beat-type></time>', Metre(4, 4, "C"), Key(0)),
        ('<time symbol="cut"><beats>4</beats><beat-type>2</beat-type></time>', Metre(4, 2), Key(0)),
        ("<time><beats>3</beats><beat-type>4</beat-type><beats>2</beats><beat-type>8</beat-type></time>", Metre(8, 8, "3/4+2/8"), Key(0)),
        ("<time><senza-misura/></time>", Metre(4, 4, "none"), Key(0)),
        ("<key><key-step>B</key-step><key-alter>-1</key-alter><key-step>F</key-step><key-alter>1</key-alter></key>",
         Metre(4, 4), Key(1, "major", (("B", -1),))),
        ("<key><key-step>F</key-step><key-alter>1</key-alter></key><transpose><chromatic>-2</chromatic></transpose>",
         Metre(4, 4), Key(-1)),
        ("<key><key-step>H</key-step><key-alter>1</key-alter></key>", Metre(4, 4), Key(0)),
    ],
)  # fmt: skip
def test_metre_and_key(attributes: str, metre: Metre, key: Key) -> None:
    tune = read(f"<attributes>{attributes}</attributes>" + note(duration=4))
    assert (tune.metres, tune.keys) == (((0, metre),), ((0, key),))


def test_words_of_a_tempo_are_no_annotation() -> None:
    metronome = "<metronome><beat-unit>quarter</beat-unit><per-minute>96</per-minute></metronome>"
    tune = read(direction("<words>Allegro </words>", metronome) + note(), note())
    assert tune.tempos == ((0, Tempo(F(1, 4), F(96), "Allegro")),)
    assert tune.voices[0].marks == ()
    tune = read(direction("<words>Allegro</words>", more='<sound tempo="96"/>') + direction(metronome) + note(), note())
    assert tune.tempos == ((0, Tempo(F(1, 4), F(96), "Allegro")),)


def test_tied_beats_of_a_metronome_mark_are_added() -> None:
    tied = "<metronome><beat-unit>half</beat-unit><beat-unit-dot/><beat-unit-tied><beat-unit>eighth</beat-unit></beat-unit-tied>"
    tune = read(direction(tied + "<per-minute>30</per-minute></metronome>") + note())
    assert tune.tempos == ((0, Tempo(F(7, 8), F(30))),)


def test_labels_of_parts() -> None:
    tune = read(direction("<rehearsal>A</rehearsal>") + note(), note() + direction("<rehearsal>Coda</rehearsal>") + note())
    assert tune.parts == ((0, "A"), (F(1, 2), "Coda"))


def test_header() -> None:
    head = (
        "<work><work-title>Four pieces</work-title></work><movement-title>Elegy</movement-title><identification><rights>CC0</rights>"
        "<source>a print of 1801</source></identification>"
    )
    tune = read(note(), head=head)
    assert (tune.title, tune.info) == ("Four pieces", (("T", "Elegy"), ("S", "a print of 1801"), ("Z", "CC0")))
    fields = "".join(
        f'<miscellaneous-field name="abc:{letter}">{text}</miscellaneous-field>' for letter, text in (("X", 7), ("P", "AAB"), ("R", "reel"))
    )
    tune = read(note(), head=f"<identification><source>S</source><miscellaneous>{fields}</miscellaneous></identification>")
    assert (tune.number, tune.part_order, tune.info) == (7, "AAB", (("R", "reel"),))
