"""Instruments as people call them: one name for all that sounds alike, and none for what has no name that a listener would say.

General MIDI tells a nylon from a steel guitar and a trumpet from a muted one; a listener says guitar, and trumpet. Effects, synthesisers
and programs that name a way of playing in place of an instrument (Pizzicato Strings) have no spoken name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.scoring.instrument_names import instrument_of

_BY_PROGRAM: dict[int, str] = {
    **dict.fromkeys((0, 1, 3), "Piano"), **dict.fromkeys((2, 4, 5), "Electric Piano"), 6: "Harpsichord", 8: "Celesta", 9: "Glockenspiel",
    10: "Music Box", 11: "Vibraphone", 12: "Marimba", 13: "Xylophone", 14: "Tubular Bells", 15: "Dulcimer",
    **dict.fromkeys((16, 17, 18, 19, 20), "Organ"), **dict.fromkeys((21, 23), "Accordion"), 22: "Harmonica",
    **dict.fromkeys((24, 25), "Acoustic Guitar"), **dict.fromkeys((26, 27, 28, 29, 30), "Electric Guitar"),
    **dict.fromkeys((32, 43), "Double Bass"), **dict.fromkeys((33, 34, 35, 36, 37), "Bass Guitar"),
    **dict.fromkeys((40, 110), "Violin"), 41: "Viola", 42: "Cello", 46: "Harp", 47: "Timpani",
    **dict.fromkeys((48, 49), "String Ensemble"), 52: "Choir", 53: "Voice",
    **dict.fromkeys((56, 59), "Trumpet"), 57: "Trombone", 58: "Tuba", 60: "French Horn", 61: "Brass Section",
    64: "Soprano Saxophone", 65: "Alto Saxophone", 66: "Tenor Saxophone", 67: "Baritone Saxophone", 68: "Oboe", 69: "English Horn",
    70: "Bassoon", 71: "Clarinet", 72: "Piccolo", 73: "Flute", 74: "Recorder", 75: "Pan Flute", 77: "Shakuhachi", 78: "Whistle",
    79: "Ocarina", 104: "Sitar", 105: "Banjo", 106: "Shamisen", 107: "Koto", 108: "Kalimba", 109: "Bag Pipe", 111: "Shanai",
    114: "Steel Drums",
}  # fmt: skip

SPOKEN_NAMES: tuple[str, ...] = tuple(dict.fromkeys(_BY_PROGRAM.values()))

# Many players under one name: how many cannot be told.
SECTIONS = frozenset({"String Ensemble", "Choir", "Brass Section"})

# Blown or sung: one player sounds one note at a time.
ONE_NOTE_AT_A_TIME = frozenset(
    _BY_PROGRAM[program] for program in (53, *range(56, 61), *range(64, 76), *range(77, 80), 111) if program in _BY_PROGRAM
)

# One player to a voice. All others play chords, and the voices of one name may be the staves of one player.
ONE_PLAYER_A_VOICE = ONE_NOTE_AT_A_TIME | {_BY_PROGRAM[program] for program in (33, 40, 41, 42, 43)}

_PLURAL_ENDINGS = {"s": "", "es": "", "celli": "cello", "violini": "violino", "corni": "corno", "oboi": "oboe"}
_SAME_IN_PLURAL = ("Bells", "Drums", "Timpani")
_SPELLED_LARGE = {"french": "French", "english": "English"}


def spoken_name(name: str, program: int | None = None) -> str | None:
    """What a listener calls the instrument of a voice; None where it has no such name.

    Args:
        name: as printed before the staff, or as a person says it.
        program: General MIDI program from 0, which counts where the name says nothing.

    >>> spoken_name("Vc."), spoken_name("", 59), spoken_name("Contrabass"), spoken_name("Fiddle"), spoken_name("Voice 1", 45)
    ('Cello', 'Trumpet', 'Double Bass', 'Violin', 'Voice')
    >>> spoken_name("", 45), spoken_name("Theorbo"), spoken_name("", None)
    (None, None, None)
    """
    known = instrument_of(name, program)
    return _BY_PROGRAM.get(_PROGRAM_OF_NAME[known]) if known in _PROGRAM_OF_NAME else None


_PROGRAM_OF_NAME = {name: program for program, name in enumerate(PROGRAM_NAMES)}


def singulars(name: str) -> Iterator[str]:
    """What a name may be in singular, itself first.

    >>> list(singulars("double basses")), list(singulars("celli"))
    (['double basses', 'double basse', 'double bass'], ['celli', 'cello'])
    """
    yield name
    for ending, singular in _PLURAL_ENDINGS.items():
        if name.lower().endswith(ending):
            yield name[: -len(ending)] + singular


def names_several(name: str) -> bool:
    """Whether the name of a voice is that of several players.

    >>> names_several("Violins I"), names_several("Horns 1.2"), names_several("Violin I"), names_several("Theorbos")
    (True, True, False, False)
    """
    return spoken_name(name) is None and any(spoken_name(singular) for singular in singulars(instrument_of(name, None)))


def in_running_text(name: str) -> str:
    """A name within a sentence.

    >>> in_running_text("Alto Saxophone"), in_running_text("French Horn")
    ('alto saxophone', 'French horn')
    """
    return " ".join(_SPELLED_LARGE.get(word, word) for word in name.lower().split())


def counted(name: str, count: int) -> str:
    """A name with how many there are; one alone stands without a number.

    >>> counted("Violin", 2), counted("Viola", 1), counted("Double Bass", 3), counted("Timpani", 2)
    ('2 Violins', 'Viola', '3 Double Basses', '2 Timpani')
    """
    if count == 1:
        return name
    if name.endswith(_SAME_IN_PLURAL):
        return f"{count} {name}"
    return f"{count} {name}{'es' if name.endswith(('s', 'x')) else 's'}"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["2 Violins", "Viola", "Cello"]), listed(["Oboe"])
    ('2 Violins, Viola and Cello', 'Oboe')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
