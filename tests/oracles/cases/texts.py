"""Cases of what is written beside the music, and of files: words, signs, comments, macros, tune books, encodings."""

from dataclasses import replace

from .case import Case, cases

_SIGNS = cases(
    "decoration",
    "4.14",
    ("letters", ".C ~D HE LF MG OA PB Sc Td ue vf", "C4 D4 E4 F4 G4 A4 B4 C5 D5 E5 F5"),
    ("words", "!trill!C !fermata!D !p!E !crescendo(!F !crescendo)!G !5!A", "C4 D4 E4 F4 G4 A4"),
    ("the old +...+", "X:1\nM:4/4\nL:1/8\nI:decoration +\nK:C\n+trill+C +fermata+D", "C4 D4"),
    ("several, with spaces", "!p! !trill! .C D", "C4 D4"),
    ("on a rest and a bar line", "C!fermata!z!coda!|D", "C4 r D4"),
    ("unknown", "!mystery!C D", "C4 D4"),
)

_QUOTED = cases(
    "chord symbol and annotation",
    "4.18, 4.19",
    ("chord symbols", '"Am"C "G7/B"D "C(Em)"E', "C4 D4 E4"),
    ("annotations", '"^above"C "_below"D "<(" ">)"E "@1,2 x"F', "C4 D4 E4 F4"),
    ("bar lines and fields in quotes", '"^a|b:|[K:D]"F F', "F4 F4"),
    ("before a chord", '"C"[CE]2 "G"D2', "C4+E4*2 D4*2"),
    ("over a rest", '"C"z"G"D', "r D4"),
)

_WORDS = cases(
    "lyrics and symbol lines",
    "5, 4.15",
    ("w:", "CDEF|\nw:do re mi fa\nG4|", "C4 D4 E4 F4 G4*4"),
    ("w: with signs that are music elsewhere", "CD|\nw:a|b c-d_*~\\-e\nE|", "C4 D4 E4"),
    ("two verses and a continuation", "CD|\nw:one two\n+:three\nw:four\nE|", "C4 D4 E4"),
    ("s:", 'CD|\ns:!trill! "^x"\nE|', "C4 D4 E4"),
    ("W:", "CD|\nW:words: | after [the] tune\nE|", "C4 D4 E4"),
    ("lines in a row of music", "CD\\\nw:do re\nEF|", "C4 D4 E4 F4"),
)

_LAYOUT = cases(
    "layout",
    "2.2, 4.7, 6.1",
    ("continuation", "CD\\\nEF|", "C4 D4 E4 F4"),
    ("spaces and back quotes", "C D  E``F|", "C4 D4 E4 F4"),
    ("comments", "CD % E F |\n% GA\nEF|%G", "C4 D4 E4 F4"),
    ("stylesheet directives", "CD|\n%%vskip 10\nEF|", "C4 D4 E4 F4"),
    ("remarks", "CD[r:a remark]E|\nr:another\nF|", "C4 D4 E4 F4"),
    ("fields of text in the body", "CD|\nN:a note | C\nT:a title\nEF|", "C4 D4 E4 F4"),
    ("inline text", "C[N:a note]D", "C4 D4"),
    ("line breaks by $", "X:1\nM:4/4\nL:1/8\nI:linebreak $\nK:C\nCD|$EF|$", "C4 D4 E4 F4"),
    ("line breaks by !", "X:1\nM:4/4\nL:1/8\nI:linebreak !\nK:C\nCD|!EF|!", "C4 D4 E4 F4"),
    ("an instruction that no one knows", "I:mystery 5\nCD", "C4 D4"),
    ("spaces before the music", "  CD|\n\tEF|", "C4 D4 E4 F4"),
    (
        "all fields of the header",
        "X:1\nT:a\nA:b\nB:c\nC:d\nD:e\nF:f\nG:g\nH:h\nM:4/4\nL:1/8\nN:i\nO:j\nR:reel\nS:k\nZ:l\nK:C\nCD\n",
        "C4 D4",
    ),
)

_SYMBOLS = cases(
    "user's symbols and macros",
    "4.16, 9",
    ("U: a decoration", "X:1\nM:4/4\nL:1/8\nU:W=!trill!\nK:C\nWC D", "C4 D4"),
    ("U: an annotation", 'X:1\nM:4/4\nL:1/8\nU:p="^+"\nK:C\npC D', "C4 D4"),
    ("U: taken back", "X:1\nM:4/4\nL:1/8\nU:T=!nil!\nK:C\nTC D", "C4 D4"),
    ("m: static", "X:1\nM:4/4\nL:1/8\nm:~G3=G{A}G{F}G\nK:C\n~G3 A", "G4 G4 G4 A4"),
    ("m: only what is meant", "X:1\nM:4/4\nL:1/8\nm:uG2=GA\nK:C\nuG2 uG", "G4 A4 G4"),
    ("m: the last of one target", "X:1\nM:4/4\nL:1/8\nm:~G3=GGG\nm: ~G3 = G{A}G{F}G % a roll\nK:C\n[V:1]~G3A|", "G4 G4 G4 A4"),
    ("m: with an accidental", "X:1\nM:4/4\nL:1/8\nm:~=F2==F{G}F\nK:G\n~=F2 G", "F4 F4 G4"),
    ("m: whole lengths only", 'X:1\nM:4/4\nL:1/8\nm:uG3=A\nK:C\nuG3 uG3/2 uG34 "uG3"C', "A4 G4*3/2 G4*34 C4"),
    ("m: not within another", "X:1\nM:4/4\nL:1/8\nm:~G2=uA2\nm:uA2=BB\nK:C\n~G2 uA2", "A4*2 B4 B4"),
    ("m: in the body", "m:uG2=GA\nuG2 G", "G4 A4 G4"),
    ("m: before U:", "X:1\nM:4/4\nL:1/8\nU:~=!turn!\nm:~G2=~GA\nK:C\n~G2 ~A", "G4 A4 A4"),
    ("m: transposing over octaves", "X:1\nM:4/4\nL:1/8\nm:un3=n{o}o!trill!m\nK:C\nuB,3 uc'3 uB3", "B3 C4 A3 C6 D6 B5 B4 C5 A4"),
    ("m: transposing", "X:1\nM:4/4\nL:1/8\nm:un2=(3o/n/m/ n\nK:C\nuG2 uA2", "A4*1/3 G4*1/3 F4*1/3 G4 B4*1/3 A4*1/3 G4*1/3 A4"),
)

_BOOK = "X:1\nT:One\nM:4/4\nL:1/8\nK:C\nCD|\n\nX:2\nT:Two\nM:3/4\nL:1/4\nK:D\nEF|\n\nsome words\n\nX:7\nK:F\nB|\n"
_BOOKS = (
    *cases("tune book", "2.2", ("the first tune", _BOOK, "C4 D4")),
    *(replace(case, tune=1) for case in cases("tune book", "2.2", ("the second, with fields of its own", _BOOK, "E4*2 F#4*2"))),
    *(replace(case, tune=2) for case in cases("tune book", "2.2", ("the third, after words", _BOOK, "Bb4"))),
    *cases(
        "tune book",
        "2.2.2",
        ("a file header counts for every tune", "%abc-2.1\nL:1/4\nM:3/4\n\nX:1\nT:One\nK:C\nCD|\n", "C4*2 D4*2"),
        ("macros of a file header", "%abc-2.1\nm:un2=nm\n\nX:1\nM:4/4\nL:1/8\nK:C\nuG2|\n", "G4 F4"),
        ("an empty line ends the tune", "X:1\nM:4/4\nL:1/8\nK:C\nCD|\n\nEF|\n", "C4 D4"),
        ("a version line", "%abc-2.1\nX:1\nM:4/4\nL:1/8\nK:C\nCD|\n", "C4 D4"),
    ),
)


def _file(title: bytes, line_end: bytes = b"\n", before: bytes = b"") -> bytes:
    return before + line_end.join((b"X:1", b"T:" + title, b"M:4/4", b"L:1/8", b"K:C", b"CD|", b"EF|", b""))


_ENCODINGS = tuple(
    Case(f"encoding: {name}", "2.2, 8.2", data, "C4 D4 E4 F4")
    for name, data in (
        ("utf-8", _file("Café ♪".encode())),
        ("utf-8 with its mark", _file("Café".encode(), before=b"\xef\xbb\xbf")),
        ("iso-8859-1", _file(b"Caf\xe9", before=b"I:abc-charset iso-8859-1\n\n")),
        ("bytes that are no utf-8", _file(b"Caf\xe9")),
        ("mnemonics and entities", _file(b"Caf\\'e &eacute; \\u00e9 100\\% \\\\")),
        ("lines that end as in Windows", _file(b"Case", b"\r\n")),
        ("lines that end as on old Macs", _file(b"Case", b"\r")),
    )
)

TEXTS: tuple[Case, ...] = (*_SIGNS, *_QUOTED, *_WORDS, *_LAYOUT, *_SYMBOLS, *_BOOKS, *_ENCODINGS)
