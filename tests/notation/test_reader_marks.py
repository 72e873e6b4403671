"""What is written beside the notes: decorations, words, chord symbols, grace notes, slurs, lyrics."""

from fractions import Fraction

import pytest

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, GraceNote, Lyric, Slur
from transformers_abc.notation.reader import read_abc

HEADER = "X:1\nM:4/4\nL:1/8\nK:D\n"
EIGHTH = Fraction(1, 8)


def marks(music: str, header: str = HEADER) -> list[tuple[str, object]]:
    """When, in eighths, and what."""
    return [(str(onset_wn * 8), mark) for onset_wn, mark in read_abc(header + music).voices[0].marks]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("!trill!C !fermata!!>!D", [("0", Decoration("trill")), ("1", Decoration("fermata")), ("1", Decoration("accent"))]),
        ("+trill+C", [("0", Decoration("trill"))]),  # as in older standards
        (".C ~D HE LF", [("0", Decoration("staccato")), *(("123"[i], Decoration(n)) for i, n in enumerate(("roll", "fermata", "accent")))]),
        ("MC OD PE SF", [("0123"[i], Decoration(n)) for i, n in enumerate(("lowermordent", "coda", "uppermordent", "segno"))]),
        ("TC uD vE", [("012"[i], Decoration(n)) for i, n in enumerate(("trill", "upbow", "downbow"))]),
        ("!p!C +f+D !T!E", [("0", Decoration("p")), ("1", Decoration("f")), ("2", Decoration("trill"))]),
        ("!ff!C !ffff!F", [("0", Decoration("ff")), ("1", Decoration("ffff"))]),  # names of notes only, and yet no old line breaks
        ("!<(!C !<)!D", [("0", Decoration("crescendo(")), ("1", Decoration("crescendo)"))]),
        ("C !pp!z D", [("1", Decoration("pp"))]),  # over a rest
        ("C2- !pp!C2", [("2", Decoration("pp"))]),  # within a note
        ("C2 !fine!|]", [("0", Decoration("fine"))]),  # at the end, on what sounded last
        ("[!1!C!3!E]", [("0", Decoration("1")), ("0", Decoration("3"))]),
        ('"Am7"C "^up"D "_down"E "<l"F ">r"G "@a"A', [
            ("0", ChordSymbol("Am7")), ("1", Annotation("up")), ("2", Annotation("down", "_")), ("3", Annotation("l", "<")),
            ("4", Annotation("r", ">")), ("5", Annotation("a", "@")),
        ]),
        (r'"^50 \% \"o"C', [("0", Annotation("50 % ö"))]),
        ('"G" "^x" !trill! (C D)', [("0", Slur(EIGHTH)), ("0", ChordSymbol("G")), ("0", Annotation("x")), ("0", Decoration("trill"))]),
        ("(C D (E) F)", [("0", Slur(EIGHTH * 2)), ("2", Slur(EIGHTH))]),  # one ends on E, the next begins there
        ("(C (D E) F) (G)", [("0", Slur(EIGHTH * 3)), ("1", Slur(EIGHTH)), ("4", Slur(Fraction(0)))]),
        ("((3CDE) F .(GA)", [("0", Slur(EIGHTH * 4 / 3)), ("3", Slur(EIGHTH))]),
        ("(C | D)", [("0", Slur(EIGHTH))]),
        ("{cf}C", [("0", Grace((GraceNote(73, 1, EIGHTH), GraceNote(78, 1, EIGHTH))))]),  # by the key
        ("^G{g=cc/2}C", [("1", Grace((GraceNote(79, 0, EIGHTH), GraceNote(72, 0, EIGHTH), GraceNote(72, 0, EIGHTH / 2))))]),
        ("{/e}C", [("0", Grace((GraceNote(76, 0, EIGHTH),), is_slashed=True))]),
        ("[P:A][T:Trio]C", [("0", Annotation("Trio"))]),
    ],
)  # fmt: skip
def test_marks(music, expected):
    assert marks(music) == expected


def test_shorthands_may_be_changed():
    assert marks("U:n=!pizz!\nnC TC ~C", HEADER.replace("K:", "U: T = +wedge+\nU:~=!nil!\nK:")) == [
        ("0", Decoration("pizz")),
        ("1", Decoration("wedge")),
    ]


def test_a_tempo_in_words_is_an_annotation():
    assert marks("C", HEADER.replace("K:", 'Q:"Andante"\nK:')) == [("0", Annotation("Andante"))]
    assert marks('C[Q:"Presto"]D') == [("1", Annotation("Presto"))]


def sung(music: str) -> list[tuple[str, str]]:
    return [(when, mark.text + "-" * mark.is_hyphenated) for when, mark in marks(music) if isinstance(mark, Lyric)]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("CDEF\nw:do re mi fa", [("0", "do"), ("1", "re"), ("2", "mi"), ("3", "fa")]),
        ("CDEF\nw:hel-lo *you", [("0", "hel-"), ("1", "lo"), ("3", "you")]),
        ("CDEF\nw:time__ up", [("0", "time"), ("1", "_"), ("2", "_"), ("3", "up")]),
        ("C z [EG] {a}F\nw:a b c", [("0", "a"), ("2", "b"), ("3", "c")]),  # rests and grace notes take none
        ("C2-C D\nw:a b c", [("0", "a"), ("2", "b"), ("3", "c")]),  # a tied note does
        ("C D | E F\nw:a | b", [("0", "a"), ("2", "b")]),
        ("CD\nEF\nw:a b c d", [("0", "a"), ("1", "b"), ("2", "c"), ("3", "d")]),  # all notes since the last words
        ("|:z2|C D|\nw:|a b", [("2", "a"), ("3", "b")]),  # the line that opens a repeat ends no bar
        ("V:1\nC\nw:a\nV:2\nE\nV:1\nD\nw:b", [("0", "a"), ("1", "b")]),
        ("CD\nw:a b\nEF\nw:c d", [("0", "a"), ("1", "b"), ("2", "c"), ("3", "d")]),
        (r"CD" "\n" r"w:of~the co\-op", [("0", "of the"), ("1", "co-op")]),
        ("CDE\nw:a-\n+:b c", [("0", "a-"), ("1", "b"), ("2", "c")]),  # a continued field
        ("CDE\nw:a-\n% a comment\n%%vskip 1\n+:b c", [("0", "a-"), ("1", "b"), ("2", "c")]),
        ("CDE\nw:a-\\\nw:b c\\", [("0", "a-"), ("1", "b"), ("2", "c")]),  # the same in ABC 2.0
        ("C\nw:50\\%a\nw:b", [("0", "50%a"), ("0", "b")]),  # these backslashes escape
        ("C\nw:a\\\\\nw:b", [("0", "a\\"), ("0", "b")]),
        ("C4|D4|\n&& E4|F4|\nw:a b c d", [("0", "a"), ("4", "b")]),  # the overlay's c and d have no note of their own
        ("C4&z2E2|G\nw:a b c", [("0", "a"), ("2", "b"), ("4", "c")]),  # in the order of the text
        ("C\nw:a b c", [("0", "a")]),
        ("[V:1]C\nw:a\n[V:1]D\nw:b", [("0", "a"), ("1", "b")]),
    ],
)
def test_lyrics(music, expected):
    assert sung(music) == expected


def test_verses():
    verses = [(when, mark.verse, mark.text) for when, mark in marks("CD\nw:a b\nw:c d\nE\nw:e") if isinstance(mark, Lyric)]
    assert verses == [("0", 1, "a"), ("0", 2, "c"), ("1", 1, "b"), ("1", 2, "d"), ("2", 1, "e")]


def test_symbols_stand_under_the_last_line():
    assert marks("CD|\ns:!trill! *\nEF|\ns:* !mf!") == [("0", Decoration("trill")), ("3", Decoration("mf"))]


def test_symbol_lines():
    assert marks('CDE\ns: "Am" * !trill!') == [("0", ChordSymbol("Am")), ("2", Decoration("trill"))]
