"""Cases of pitch: octaves, accidentals and how far they reach, key signatures, clefs and transposition."""

from .case import Case, cases

SCALE = "CDEFGABc"


def _key(field: str, music: str = SCALE) -> str:
    return f"X:1\nM:4/4\nL:1/8\nK:{field}\n{music}\n"


_OCTAVES = cases(
    "octave",
    "4.1",
    ("letters", "CDEFGAB cdefgab", "C4 D4 E4 F4 G4 A4 B4 C5 D5 E5 F5 G5 A5 B5"),
    ("commas and apostrophes", "C,, C, C c c' c''", "C2 C3 C4 C5 C6 C7"),
    ("marks cancel", "C,', C' c,", "C3 C5 C4"),
)

_ACCIDENTALS = cases(
    "accidental",
    "4.2",
    ("every sign", "^C _D =E ^^F __G", "C#4 Db4 E4 G4 F4"),
    ("to the bar line", "^F F|F", "F#4 F#4 F4"),
    ("natural after sharp", "^F =F F|F", "F#4 F4 F4 F4"),
    ("natural against the key", _key("D", "F =F F|F"), "F#4 F4 F4 F#4"),
    ("sharp against a flat key", _key("F", "B ^B B _B|B"), "Bb4 C5 C5 Bb4 Bb4"),
    ("double sharp after sharp", "^F ^^F F =F", "F#4 G4 G4 F4"),
    ("over the edge of the octave", "_C ^B, ^B __c", "B3 C4 C5 Bb4"),
    ("in a chord, for later notes", "[D^F] F|F", "D4+F#4 F#4 F4"),
    ("before a chord", "^F [DF]|[DF]", "F#4 D4+F#4 D4+F4"),
    ("kept by a tie over the bar line", "^F-|F F", "F#4*2 F4"),
    ("after a tie within the bar", "^F-F F", "F#4*2 F#4"),
    ("a tie between two spellings", "^C4-_D4", "C#4*8"),
    ("double bar line ends it", "^F F||F", "F#4 F#4 F4"),
    ("repeat ends it", "|:F ^F:|", "F4 F#4 F4 F#4"),
    ("a first ending ends it", "|:^F|1 F:|2 F|]", "F#4 F4 F#4 F4"),
    ("with an octave mark", "^c' c' _C, C,", "C#6 C#6 B2 B2"),
)

_REACH = cases(
    "reach of accidentals",
    "11.3",
    ("all octaves by default", "^F f F,|f", "F#4 F#5 F#3 F5"),
    ("natural in another octave", "^f =F f", "F#5 F4 F5"),
    ("octave", "%%propagate-accidentals octave\n^F F f|f", "F#4 F#4 F5 F5"),
    ("pitch", "%%propagate-accidentals pitch\n^F F f|f", "F#4 F#4 F#5 F5"),
    ("not", "%%propagate-accidentals not\n^F F f|f", "F#4 F4 F5 F5"),
    ("as an instruction in the header", "X:1\nM:4/4\nL:1/8\nI:propagate-accidentals octave\nK:C\n^F F f", "F#4 F#4 F5"),
)

_MODES = cases(
    "key",
    "3.1.14",
    *((f"{name} has no sign", _key(name), "C4 D4 E4 F4 G4 A4 B4 C5") for name in ("C", "C major", "Am", "A minor", "Amin", "C ionian")),
    *((f"{name} has no sign", _key(name), "C4 D4 E4 F4 G4 A4 B4 C5") for name in ("Aaeo", "GMix", "D DORIAN", "E phrygian", "F lydian")),
    *((f"{name} has no sign", _key(name), "C4 D4 E4 F4 G4 A4 B4 C5") for name in ("Bloc", "none")),
    ("empty has no sign", _key(""), "C4 D4 E4 F4 G4 A4 B4 C5"),
    ("G", _key("G"), "C4 D4 E4 F#4 G4 A4 B4 C5"),
    ("D", _key("D"), "C#4 D4 E4 F#4 G4 A4 B4 C#5"),
    ("A, then its relative", _key("A") + "K:F#m\n" + SCALE, "C#4 D4 E4 F#4 G#4 A4 B4 C#5 C#4 D4 E4 F#4 G#4 A4 B4 C#5"),
    ("C#: seven sharps", _key("C#"), "C#4 D#4 E#4 F#4 G#4 A#4 B#4 C#5"),
    ("Cb: seven flats", _key("Cb"), "Cb4 Db4 Eb4 Fb4 Gb4 Ab4 Bb4 Cb5"),
    ("Bb", _key("Bb"), "C4 D4 Eb4 F4 G4 A4 Bb4 C5"),
    ("Ebm: six flats", _key("Ebm"), "Cb4 Db4 Eb4 F4 Gb4 Ab4 Bb4 Cb5"),
    ("F#dor: four sharps", _key("F#dor"), "C#4 D#4 E4 F#4 G#4 A4 B4 C#5"),
    ("F#MIX: five sharps", _key("F#MIX"), "C#4 D#4 E4 F#4 G#4 A#4 B4 C#5"),
    ("Bb phrygian: six flats", _key("Bb phrygian"), "Cb4 Db4 Eb4 F4 Gb4 Ab4 Bb4 Cb5"),
    ("Db lyd: four flats", _key("Db lyd"), "C4 Db4 Eb4 F4 G4 Ab4 Bb4 C5"),
    ("G#loc: three sharps", _key("G#loc"), "C#4 D4 E4 F#4 G#4 A4 B4 C#5"),
    ("E mixolydian: three sharps", _key("E mixolydian"), "C#4 D4 E4 F#4 G#4 A4 B4 C#5"),
    ("only three letters count", _key("D mixture"), "C4 D4 E4 F#4 G4 A4 B4 C5"),
)

_EXPLICIT = cases(
    "explicit key",
    "3.1.14",
    ("mode and a sign", _key("D Phr ^f"), "C4 D4 Eb4 F#4 G4 A4 Bb4 C5"),
    ("a natural takes a sign away", _key("D =c"), "C4 D4 E4 F#4 G4 A4 B4 C5"),
    ("maj and a natural", _key("D maj =c"), "C4 D4 E4 F#4 G4 A4 B4 C5"),
    ("a sign behind its mode", _key("D maj=c"), "C4 D4 E4 F#4 G4 A4 B4 C5"),
    ("a sign behind minor", _key("Gm=e"), "C4 D4 E4 F4 G4 A4 Bb4 C5"),
    ("exp", _key("D exp _b _e ^f"), "C4 D4 Eb4 F#4 G4 A4 Bb4 C5"),
    ("exp takes no sign of the tonic", _key("D exp _b"), "C4 D4 E4 F4 G4 A4 Bb4 C5"),
    ("several signs", _key("C ^f _b"), "C4 D4 E4 F#4 G4 A4 Bb4 C5"),
    ("the highland pipes, signs unwritten", _key("HP"), "C#4 D4 E4 F#4 G4 A4 B4 C#5"),
    ("the highland pipes, signs written", _key("Hp"), "C#4 D4 E4 F#4 G4 A4 B4 C#5"),
)

_KEY_CHANGES = cases(
    "key change",
    "3.2",
    ("inline", "F|[K:D]F|F", "F4 F#4 F#4"),
    ("a line", "F|\nK:D\nF|\nK:F\nFB|", "F4 F#4 F4 Bb4"),
    ("back to none", "[K:E]F|[K:none]F|", "F#4 F4"),
    ("with a clef only: the key stays", _key("D", "F|[K:clef=bass]F|"), "F#4 F#4"),
)

_CLEFS = cases(
    "clef",
    "4.6",
    ("bass does not transpose", _key("C clef=bass", "C,D,"), "C3 D3"),
    ("name alone", _key("C bass", "C,D,"), "C3 D3"),
    ("alto, tenor", _key("C alto", "C[K:clef=tenor]D"), "C4 D4"),
    ("no key, a clef", _key("clef=bass", "C,F,"), "C3 F3"),
    ("soprano by line", _key("C alto1", "CD"), "C4 D4"),
    ("treble-8 sounds an octave lower", _key("C clef=treble-8", "CD"), "C3 D3"),
    ("treble+8 sounds an octave higher", _key("C clef=treble+8", "CD"), "C5 D5"),
    ("bass-8", _key("C bass-8", "C,D,"), "C2 D2"),
    ("perc and none", _key("C clef=none", "CD"), "C4 D4"),
    ("unknown specifiers are passed over", _key("C treble mozart:noteC=snare stafflines=3", "CD"), "C4 D4"),
)

_TRANSPOSITION = cases(
    "transposition",
    "4.6",
    ("octave=-1", _key("C octave=-1", "CD"), "C3 D3"),
    ("octave=1 with a clef", _key("G clef=bass octave=1", "F,G,"), "F#4 G4"),
    ("transpose=-2", _key("C transpose=-2", "CDE"), "Bb3 C4 D4"),
    ("transpose=-2 with signs", _key("D transpose=-2", "F=FF^c"), "E4 Eb4 Eb4 B4"),
    ("t=3", _key("C t=3", "CD"), "Eb4 F4"),
    ("m= names the line only", _key("G m=c", "Fc"), "F#4 C5"),
    ("middle names the line only", _key("C clef=bass middle=D,", "C,D,"), "C3 D3"),
    ("MIDI transpose", "%%MIDI transpose 2\nCD", "D4 E4"),
    ("MIDI transpose within", "C|\n%%MIDI transpose -12\nC|", "C4 C3"),
)

PITCHES: tuple[Case, ...] = (
    *(*_OCTAVES, *_ACCIDENTALS, *_REACH, *_MODES, *_EXPLICIT),
    *(*_KEY_CHANGES, *_CLEFS, *_TRANSPOSITION),
)
