"""Cases of form: bar lines, repeats, endings, parts."""

from .case import Case, cases

_BARS = cases(
    "bar line",
    "4.8",
    ("all kinds in a row", "C|D||E|]F[|G", "C4 D4 E4 F4 G4"),
    ("dotted", "C.|D", "C4 D4"),
    ("invisible", "C[|]D", "C4 D4"),
    ("odd shapes", "C|[|D|||E", "C4 D4 E4"),
    ("at both ends of a line", "|CD|\n|EF|", "C4 D4 E4 F4"),
)

_REPEATS = cases(
    "repeat",
    "4.8",
    ("|: :|", "C|:D:|E|", "C4 D4 D4 E4"),
    ("no start: from the beginning", "CD:|E|", "C4 D4 C4 D4 E4"),
    ("no start: from the end of the last", "|:C:|D:|E|", "C4 C4 D4 D4 E4"),
    ("no start: not from a first double bar line", "C||D:|E|", "C4 D4 C4 D4 E4"),  # the standard leaves the choice; all programs do so
    ("no start: after endings", "C|1D:|2E|]F|G:|", "C4 D4 C4 E4 F4 G4 F4 G4"),
    ("::", "|:C::D:|E|", "C4 C4 D4 D4 E4"),
    (":|: and :||:", "|:C:|:D:||:E:|", "C4 C4 D4 D4 E4 E4"),
    (":|]", "|:C:|]D|]", "C4 C4 D4"),
    ("[|: and :|", "[|:C:|D|]", "C4 C4 D4"),
    ("three times", "|::C::|D|", "C4 C4 C4 D4"),
    ("a start that no end follows", "|:C|D|]", "C4 D4"),
    ("spaces between the signs' parts", "|: C D :| |: E :|", "C4 D4 C4 D4 E4 E4"),
    ("over lines", "|:C|\nDF:|\n|:E:|\n", "C4 D4 F4 C4 D4 F4 E4 E4"),
    ("no bar line after the last note", "|:C:|D", "C4 C4 D4"),
    ("a pickup before it", "C|:D2|E:|", "C4 D4*2 E4 D4*2 E4"),
)

_ENDINGS = cases(
    "ending",
    "4.9",
    ("|1 :|2", "|:C|1D:|2E|]", "C4 D4 C4 E4"),
    ("[1 [2", "|:C|[1D:|[2E|]", "C4 D4 C4 E4"),
    ("spaces before [1", "|:C| [1 D :| [2 E |]", "C4 D4 C4 E4"),
    ("no start", "C|1D:|2E|]", "C4 D4 C4 E4"),
    ("several bars each", "|:C|1D|E:|2F|G||A", "C4 D4 E4 C4 F4 G4 A4"),
    ("music after the last", "|:C|1D:|2E||F|]", "C4 D4 C4 E4 F4"),
    ("a second section with endings", "|:C|1D:|2E|]|:F|1G:|2A|]", "C4 D4 C4 E4 F4 G4 F4 A4"),
    ("both end with a repeat", "|:C|1D:|2E:|F|", "C4 D4 C4 E4 F4"),
    ("within the bar", "|:C2[1D2:|[2E2|]", "C4*2 D4*2 C4*2 E4*2"),
)

_VARIANTS = cases(
    "variant ending",
    "4.10",
    ("three", "|:C|1D:|2E:|3F|]", "C4 D4 C4 E4 C4 F4"),
    ("1,3 and 2", "|:C|[1,3D:|[2E:|]F|", "C4 D4 C4 E4 C4 D4 F4"),
    ("1-2 and 3", "|:C|[1-2D:|[3E|]", "C4 D4 C4 D4 C4 E4"),
    ("1,2 and 3,4", "|:C|[1,2D:|[3,4E:|F|", "C4 D4 C4 D4 C4 E4 C4 E4 F4"),
    ("parts give the passes", "X:1\nM:4/4\nL:1/8\nP:A2B\nK:C\nP:A\nC|[1D:|[2E||\nP:B\nF|]", "C4 D4 C4 E4 F4"),
)


def _parts(order: str, music: str = "P:A\nCD|\nP:B\nEF|\n") -> str:
    return f"X:1\nM:4/4\nL:1/8\nP:{order}\nK:C\n{music}"


_PARTS = cases(
    "parts",
    "3.1.9",
    ("in their order", _parts("AB"), "C4 D4 E4 F4"),
    ("turned round", _parts("BA"), "E4 F4 C4 D4"),
    ("one several times", _parts("ABA"), "C4 D4 E4 F4 C4 D4"),
    ("a number", _parts("A2B"), "C4 D4 C4 D4 E4 F4"),
    ("a group", _parts("(AB)2"), "C4 D4 E4 F4 C4 D4 E4 F4"),
    ("nested groups and dots", _parts("((A.B)2.B)2"), "C4 D4 E4 F4 C4 D4 E4 F4 E4 F4 C4 D4 E4 F4 C4 D4 E4 F4 E4 F4"),
    ("a part that is not called", _parts("B"), "E4 F4"),
    ("a repeat within a part", _parts("AB", "P:A\n|:C:|\nP:B\nD|\n"), "C4 C4 D4"),
    ("inline labels", _parts("BA", "[P:A]C|[P:B]D|\n"), "D4 C4"),
    ("labels without an order", "P:A\nC|\nP:B\nD|", "C4 D4"),
    ("a key within a part", _parts("AB", "P:A\nF|\nP:B\n[K:D]F|\n"), "F4 F#4"),
)

FORMS: tuple[Case, ...] = (*_BARS, *_REPEATS, *_ENDINGS, *_VARIANTS, *_PARTS)
