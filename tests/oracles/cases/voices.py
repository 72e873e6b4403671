"""Cases of several voices: ``V:``, overlays, directives on scores and instruments."""

from dataclasses import replace

from .case import Case, cases

BOTH = "C4 D4 ; E3 F3"


def _tune(*lines: str) -> str:
    return "X:1\nM:4/4\nL:1/8\n" + "\n".join(lines) + "\n"


_VOICES = cases(
    "voice",
    "7",
    ("lines in the body", _tune("K:C", "V:1", "CD|", "V:2", "E,F,|"), BOTH),
    ("declared in the header", _tune("V:1 clef=treble", "V:2 clef=bass", "K:C", "V:1", "CD|", "V:2", "E,F,|"), BOTH),
    ("inline", _tune("V:1", "V:2", "K:C", "[V:1]CD|", "[V:2]E,F,|"), BOTH),
    ("bar by bar", _tune("K:C", "[V:1]C|", "[V:2]E,|", "[V:1]D|", "[V:2]F,|"), BOTH),
    ("taken up again", _tune("K:C", "V:1", "C|", "V:2", "E,|", "V:1", "D|", "V:2", "F,|"), BOTH),
    ("named by words", _tune("V:Tenor name=T", "V:Bass nm=B", "K:C", "[V:Tenor]CD|", "[V:Bass]E,F,|"), BOTH),
    ("%%score", _tune("%%score 1 2", "V:1", "V:2", "K:C", "[V:1]CD|", "[V:2]E,F,|"), BOTH),
    ("%%score with braces", _tune("%%score {1 | 2}", "V:1", "V:2", "K:C", "[V:1]CD|", "[V:2]E,F,|"), BOTH),
    ("%%staves on one staff", _tune("%%staves (1 2)", "V:1", "V:2", "K:C", "[V:1]CD|", "[V:2]E,F,|"), BOTH),
    ("comments between", _tune("V:1", "V:2", "K:C", "% one", "[V:1]CD|", "%", "[V:2]E,F,|"), BOTH),
    ("one alone", _tune("V:1", "K:C", "V:1", "CD|"), "C4 D4"),
    ("music before the first belongs to it", _tune("K:C", "CD|", "V:2", "E,F,|"), BOTH),
    ("one shorter than the other", _tune("K:C", "V:1", "C8|D8|", "V:2", "E,8|"), "C4*8 D4*8 ; E3*8"),
    ("an octave clef in one", _tune("V:1", "V:2 clef=treble-8", "K:C", "[V:1]CD|", "[V:2]EF|"), BOTH),
    ("octave in one", _tune("V:1", "V:2 octave=-1", "K:C", "[V:1]CD|", "[V:2]EF|"), BOTH),
    ("transpose in one", _tune("V:1", "V:2 transpose=-12", "K:C", "[V:1]CD|", "[V:2]EF|"), BOTH),
    ("keys of their own", _tune("K:C", "[V:1]F|[K:D]F|", "[V:2]F,|F,|"), "F4 F#4 ; F3 F3"),
    ("units of their own", _tune("K:C", "[V:1]C|[L:1/4]D|C|", "[V:2]E,4|F,|"), "C4 D4*2 C4*2 ; E3*4 F3"),
    ("accidentals of their own", _tune("K:C", "[V:1]^F F|", "[V:2]F, F,|"), "F#4 F#4 ; F3 F3"),
    ("repeats in each", _tune("K:C", "[V:1]|:C:|D|]", "[V:2]|:E,:|F,|]"), "C4 C4 D4 ; E3 E3 F3"),
    ("endings in each", _tune("K:C", "[V:1]|:C|1D:|2C|]", "[V:2]|:E,|1F,:|2E,|]"), "C4 D4 C4 C4 ; E3 F3 E3 E3"),
    ("ties in each", _tune("K:C", "[V:1]C-|C|", "[V:2]E,-|E,|"), "C4*2 ; E3*2"),
    ("a multi-bar rest in one", _tune("K:C", "[V:1]C8|D8|E8|", "[V:2]Z2|F,8|"), "C4*8 D4*8 E4*8 ; r*16 F3*8"),
    ("unison of two", _tune("K:C", "[V:1]C2D2|", "[V:2]C2E2|"), "C4*2 D4*2 ; C4*2 E4*2"),
)

_OVERLAYS = cases(
    "overlay",
    "7.4",
    ("a bar", "C4&E4|F4|", "C4*4 F4*4 ; E4*4"),
    ("spaces about it", "C4 & E4|F4|", "C4*4 F4*4 ; E4*4"),
    ("other rhythm", "C4&EFGA|B4|", "C4*4 B4*4 ; E4 F4 G4 A4"),
    ("three layers", "C4&E4&G4|C4|", "C4*4 C4*4 ; E4*4 ; G4*4"),
    ("not the first bar", "C4|D4&F4|E4|", "C4*4 D4*4 E4*4 ; r*4 F4*4"),
    ("over lines", "C2|D4&\\\nF4&\\\nA4|E2|", "C4*2 D4*4 E4*2 ; r*2 F4*4 ; r*2 A4*4"),
    ("invisible rests in it", "C4&x2E2|F4|", "C4*4 F4*4 ; r*2 E4*2"),
    ("shorter than the bar", "C4&E2|F4|", "C4*4 F4*4 ; E4*2"),
    ("accidentals of its own", "^F2F2&F,4|F4|", "F#4*2 F#4*2 F4*4 ; F3*4"),
    ("in a repeat", "|:C4&E4:|F4|", "C4*4 C4*4 F4*4 ; E4*4 E4*4"),
    ("in a voice", _tune("K:C", "[V:1]C4&E4|", "[V:2]G,4|"), "C4*4 ; E4*4 ; G3*4"),
    ("two bars back", "g4f4|e6e2|&&d8|c6c2|", "G5*4 F5*4 E5*6 E5*2 ; D5*8 C5*6 C5*2"),
)


def _instrument(name: str, abc: str, programs: tuple[int, ...], expected: str = "C4 D4") -> Case:
    (case,) = cases("instrument", "11.2", (name, abc, expected))
    return replace(case, programs=programs)


_INSTRUMENTS = (
    _instrument("program", "%%MIDI program 40\nCD", (40,)),
    _instrument("in the header", _tune("%%MIDI program 40", "K:C", "CD"), (40,)),
    _instrument("on a channel", "%%MIDI channel 3\n%%MIDI program 3 40\nCD", (40,)),
    _instrument("as an instruction", "I:MIDI program 40\nCD", (40,)),
    _instrument("inline", "[I:MIDI program 40]CD", (40,)),
    _instrument(
        "one for each voice",
        _tune("K:C", "V:1", "%%MIDI program 40", "CD|", "V:2", "%%MIDI program 42", "E,F,|"),
        (40, 42),
        BOTH,
    ),
)

VOICES: tuple[Case, ...] = (*_VOICES, *_OVERLAYS, *_INSTRUMENTS)
