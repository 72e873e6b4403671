"""Instruments: the General MIDI names and families, and the fifteen instruments that the project hears and plays.

Source of names and families: General MIDI System Level 1, sound set. Programs are counted from 0 throughout (the printed standard
counts from 1). Ranges are sounding MIDI pitches that an orchestral player is comfortable with; writers and synthesis stay inside,
nothing rejects a note outside.
"""

from __future__ import annotations

from dataclasses import dataclass

# Sixteen families of eight programs each, in order.
_GENERAL_MIDI: dict[str, tuple[str, ...]] = {
    "piano": (
        "Acoustic Grand Piano",
        "Bright Acoustic Piano",
        "Electric Grand Piano",
        "Honky-tonk Piano",
        "Electric Piano 1",
        "Electric Piano 2",
        "Harpsichord",
        "Clavi",
    ),
    "chromatic percussion": (
        "Celesta",
        "Glockenspiel",
        "Music Box",
        "Vibraphone",
        "Marimba",
        "Xylophone",
        "Tubular Bells",
        "Dulcimer",
    ),
    "organ": (
        "Drawbar Organ",
        "Percussive Organ",
        "Rock Organ",
        "Church Organ",
        "Reed Organ",
        "Accordion",
        "Harmonica",
        "Tango Accordion",
    ),
    "guitar": (
        "Acoustic Guitar (nylon)",
        "Acoustic Guitar (steel)",
        "Electric Guitar (jazz)",
        "Electric Guitar (clean)",
        "Electric Guitar (muted)",
        "Overdriven Guitar",
        "Distortion Guitar",
        "Guitar Harmonics",
    ),
    "bass": (
        "Acoustic Bass",
        "Electric Bass (finger)",
        "Electric Bass (pick)",
        "Fretless Bass",
        "Slap Bass 1",
        "Slap Bass 2",
        "Synth Bass 1",
        "Synth Bass 2",
    ),
    "strings": (
        "Violin",
        "Viola",
        "Cello",
        "Contrabass",
        "Tremolo Strings",
        "Pizzicato Strings",
        "Orchestral Harp",
        "Timpani",
    ),
    "ensemble": (
        "String Ensemble 1",
        "String Ensemble 2",
        "Synth Strings 1",
        "Synth Strings 2",
        "Choir Aahs",
        "Voice Oohs",
        "Synth Voice",
        "Orchestra Hit",
    ),
    "brass": (
        "Trumpet",
        "Trombone",
        "Tuba",
        "Muted Trumpet",
        "French Horn",
        "Brass Section",
        "Synth Brass 1",
        "Synth Brass 2",
    ),
    "reed": (
        "Soprano Sax",
        "Alto Sax",
        "Tenor Sax",
        "Baritone Sax",
        "Oboe",
        "English Horn",
        "Bassoon",
        "Clarinet",
    ),
    "pipe": (
        "Piccolo",
        "Flute",
        "Recorder",
        "Pan Flute",
        "Blown Bottle",
        "Shakuhachi",
        "Whistle",
        "Ocarina",
    ),
    "synth lead": (
        "Lead 1 (square)",
        "Lead 2 (sawtooth)",
        "Lead 3 (calliope)",
        "Lead 4 (chiff)",
        "Lead 5 (charang)",
        "Lead 6 (voice)",
        "Lead 7 (fifths)",
        "Lead 8 (bass + lead)",
    ),
    "synth pad": (
        "Pad 1 (new age)",
        "Pad 2 (warm)",
        "Pad 3 (polysynth)",
        "Pad 4 (choir)",
        "Pad 5 (bowed)",
        "Pad 6 (metallic)",
        "Pad 7 (halo)",
        "Pad 8 (sweep)",
    ),
    "synth effects": (
        "FX 1 (rain)",
        "FX 2 (soundtrack)",
        "FX 3 (crystal)",
        "FX 4 (atmosphere)",
        "FX 5 (brightness)",
        "FX 6 (goblins)",
        "FX 7 (echoes)",
        "FX 8 (sci-fi)",
    ),
    "ethnic": (
        "Sitar",
        "Banjo",
        "Shamisen",
        "Koto",
        "Kalimba",
        "Bag Pipe",
        "Fiddle",
        "Shanai",
    ),
    "percussive": (
        "Tinkle Bell",
        "Agogo",
        "Steel Drums",
        "Woodblock",
        "Taiko Drum",
        "Melodic Tom",
        "Synth Drum",
        "Reverse Cymbal",
    ),
    "sound effects": (
        "Guitar Fret Noise",
        "Breath Noise",
        "Seashore",
        "Bird Tweet",
        "Telephone Ring",
        "Helicopter",
        "Applause",
        "Gunshot",
    ),
}

PROGRAM_NAMES: tuple[str, ...] = tuple(name for names in _GENERAL_MIDI.values() for name in names)
PROGRAM_FAMILIES: tuple[str, ...] = tuple(family for family, names in _GENERAL_MIDI.items() for _ in names)


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument that the listener tells apart.

    Attributes:
        code: short name as in URMP's folder names (``vn``, ``tpt``).
        program: General MIDI program, from 0.
        name: as printed before the staff.
        lowest, highest: sounding range in MIDI pitches.
        decays: True where a struck or plucked note dies away by itself and several sound at once (piano, guitar).
    """

    code: str
    program: int
    name: str
    lowest: int
    highest: int
    decays: bool = False


# The thirteen instruments of URMP (Li et al. 2018), then two that play chords. The order is that of the listener's
# instrument head: append only.
HEARD_INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument("vn", 40, "Violin", 55, 100),
    Instrument("va", 41, "Viola", 48, 84),
    Instrument("vc", 42, "Cello", 36, 76),
    Instrument("db", 43, "Contrabass", 28, 60),
    Instrument("fl", 73, "Flute", 60, 96),
    Instrument("ob", 68, "Oboe", 58, 91),
    Instrument("cl", 71, "Clarinet", 50, 91),
    Instrument("sax", 65, "Alto Sax", 49, 81),
    Instrument("bn", 70, "Bassoon", 34, 72),
    Instrument("tpt", 56, "Trumpet", 54, 84),
    Instrument("hn", 60, "French Horn", 41, 77),
    Instrument("tbn", 57, "Trombone", 40, 72),
    Instrument("tba", 58, "Tuba", 28, 60),
    Instrument("pno", 0, "Acoustic Grand Piano", 21, 108, decays=True),
    Instrument("gtr", 24, "Acoustic Guitar (nylon)", 40, 84, decays=True),
)

INSTRUMENT_BY_CODE: dict[str, Instrument] = {instrument.code: instrument for instrument in HEARD_INSTRUMENTS}
