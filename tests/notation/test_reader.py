"""The reader: what it hears case by case, against abc2midi, and that nothing upsets it."""

import re
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.reader import MAX_TUNE_CHARACTERS, read_abc, read_tunes
from transformers_abc.notation.reading.bar_reader import MAX_BARS
from transformers_abc.notation.reading.length_reader import MAX_VALUE_TICKS, TICKS_WN
from transformers_abc.notation.reading.tune_reader import MAX_VOICES
from transformers_abc.notation.reading.voice_reader import MAX_TUNE_TICKS
from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune, Voice
from transformers_abc.notation.writer import write_abc

MAX_TUNE_WN = MAX_TUNE_TICKS // TICKS_WN
MAX_VALUE_WN = MAX_VALUE_TICKS // TICKS_WN
HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"


def heard(music: str, header: str = HEADER) -> list[tuple[str, str, int]]:
    """The notes of the first voice: onset and length in eighths, and pitch."""
    (voice, *_) = read_abc(header + music).voices
    return [(str(note.onset_wn * 8), str(note.length_wn * 8), note.pitch_midi) for note in voice.notes]


def lengths(music: str, header: str = HEADER) -> str:
    return " ".join(length for _, length, _ in heard(music, header))


def pitches(music: str, header: str = HEADER) -> list[int]:
    return [pitch for _, _, pitch in heard(music, header)]


def sounding(text: str) -> list[tuple[Fraction, Fraction, int]]:
    """What the `abc2midi` fixture says of a voice, said of the first voice that we read."""
    return sorted((note.onset_wn, note.length_wn, note.pitch_midi) for note in read_abc(text).voices[0].notes)


# --- Pitch --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C,, C, C c c' c''", [36, 48, 60, 72, 84, 96]),
        ("C,' c,", [60, 60]),  # marks cancel
        ("^C _C =C ^^C __C", [61, 59, 60, 62, 58]),
        ("^F F | F", [66, 66, 65]),  # to the bar line
        ("^F f | f", [66, 78, 77]),  # in all octaves, by the default of the standard
        ("^F =F F", [66, 65, 65]),
        ("[K:D] F C =F F [K:C] F", [66, 61, 65, 65, 65]),
        ("^F-|F F", [66, 65]),  # the tie keeps the sharp, the note after it does not
        ("^C-_D", [61]),  # a tie between two spellings
        ("^f-F f", [78, 66, 78]),
        ("^C-|C C", [61, 60]),  # a tie without a sign on its second note
        ("^/C ^3/2C _/D =C", [60, 61, 62, 60]),  # microtones: to the half step nearest to the natural note
        ("C,,,,,, C c'''''''", [60]),  # what MIDI has no number for is silent
    ],
)
def test_pitch(music, expected):
    assert pitches(music) == expected


@pytest.mark.parametrize(("reach", "expected"), [("not", [66, 65, 77]), ("octave", [66, 66, 77]), ("pitch", [66, 66, 78])])
def test_how_far_accidentals_reach(reach, expected):
    assert pitches(f"%%propagate-accidentals {reach}\n^F F f") == expected
    assert pitches("^F F f", f"I:propagate-accidentals {reach}\n\n{HEADER}") == expected  # in the header of the file
    assert pitches(f"^F F [I:propagate-accidentals {reach}]F") == [66, 66, 65]  # those before no longer count
    assert pitches("^F F f", HEADER.replace("K:", f"I:propagate-accidentals {reach}\nK:")) == expected


def test_spelling_is_kept():
    (voice,) = read_abc(HEADER + "[K:Ab] A ^G _A B2 =B").voices
    assert [(note.pitch_midi, note.alter) for note in voice.notes] == [(68, -1), (68, 1), (68, -1), (70, -1), (71, 0)]


# --- Rhythm -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C C2 C/ C// C/4 C3/2 C7/ C0", "1 2 1/2 1/4 1/4 3/2 7/2 1"),
        ("C4/15 C/3", "4/15 1/3"),
        ("C>D E<F G>>A B<<<c", "3/2 1/2 1/2 3/2 7/4 1/4 1/8 15/8"),
        ("C2>D2 C > D z>C", "3 1 3/2 1/2 1/2"),
        ("C|>D", "1 1"),  # nothing is lent back over a bar line
        ("C>|D", "3/2 1/2"),  # but forward, as in abc2midi and abcjs
        ("C-C D2-|D4-D/ C-zC", "2 13/2 1 1"),
        ("C2->D2", "3 1"),  # the tie finds no C
        ("C-C>D", "5/2 1/2"),
        ("(3CDE F (3:2:4 C C3 C C G", "2/3 2/3 2/3 1 2/3 2 2/3 2/3 1"),
        ("(3CD2E (3zCD", "2/3 4/3 2/3 2/3 2/3"),
        ("(2CD (4CDEF (6CDEFGA", "3/2 3/2" + " 3/4" * 4 + " 1/3" * 6),
        ("(5CDEFG (5:4CDEFG", " ".join(["2/5"] * 5 + ["4/5"] * 5)),
        ("(3::2 CDE (3:4CDE", "2/3 2/3 1 4/3 4/3 4/3"),
        ("[M:6/8](5CDEFG (3:CDE", " ".join(["3/5"] * 5 + ["2/3"] * 3)),  # in compound metres three beats
        ("[L:1/4]CD[L:1/8]E", "2 2 1"),
    ],
)
def test_lengths(music, expected):
    assert lengths(music) == expected


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("[CEG]2 C", [("0", "2", 60), ("0", "2", 64), ("0", "2", 67), ("2", "1", 60)]),
        ("[G2C2] [C2E4]3/2 C", [("0", "2", 60), ("0", "2", 67), ("2", "3", 60), ("2", "3", 64), ("5", "1", 60)]),  # as its first note
        ("[C-E]2[CF]", [("0", "3", 60), ("0", "2", 64), ("2", "1", 65)]),
        ("[CE]-[CE] [CC]", [("0", "2", 60), ("0", "2", 64), ("2", "1", 60), ("2", "1", 60)]),  # one pitch on two strings
        ("[CC]-[CC]2 C", [("0", "3", 60), ("0", "3", 60), ("3", "1", 60)]),
        ("[] [z] C", [("0", "1", 60)]),
        ("z2 x C y2 D", [("3", "1", 60), ("4", "1", 62)]),
        ("Z C | X2 | D", [("8", "1", 60), ("25", "1", 62)]),  # 8 + 1 + 2 * 8; bars have eight eighths
        (
            '{g}C "Am"D !f!E .F ~G (AB) T+trill+c {/ab} "^text" d',
            [(str(i), "1", p) for i, p in enumerate((60, 62, 64, 65, 67, 69, 71, 72, 74))],
        ),
        ("CD\\\nEF % E\n%E\nw:la la\nG", [(str(i), "1", p) for i, p in enumerate((60, 62, 64, 65, 67))]),
    ],
)
def test_events(music, expected):
    assert heard(music) == expected


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C4 D4|E8|]", "8 8"),
        ("|:C|D2:|E4::F|1G2:|2A2||[B8]|[|C:|", "1 2 4 1 2 2 8 1"),
        ("C[1D|[2E]F", "1 1 2"),
        ("|| |:", ""),
        ("C8", "8"),
        ("C|Z2|D|", "1 8 8 1"),
        ("[M:3/4]C|[M:2/4]Z|C4", "1 4 4"),
    ],
)
def test_bars(music, expected):
    assert " ".join(str(length_wn * 8) for length_wn in read_abc(HEADER + music).bar_lengths_wn) == expected


def test_the_longest_voice_gives_the_bars():
    tune = read_abc(HEADER + "V:1\nC8|C4|\nV:2\nC4|C4|C4|C4\n")
    assert tune.bar_lengths_wn == (Fraction(1, 2),) * 4


# --- Fields -------------------------------------------------------------------------------------------------------------------------


def test_header():
    tune = read_abc(
        '% a comment\nX:7\nT:First % title\nT:Second\nC:Me\nR:jig\nZ:"Uli\nM:6/8\nQ:"Fast" 3/8=60\nP:AB\nK:Edor\nCDE|\nW:words\n'
    )
    assert (tune.title, tune.composer, tune.number, tune.part_order) == ("First", "Me", 7, "AB")
    assert tune.info == (("T", "Second"), ("R", "jig"), ("Z", '"Uli'), ("W", "words"))
    assert tune.metres == ((0, Metre(6, 8)),)
    assert tune.keys == ((0, Key(2, "dorian")),)
    assert tune.tempos == ((0, Tempo(Fraction(3, 8), Fraction(60), "Fast")),)


@pytest.mark.parametrize(
    ("metre", "expected"),
    [
        ("M:2/4\n", Fraction(1, 16)),
        ("M:3/4\n", Fraction(1, 8)),
        ("M:C|\n", Fraction(1, 8)),
        ("", Fraction(1, 8)),
        ("M:none\n", Fraction(1, 8)),
    ],
)
def test_default_unit(metre, expected):
    (voice,) = read_abc(f"X:1\n{metre}K:C\nC").voices
    assert voice.notes[0].length_wn == expected


def test_changes_within_the_tune():
    tune = read_abc(HEADER + "[Q:1/4=90]C8|[M:3/4][K:G]C4[Q:60]C2|\nM:2/4\nK:G\nC4|[K:C]")
    assert tune.metres == ((0, Metre(4, 4)), (1, Metre(3, 4)), (Fraction(7, 4), Metre(2, 4)))
    assert tune.keys == ((0, Key(0)), (1, Key(1)))  # G again changes nothing, nor does C at the end
    assert [(onset_wn, tempo.quarter_bpm) for onset_wn, tempo in tune.tempos] == [(0, 90), (Fraction(3, 2), 60)]


def test_changes_of_all_voices_come_together():
    tune = read_abc(HEADER + "V:1\nC8|[K:G]C8|C8\nV:2\nC8|[K:F]C8|[K:D]C8|\n")
    assert tune.keys == ((0, Key(0)), (1, Key(1)), (2, Key(2)))
    assert tune.metres == ((0, Metre(4, 4)),)


@pytest.mark.parametrize(
    "text",
    [
        'X:1\nL:1/8\nV:1 name="A" clef=bass\n%%MIDI program 40\nV:2 nm="B" clef=treble\n%%MIDI program 1 41\nK:C\nV:1\nC2\nV:2\nD2\n',
        'X:1\nL:1/8\nK:C\nV:1 name="A" bass\n%%MIDI program 40\nC\nV:2 name="B"\n%%MIDI program 41\nD2\nV:1\n%%MIDI program 99\nC|\n',
        'X:1\nL:1/8\nV:1 name="A"\nV:2 name="B" clef=treble\nK:C bass\nI:MIDI program 40\n[V:1]C2|[V:2][I:MIDI program 41]D2|\n',
    ],
)
def test_voices(text):
    first, second = read_abc(text).voices
    assert (first.name, first.program, first.clef) == ("A", 40, "bass")
    assert (second.name, second.program, second.clef) == ("B", 41, "treble")
    assert {note.pitch_midi for note in first.notes} == {60}
    assert {note.pitch_midi for note in second.notes} == {62}


@pytest.mark.parametrize(
    ("text", "expected", "key"),
    [
        ("K:C transpose=2\nC E F", [62, 66, 67], "D"),
        ("K:D\nV:1 transpose=-2\nD F", [60, 64], "C"),  # written D and F sharp
        ("V:1 octave=1 transpose=-12\nK:C\nC", [60], "C"),
        ("%%MIDI transpose 3\nK:C\nC ^C", [63, 64], "Eb"),
        ("K:C\nC[K:C transpose=-1]C", [60, 59], "C"),
        ("K:C middle=d\nC", [60], "C"),  # says where it is printed
    ],
)
def test_transposition(text, expected, key):
    tune = read_abc(f"X:1\n{text}")
    assert [note.pitch_midi for note in tune.voices[0].notes] == expected
    assert str(tune.keys[0][1]) == key


def test_another_clef_has_no_octave_mark_of_the_one_before():
    assert pitches("C [K:clef=treble-8]C [K:clef=treble]C [K:octave=1]C [K:clef=bass]C") == [60, 48, 60, 72, 72]


@pytest.mark.parametrize("text", ["[V:S]C8|\n[V:A]E8|", "M:3/4\nV:S\nC8|\nV:A\nE8|", "%%MIDI program 5\n[V:S]C8|\n[V:A]E8|"])
def test_fields_before_the_first_voice_make_no_voice(text):
    first, second = read_abc(HEADER + text).voices
    assert (first.notes[0].pitch_midi, second.notes[0].pitch_midi) == (60, 64)
    assert first.program == (5 if "MIDI" in text else None)


def test_a_comment_on_a_directive_is_none_of_its_numbers():
    assert read_abc(HEADER + "%%MIDI program 40 % violin 2\nC|").voices[0].program == 40


def test_transposed_notes_are_spelled_in_the_transposed_key():
    (voice,) = read_abc("X:1\nK:F transpose=2\nF B ^F").voices  # sounds in G
    assert [(note.letter, note.alter) for note in voice.notes] == [("G", 0), ("C", 0), ("G", 1)]


def test_octave_clefs_sound_where_they_say():
    assert pitches("C", HEADER.replace("K:C", "K:C clef=treble-8")) == [48]
    assert pitches("V:1 clef=bass+8\nC\nV:1 octave=-1\nC") == [72, 60]


def test_where_a_tune_begins_and_ends():
    assert pitches("C|\n\nD|\n") == [60]
    assert pitches("C|\nX:2\nK:C\nD|\n") == [60]
    assert pitches("C|", "Here is the tune:\n\n" + HEADER) == [60]
    assert pitches("C|", "Abc\n" + HEADER.removeprefix("X:1\n")) == [60]
    assert pitches("CD|", "") == [60, 62]
    assert pitches("CD|\nK:G\nF|", "") == [60, 62, 66]
    assert pitches("c:|d|") == [72, 74]  # a line of music, not a field
    assert pitches("C\rD", HEADER.replace("\n", "\r\n")) == [60, 62]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Here you are:\n```abc\n{HEADER}C|\n```\nI hope this helps. Let me know what you think.\n", [60]),
        (HEADER + "C|\nI hope this helps, let me know!\n", [60]),
        ("X:1\\nL:1/8\\nK:G\\nF|", [66]),
        ("X:1\n\nK:G\n\nF|", [66]),
        ("X:1 T:Two on a line\nL:1/8 M:3/4 K:G\nF|", [66]),
        ("X:1\nK:F sharp minor\nG", [68]),
        ("X:1\nK:B-flat\nE", [63]),
        (HEADER + "C [E G A|c", [60, 64, 67, 69, 72]),
        (HEADER + "<abc>\nC|\n</abc>\n", [60]),
        (f"<|im_start|>{HEADER}C<|endoftext|>", [60]),
        (f"<s>{HEADER}C<s>D|</s>", [60, 62]),
        ("X:1 T:One line L:1/8 K:G\nF|", [66]),
    ],
)
def test_what_models_write(text, expected):
    assert [note.pitch_midi for note in read_abc(text).voices[0].notes] == expected


@pytest.mark.parametrize(
    ("field", "quarter_bpm"),
    [("1/4=c120", 120), ("1/4=ca. 90", 90), ("1/8 = ~100", 50), ("Allegro 1/4=120", 120), ("1/4", None), ("96", 96)],
)
def test_tempos_in_odd_forms(field, quarter_bpm):
    tempos = read_abc(f"X:1\nQ:{field}\nK:C\nC|").tempos
    assert [tempo.quarter_bpm for _, tempo in tempos] == ([] if quarter_bpm is None else [quarter_bpm])


def test_a_tune_book():
    book = "%abc-2.1\nM:3/4\nL:1/4\nO:Ireland\n\nX:1\nT:One\nK:C\nC|\n\nfree text c d e\n\nX:5\nT:Two\nM:4/4\nK:G\nF|\n"
    one, two = read_tunes(book)
    assert [(tune.number, tune.title, str(tune.metres[0][1]), tune.info) for tune in (one, two)] == [
        (1, "One", "3/4", (("O", "Ireland"),)),
        (5, "Two", "4/4", (("O", "Ireland"),)),
    ]
    assert [note.pitch_midi for tune in (one, two) for note in tune.voices[0].notes] == [60, 66]
    assert {note.length_wn for note in one.voices[0].notes} == {Fraction(1, 4)}
    assert len(list(read_tunes(""))) == 1


@pytest.mark.parametrize("text", ["", "\n", "X:1", "X:1\nK:C\n", "%%score 1 2", "12345"])
def test_nothing_to_read(text):
    tune = read_abc(text)
    assert tune.bar_lengths_wn == ()
    assert all(voice.notes == () for voice in tune.voices)


# --- Round trip ---------------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), interleave=st.booleans(), bars_per_line=st.integers(1, 5))
def test_what_is_written_is_read_back(random_tunes, data, interleave, bars_per_line):
    tune = data.draw(random_tunes())
    assert read_abc(write_abc(tune, interleave=interleave, bars_per_line=bars_per_line)) == tune


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(55, 80)), max_size=12))
def test_overlapping_notes_are_read_back(parts):
    """Notes that overlap in one voice, of different pitches as far as they do."""
    notes: list[Note] = []
    for onset, length, pitch in sorted(parts):
        note = Note(Fraction(onset, 24), Fraction(length, 24), pitch, 0 if pitch % 12 in (0, 2, 4, 5, 7, 9, 11) else 1)
        if not any(other.pitch_midi == pitch and other.end_wn > note.onset_wn for other in notes):
            notes.append(note)
    notes.sort(key=lambda note: (note.onset_wn, note.pitch_midi))
    tune = Tune((Voice(tuple(notes)),), (Fraction(1),) * 2)
    assert read_abc(write_abc(tune)) == tune


def test_what_the_writer_normalises():
    start, half = Fraction(0), Fraction(1, 2)
    voice = Voice((Note(half, half, 64), Note(start, half, 60), Note(start, half, 51, 3)), 'The "first"', 5, "treble-8")
    tune = Tune(
        (voice,),
        (Fraction(1),),
        keys=((start, Key(0)), (half, Key(0)), (Fraction(1), Key(1))),
        tempos=((half, Tempo(half, Fraction(60))), (half, Tempo(half, Fraction(200, 3))), (Fraction(1), Tempo(half, Fraction(90)))),
        title=" one\n two\t\x07 ",
    )
    assert read_abc(write_abc(tune)) == Tune(
        (Voice((Note(start, half, 51, 1), Note(start, half, 60), Note(half, half, 64)), 'The "first"', 5, "treble"),),
        (Fraction(1),),
        tempos=((half, Tempo(half, Fraction("66.666667"))),),
        title="one two",
    )


# --- Any text -----------------------------------------------------------------------------------------------------------------------

MUSIC_PIECES = r"""
    C ^F =c, C2 D/ E3/2 G4/15 z z2 Z Z3 x [CE] [C-E]2 [^F2A]- [ ] - > << (3 (3:2 (5:4:5 (99:99:999 (1 | || |: :: [1 |2 & y0 \ ) 1 / ,
    {g} { } "Am" " !f! ! +t+ + ~ é % C99999 C/99999 z99999999999999999999999999999999
    [V:1] [V:2] [K:G] [M:3/4] [M:C|] [L:1/16] [Q:1/4=90] [Q:33.5] [K: V: M:
"""
LINE_PIECES = """
V:1|V:3 clef=bass name="x"|K:Ab|X:1|T:t|%%MIDI program 5|%%propagate-accidentals pitch|I:propagate-accidentals not|w:la|K:clef=treble-8
K:G octave=2|Q:C3=7|M:6/8|L:1/4
"""
PIECES = (*MUSIC_PIECES.split(), *(f"\n{line}\n" for line in re.split(r"[|\n]", LINE_PIECES)), " ", "\x00", "\u2028")
soups = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.text() | soups | soups.map(lambda soup: HEADER + soup))
def test_any_text_is_a_tune_that_can_be_written_and_read_back(text):
    tune = read_abc(text)
    assert read_abc(write_abc(tune)) == tune
    assert read_abc(write_abc(tune, interleave=True)) == tune


@pytest.mark.parametrize(
    "text",
    [
        "Z99999999|" * 300,
        "C999999999999 " * 300,
        "C" + "/" * 20_000,
        "C" + "9" * 20_000,
        "C/" + "9" * 20_000,
        "C" + "'" * 20_000,
        "(9:9:999" * 3_000,
        "".join(f"C/{number}" for number in range(1, 3_000)),  # denominators must not grow without end
        "".join(f"[V:{number}]C" for number in range(1_000)),
        "C>" * 2_000,
        *(mark * 20_000 for mark in '[({"!+&:|-^%\\\n'),
        *(f"{mark}a" * 3_000 for mark in (*'[({"!+&:', "[K:")),
        "X:" + "1" * 20_000,
        "M:" + "1" * 20_000 + "/4\nL:1/" + "8" * 20_000 + "\nQ:" + "1" * 20_000 + "\nK:C\n%%MIDI program " + "1" * 20_000,
        "Q:" + "1/9 " * 20_000,
        "K:C " + "a=" * 20_000,
        "\nC" * MAX_TUNE_CHARACTERS,
    ],
)
def test_bounds(text):
    """Nothing hangs, overflows or grows without end."""
    tune = read_abc(HEADER + text)
    assert len(tune.voices) <= MAX_VOICES
    assert len(tune.bar_lengths_wn) <= MAX_BARS + 1_000
    assert tune.length_wn <= MAX_TUNE_WN
    assert all(note.length_wn.denominator < 10**20 for voice in tune.voices for note in voice.notes)


def test_a_note_is_not_longer_than_the_bound():
    assert lengths("C99999999 D") == f"{MAX_VALUE_WN * 8} 1"


# --- Oracle -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "music",
    [
        "C,, C, C c c' ^F =F _B __B ^^c | F B c",
        "[K:Eb]A B E =A A | A",
        "[K:F#min]F G C =F F | F",
        "C2>D2 C<D C>>D E<<F",
        "C4- C2 C-|C8",
        "^F4-F2 ^F-|F F =F ^F",
        "[CEG]2 [C-E]2 [CF] [A,-C-]2 [A,C]",
        "(3CDE (3C/D/E/ (3:2:4 C C3 C C (5:4:5CDEFG",
        "(2CD (4CDEF (6CDEFGA (8CDEFGABc",
        "(3zCD E z2 x C",
        "CD4E2|Z|E8|Z2|F8",
        "[M:3/4]C6|Z|[M:6/8]Z|C",
        "[L:1/16]C D2 [L:1/4] C/2",
        'C "^text"D !f!E F (GA) z2 | B8 |]',
        "C4 z4 | D4 \\\nE4 | % C\nF8 |",
    ],
)
def test_abc2midi_hears_the_same(abc2midi, music):
    """Where all readers should agree."""
    assert abc2midi(HEADER + music + "\n") == [sounding(HEADER + music)]


def test_abc2midi_hears_the_same_tuplets_in_compound_metre(abc2midi):
    text = HEADER.replace("4/4", "6/8") + "(2CD (5EFGAB\n"
    assert abc2midi(text) == [sounding(text)]


@pytest.mark.parametrize("mode", ["", "min", "dor", "phr", "lyd", "mix", "loc"])
@pytest.mark.parametrize("tonic", ["C", "D", "Eb", "F#", "Ab", "B"])
def test_abc2midi_hears_the_same_keys(abc2midi, tonic, mode):
    text = f"X:1\nM:4/4\nL:1/8\nK:{tonic}{mode}\nCDEFGABc|\n"
    if abs(read_abc(text).keys[0][1].fifths) <= 7:  # abc2midi knows no signature beyond
        assert abc2midi(text) == [sounding(text)]


@pytest.mark.parametrize("text", ["|", ":|", "|: again :|", ": colon"])
def test_texts_of_the_header_may_look_like_music(text: str) -> None:
    tune = Tune((Voice((Note(Fraction(0), Fraction(1), 60),)),), (Fraction(1),), title=text, composer=text)
    assert read_abc(write_abc(tune)) == tune


def test_without_a_header_a_line_that_looks_like_music_is_music() -> None:
    assert [note.pitch_midi for note in read_abc("c:|").voices[0].notes] == [72]
