"""Cases of rhythm: lengths, dotted rhythm, rests, chords, ties, grace notes, tuplets."""

from .case import Case, cases

_LENGTHS = cases(
    "length",
    "4.3",
    ("multipliers", "C C1 C2 C3 C4 C7 C8", "C4 C4 C4*2 C4*3 C4*4 C4*7 C4*8"),
    ("fractions", "C/2 C/4 C3/2 C3/4 C7/8 C/16", "C4*1/2 C4*1/4 C4*3/2 C4*3/4 C4*7/8 C4*1/16"),
    ("slashes", "C/ C// C/// C3/ C7//", "C4*1/2 C4*1/4 C4*1/8 C4*3/2 C4*7/4"),
    ("two digits", "C12 C16 C15/4", "C4*12 C4*16 C4*15/4"),
    ("after marks and accidentals", "^c'3/2 _B,,/2", "C#6*3/2 Bb2*1/2"),
    ("a length no single note has", "C5 D9", "C4*5 D4*9"),
)

_BROKEN = cases(
    "broken rhythm",
    "4.4",
    (">", "C>D", "C4*3/2 D4*1/2"),
    ("<", "C<D", "C4*1/2 D4*3/2"),
    (">>", "C>>D", "C4*7/4 D4*1/4"),
    ("<<", "C<<D", "C4*1/4 D4*7/4"),
    (">>>", "C>>>D", "C4*15/8 D4*1/8"),
    ("<<<", "C<<<D", "C4*1/8 D4*15/8"),
    ("longer notes", "C2>D2 E4<F4", "C4*3 D4 E4*2 F4*6"),
    ("spaces about it", "C > D", "C4*3/2 D4*1/2"),
    ("a rest first", "z>C", "r*3/2 C4*1/2"),
    ("a rest last", "C>zD", "C4*3/2 r*1/2 D4"),
    ("chords", "[CE]>[DF]", "C4+E4*3/2 D4+F4*1/2"),
    ("grace notes between", "C>{g}D C{g}>D", "C4*3/2 D4*1/2 C4*3/2 D4*1/2"),
    ("one after the other", "C>DE<F", "C4*3/2 D4*1/2 E4*1/2 F4*3/2"),
    ("in a triplet", "(3C>DE F", "C4 D4*1/3 E4*2/3 F4"),  # 2/3 of 3/2 and of 1/2
    ("decorated", "C>.D C>!trill!D", "C4*3/2 D4*1/2 C4*3/2 D4*1/2"),
    ("with a slur", "(C>D)", "C4*3/2 D4*1/2"),
)

_RESTS = cases(
    "rest",
    "4.5",
    ("z", "Cz2Dz/E", "C4 r*2 D4 r*1/2 E4"),
    ("x", "Cx2D", "C4 r*2 D4"),
    ("Z is a bar", "C8|Z|D8|", "C4*8 r*8 D4*8"),
    ("Z2 in 3/4", "X:1\nM:3/4\nL:1/8\nK:C\nC6|Z2|D6|", "C4*6 r*12 D4*6"),
    ("X is a bar", "C8|X|D8|", "C4*8 r*8 D4*8"),
    ("X2", "C8|X2|D8|", "C4*8 r*16 D4*8"),
    ("Z after a change of metre", "C8|[M:6/8]Z|D6|", "C4*8 r*6 D4*6"),
    ("y has no time", "CyDy2E", "C4 D4 E4"),
)

_CHORDS = cases(
    "chord",
    "4.17",
    ("one length outside", "[CEG]2 C", "C4+E4+G4*2 C4"),
    ("lengths inside", "[C2E2G2] C", "C4+E4+G4*2 C4"),
    ("inside times outside", "[C2E2]3 C", "C4+E4*6 C4"),
    ("fractions of both", "[C/E/]2 [C3E3]/ C", "C4+E4 C4+E4*3/2 C4"),
    ("unequal: the first note's length", "[C2E] F", "C4+E4*2 F4"),
    ("unison", "[CC]2 D", "C4*2 D4 ; C4*2"),
    ("accidentals inside", "[C^EG_B]", "C4+F4+G4+Bb4"),
    ("tie of all", "[CE]-[CE] C", "C4+E4*2 C4"),
    ("ties inside", "[C-E-]2[CE] C", "C4+E4*3 C4"),
    ("one note tied", "[C-E][CF]", "C4*2 ; E4 F4"),
    ("tied into a note", "[C-E]C", "C4*2 ; E4"),
    ("a note tied into it", "C-[CE]", "C4*2 ; r E4"),
    ("decorations in and before", '"C"!f![.C!3!E] D', "C4+E4 D4"),
    ("octaves", "[C,Cc]", "C3+C4+C5"),
)

_TIES = cases(
    "tie",
    "4.11",
    ("within the bar", "C-C D", "C4*2 D4"),
    ("over the bar line", "C4-|C4 D", "C4*8 D4"),
    ("over two bar lines", "C8-|C8-|C8|D", "C4*24 D4"),
    ("space after it", "C- C D", "C4*2 D4"),
    ("dotted", "C.-C D", "C4*2 D4"),
    ("over a field", "C-[M:6/8]C D", "C4*2 D4"),
    ("over a line end", "C-\nC D", "C4*2 D4"),
    ("to a dotted rhythm", "C2-C>D", "C4*7/2 D4*1/2"),
    ("out of a dotted rhythm", "C>D-D2", "C4*3/2 D4*5/2"),
    ("into a triplet", "C2-(3CDE", "C4*8/3 D4*2/3 E4*2/3"),
    ("untied repeats stay apart", "CC", "C4 C4"),
    ("into a repeat's first ending only", "|:D4C4-|1C4D4:|2E8|]", "D4*4 C4*8 D4*4 D4*4 C4*4 E4*8"),
)

_SLURS = cases(
    "slur",
    "4.11",
    ("plain, nested, dotted", "(CD) (C(DE)F) .(GA)", "C4 D4 C4 D4 E4 F4 G4 A4"),
    ("of one pitch is no tie", "(CC)", "C4 C4"),
    ("spaces and bar lines", "( C D | E )", "C4 D4 E4"),
)

_GRACE = cases(
    "grace notes",
    "4.12",
    ("one, several", "{g}C {gab}D", "C4 D4"),
    ("slashed", "{/g}C", "C4"),
    ("with lengths", "{g2a/}C {a>b}D", "C4 D4"),
    ("before a chord", "{g}[CE]2 F", "C4+E4*2 F4"),
    ("before a rest", "C{g}zD", "C4 r D4"),
    ("in a tuplet", "(3C{g}DE F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("chords of them", "{[eg]}C D", "C4 D4"),
)


def _metre(metre: str, music: str) -> str:
    return f"X:1\nM:{metre}\nL:1/8\nK:C\n{music}\n"


_TUPLETS = cases(
    "tuplet",
    "4.13",
    ("(2", "(2CD E", "C4*3/2 D4*3/2 E4"),
    ("(3", "(3CDE F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("(4", "(4CDEF G", "C4*3/4 D4*3/4 E4*3/4 F4*3/4 G4"),
    ("(5 in simple metre", "(5CDEFG A", "C4*2/5 D4*2/5 E4*2/5 F4*2/5 G4*2/5 A4"),
    ("(5 in 6/8", _metre("6/8", "(5CDEFG A"), "C4*3/5 D4*3/5 E4*3/5 F4*3/5 G4*3/5 A4"),
    ("(5 in 3/4", _metre("3/4", "(5CDEFG A"), "C4*2/5 D4*2/5 E4*2/5 F4*2/5 G4*2/5 A4"),
    ("(6", "(6CDEFGA B", "C4*1/3 D4*1/3 E4*1/3 F4*1/3 G4*1/3 A4*1/3 B4"),
    ("(7 in simple metre", "(7CDEFGAB c", "C4*2/7 D4*2/7 E4*2/7 F4*2/7 G4*2/7 A4*2/7 B4*2/7 C5"),
    ("(7 in 9/8", _metre("9/8", "(7CDEFGAB c"), "C4*3/7 D4*3/7 E4*3/7 F4*3/7 G4*3/7 A4*3/7 B4*3/7 C5"),
    ("(8", "(8CDEFGABc d", "C4*3/8 D4*3/8 E4*3/8 F4*3/8 G4*3/8 A4*3/8 B4*3/8 C5*3/8 D5"),
    ("(9 in simple metre", "(9CDEFGABcd e", "C4*2/9 D4*2/9 E4*2/9 F4*2/9 G4*2/9 A4*2/9 B4*2/9 C5*2/9 D5*2/9 E5"),
    ("(9 in 12/8", _metre("12/8", "(9CDEFGABcd e"), "C4*1/3 D4*1/3 E4*1/3 F4*1/3 G4*1/3 A4*1/3 B4*1/3 C5*1/3 D5*1/3 E5"),
    ("(5 after a change of metre", "[M:6/8](5CDEFG A", "C4*3/5 D4*3/5 E4*3/5 F4*3/5 G4*3/5 A4"),
    ("(p:q", "(3:4CDE F", "C4*4/3 D4*4/3 E4*4/3 F4"),
    ("(p:q:", "(5:4:CDEFG A", "C4*4/5 D4*4/5 E4*4/5 F4*4/5 G4*4/5 A4"),
    ("(p::", "(3::CDE F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("(p::r", "(3::2C2D E", "C4*4/3 D4*2/3 E4"),
    ("(p:q:r, fewer notes", "(3:2:2G4c2 d", "G4*8/3 C5*4/3 D5"),
    ("(p:q:r, more notes", "(3:2:4G2A2Bc d", "G4*4/3 A4*4/3 B4*2/3 C5*2/3 D5"),
    ("equal longer notes", "(3D2E2F2 G", "D4*4/3 E4*4/3 F4*4/3 G4"),
    ("unequal notes", "(3D3EF2 G", "D4*2 E4*2/3 F4*4/3 G4"),
    ("spaces after it", "(3 CDE F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("spaces within it", "(3C D E F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("rests count", "(3CzE F", "C4*2/3 r*2/3 E4*2/3 F4"),
    ("chords count as one", "(3[CE][DF][EG] F", "C4+E4*2/3 D4+F4*2/3 E4+G4*2/3 F4"),
    ("within a slur", "((3CDE) F", "C4*2/3 D4*2/3 E4*2/3 F4"),
    ("two in a row", "(3CDE(3FGA B", "C4*2/3 D4*2/3 E4*2/3 F4*2/3 G4*2/3 A4*2/3 B4"),
    ("two digits", "(10:8:10CDEFGABcde f", "C4*4/5 D4*4/5 E4*4/5 F4*4/5 G4*4/5 A4*4/5 B4*4/5 C5*4/5 D5*4/5 E5*4/5 F5"),
    ("as many unequal notes as its number", "(3:2:3C3/2D/2E F", "C4 D4*1/3 E4*2/3 F4"),
    ("one note", "(3:2:1C2 D", "C4*4/3 D4"),
)

RHYTHMS: tuple[Case, ...] = (*_LENGTHS, *_BROKEN, *_RESTS, *_CHORDS, *_TIES, *_SLURS, *_GRACE, *_TUPLETS)
