"""Cases of fields: metre, unit note length, tempo."""

from dataclasses import replace

from .case import Case, cases


def _tune(fields: str, music: str = "C D") -> str:
    return "X:1\n" + "".join(f"{field}\n" for field in fields.split(";")) + f"K:C\n{music}\n"


_UNITS = cases(
    "unit note length",
    "3.1.7",
    *((f"1/8 by default in {metre}", _tune(f"M:{metre}"), "C4 D4") for metre in ("C", "C|", "4/4", "3/4", "6/8", "9/8", "none")),
    *((f"1/16 by default in {metre}", _tune(f"M:{metre}"), "C4*1/2 D4*1/2") for metre in ("2/4", "3/8", "5/8", "1/4")),
    ("1/8 without a metre", "X:1\nT:Case\nK:C\nC D\n", "C4 D4"),
    ("1/8 in (2+3+2)/8", _tune("M:(2+3+2)/8"), "C4 D4"),
    ("1/16 in 2+3/8", _tune("M:2+3/8"), "C4*1/2 D4*1/2"),
    ("1", _tune("M:4/4;L:1"), "C4*8 D4*8"),
    ("1/1", _tune("M:4/4;L:1/1"), "C4*8 D4*8"),
    ("1/4", _tune("M:4/4;L:1/4"), "C4*2 D4*2"),
    ("1/16 before the metre", _tune("L:1/16;M:4/4"), "C4*1/2 D4*1/2"),
    ("1/128", _tune("M:4/4;L:1/128", "C D16"), "C4*1/16 D4"),
    ("a change inline", _tune("M:4/4;L:1/8", "C[L:1/4]D"), "C4 D4*2"),
    ("a change on a line", _tune("M:4/4;L:1/8", "C\nL:1/16\nD"), "C4 D4*1/2"),
    ("a change of metre leaves it", _tune("M:3/4", "C[M:2/4]D"), "C4 D4"),
)

_METRES = cases(
    "metre",
    "3.1.6",
    *((f"a bar of {metre}", _tune(f"M:{metre};L:1/8", f"C{bar}|Z|D"), f"C4*{bar} r*{bar} D4") for metre, bar in (("C", 8), ("C|", 8))),
    *((f"a bar of {metre}", _tune(f"M:{metre};L:1/8", f"C{bar}|Z|D"), f"C4*{bar} r*{bar} D4") for metre, bar in (("6/8", 6), ("2/2", 8))),
    ("a bar of (2+3+2)/8", _tune("M:(2+3+2)/8;L:1/8", "C7|Z|D"), "C4*7 r*7 D4"),
    ("a bar of 2+3+2/8", _tune("M:2+3+2/8;L:1/8", "C7|Z|D"), "C4*7 r*7 D4"),
    ("free: bars as long as they are", _tune("M:none;L:1/8", "C3|D5|E"), "C4*3 D4*5 E4"),
    ("a change on a line", _tune("M:4/4;L:1/8", "C8|\nM:3/4\nZ|D"), "C4*8 r*6 D4"),
)


def _tempo(name: str, fields: str, tempos: str, music: str = "C8|D8", expected: str = "C4*8 D4*8") -> Case:
    (case,) = cases("tempo", "3.1.8", (name, _tune(f"M:4/4;L:1/8;{fields}", music), expected))
    return replace(case, tempos=tempos)


_TEMPOS = (
    _tempo("quarters", "Q:1/4=90", "0=90"),
    _tempo("dotted quarters", "Q:3/8=60", "0=90"),
    _tempo("halves", "Q:1/2=60", "0=120"),
    _tempo("eighths", "Q:1/8=240", "0=120"),
    _tempo("several beats", "Q:1/4 3/8 1/4 3/8=40", "0=200"),  # 5/4 at 40
    _tempo("words before", 'Q:"Allegro" 1/4=132', "0=132"),
    _tempo("words after", 'Q:3/8=50 "Slowly"', "0=75"),
    _tempo("the old number alone: quarters", "Q:120", "0=120"),  # once units; the standard calls it outdated, all programs take quarters
    _tempo("the old C: units", "Q:C=120", "0=60"),
    _tempo("inline", "Q:1/4=90", "0=90 1=60", "C8|[Q:1/4=60]D8"),
    _tempo("a line in the body", "Q:1/4=90", "0=90 1=60", "C8|\nQ:1/4=60\nD8"),
    _tempo("words alone", 'Q:"Andante"', ""),
)

FIELDS: tuple[Case, ...] = (*_UNITS, *_METRES, *_TEMPOS)
