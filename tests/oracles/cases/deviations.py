"""Which cases an oracle plays otherwise than the standard has it, and why; and which we do.

A test sees to it that each of these still differs, and that no others do: a new version of an oracle shows here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that an oracle does its own way.

    Attributes:
        oracle: ``abc2midi``, ``abcjs``, or ``transformers_abc`` for ourselves.
        reason: what it does.
        cases: their names.
    """

    oracle: str
    reason: str
    cases: tuple[str, ...]


def _named(construct: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{construct}: {name}" for name in names)


_MACROS = (
    *_named("user's symbols and macros", "m: static", "m: only what is meant", "m: the last of one target", "m: with an accidental"),
    *_named("user's symbols and macros", "m: whole lengths only", "m: not within another", "m: in the body", "m: before U:"),
    *_named("user's symbols and macros", "m: transposing", "m: transposing over octaves"),
    "tune book: macros of a file header",
)

DEVIATIONS = (
    # --- Pitch ---
    Deviation("abcjs", "does not tie notes of two spellings", _named("accidental", "a tie between two spellings")),
    Deviation(
        "abcjs",
        "accidentals reach their own octave only, whatever `%%propagate-accidentals` says",
        _named("reach of accidentals", "all octaves by default", "natural in another octave", "pitch", "not"),
    ),
    Deviation(
        "abc2midi", "takes no standard instructions as `I:` fields", _named("reach of accidentals", "as an instruction in the header")
    ),
    Deviation("abc2midi", "asks for a key in the first `K:`", ("key: empty has no sign", "clef: no key, a clef")),
    Deviation("abcjs", "adds the signs of the tonic to those after `exp`", _named("explicit key", "exp", "exp takes no sign of the tonic")),
    Deviation("abc2midi", "does not know the short form `t=`", ("transposition: t=3",)),
    Deviation("abc2midi", "takes the short form `m=` for minor", ("transposition: m= names the line only",)),
    Deviation("abcjs", "does not know the short form `t=`", ("transposition: t=3",)),
    Deviation("abcjs", "takes the short form `m=` for minor", ("transposition: m= names the line only",)),
    # --- Rhythm ---
    Deviation("abcjs", "multi-bar rests keep the metre of the header", ("metre: a change on a line", "rest: Z after a change of metre")),
    Deviation("abcjs", "takes no dotted rhythm sign after grace notes", ("broken rhythm: grace notes between",)),
    Deviation(
        "abcjs",
        "counts the time of a tuplet, not its notes, where these are unequal",
        (
            "broken rhythm: in a triplet",
            *_named("tuplet", "unequal notes", "as many unequal notes as its number", "one note"),
        ),
    ),
    Deviation(
        "abcjs",
        "`(5`, `(7` and `(9` have 2 in every metre",
        _named("tuplet", "(5 in 6/8", "(7 in 9/8", "(9 in 12/8", "(5 after a change of metre"),
    ),
    Deviation("abc2midi", "takes 3/4 for compound", _named("tuplet", "(5 in 3/4")),
    Deviation("abc2midi", "`(5` keeps to the metre of the header", _named("tuplet", "(5 after a change of metre")),
    Deviation("abcjs", "wants one digit for each number of a tuplet", _named("tuplet", "(p::", "two digits")),
    Deviation("abc2midi", "a length outside a chord replaces those inside", _named("chord", "inside times outside", "fractions of both")),
    Deviation("abcjs", "does not tie a note of a chord to a single note", _named("chord", "tied into a note")),
    Deviation("abc2midi", "a tie into the first ending also holds before the second", ("tie: into a repeat's first ending only",)),
    # --- Form ---
    Deviation("abcjs", "leaves out what stands after a repeat without a last bar line", ("repeat: no bar line after the last note",)),
    Deviation("abc2midi", "plays `|:: ::|` twice", ("repeat: three times",)),
    Deviation("abcjs", "plays `|:: ::|` twice", ("repeat: three times",)),
    Deviation("abc2midi", "goes back to the beginning after endings", ("repeat: no start: after endings",)),
    Deviation("abcjs", "does not repeat without a start after endings", ("repeat: no start: after endings",)),
    Deviation(
        "abc2midi",
        "plays the common part again after a last ending that `:|` closes",
        ("ending: both end with a repeat", "variant ending: 1,3 and 2"),
    ),
    Deviation(
        "abcjs",
        "plays the common part again after a last ending that `:|` closes",
        ("ending: both end with a repeat", "variant ending: 1,3 and 2", "variant ending: 1,2 and 3,4"),
    ),
    Deviation("abc2midi", "plays every ending each time a part is called", ("variant ending: parts give the passes",)),
    Deviation(
        "abcjs",
        "plays parts as they stand",
        (
            *_named("parts", "turned round", "one several times", "a number", "a group", "nested groups and dots"),
            *_named("parts", "a part that is not called", "inline labels"),
        ),
    ),
    # --- Voices ---
    Deviation("abcjs", "puts a voice after music without one behind it", ("voice: music before the first belongs to it",)),
    Deviation("abcjs", "a change of `L:` counts for the other voices too", ("voice: units of their own",)),
    Deviation("abc2midi", "`&&` goes back one bar", ("overlay: two bars back",)),
    Deviation("abcjs", "`&&` goes back one bar", ("overlay: two bars back",)),
    Deviation("abcjs", "takes no `I:MIDI` line", ("instrument: as an instruction",)),
    # --- Fields and texts ---
    Deviation("abcjs", "the `C` of an old tempo is a quarter", ("tempo: the old C: units",)),
    Deviation("abc2midi", "misreads a tempo of several beats", ("tempo: several beats",)),
    Deviation(
        "abcjs",
        "takes a field continued by `+:`, a `w:` after a continued line, and remarks for music",
        (
            *_named("lyrics and symbol lines", "two verses and a continuation", "lines in a row of music"),
            *_named("layout", "remarks", "inline text"),
        ),
    ),
    Deviation("abc2midi", "takes `!|...|!` for a decoration", ("layout: line breaks by !",)),
    Deviation("abcjs", "takes `!|...|!` for a decoration", ("layout: line breaks by !",)),
    Deviation("abc2midi", "knows no macros", _MACROS),
    Deviation("abcjs", "knows no macros", _MACROS),
    Deviation("abc2midi", "knows no file header", ("tune book: a file header counts for every tune",)),
    Deviation("abcjs", "does not hand on `L:` and `M:` of a file header", ("tune book: a file header counts for every tune",)),
    Deviation("abc2midi", "does not know the mark of utf-8", ("encoding: utf-8 with its mark",)),
)
