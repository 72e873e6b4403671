"""Playing techniques, as far as a source marks them.

Marks are signs (a staccato dot, the strokes of a tremolo), words beside the staff (``pizz.``, ``con sord.``) and General MIDI programs that
name a way of playing. Words for the bow, the mute and where the string is struck hold until other words end them; the rest holds for the
notes where it stands. Most sources mark little: that a technique is not marked says nothing about how the music was played.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from transformers_abc.notation.marks import Annotation, Decoration, Mark
from transformers_abc.notation.tune import Tune, Voice, value_at

# Words that begin a technique which then holds, and words that end it.
_HELD: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    technique: (re.compile(begins, re.IGNORECASE), re.compile(ends, re.IGNORECASE))
    for technique, begins, ends in (
        ("pizzicato", r"\bpizz", r"\barco\b"),
        (
            "muted",
            r"\bcon sord|\bmuted\b|\bwith mute|\bmit d[äa]mpfer",
            r"\bsenza sord|\bopen\b|\bwithout mute|\bmute off|\bohne d[äa]mpfer",
        ),
        ("col legno", r"\bcol legno", r"\barco\b|\bord\b|\bordin|\bnat\b"),
        ("sul ponticello", r"\bsul pont", r"\bord\b|\bordin|\bnat\b|\bsul tasto"),
        ("sul tasto", r"\bsul tasto", r"\bord\b|\bordin|\bnat\b|\bsul pont"),
    )
}
# Words and signs that hold for the note where they stand.
_WORDS: dict[str, re.Pattern[str]] = {
    technique: re.compile(words, re.IGNORECASE)
    for technique, words in (
        ("palm mute", r"\bpalm.?mut|\bp\. ?m\.|^pm$"),
        ("staccato", r"\bstacc(?:\.|ato\b)"),
        ("spiccato", r"\bspicc"),
        ("tremolo", r"\btrem(?:\.|olo\b)"),
        ("harmonics", r"\bharm(?:\.|onics?\b)|\bflag(?:\.|eolet)"),
        ("flutter tonguing", r"\bflutter|\bflz|\bfrull"),
        ("glissando", r"\bgliss"),
    )
}
_SIGNS: dict[str, str] = {
    "staccato": "staccato", "snap": "snap pizzicato", "glissando(": "glissando", **dict.fromkeys(("/", "//", "///", "////"), "tremolo"),
}  # fmt: skip
_PROGRAMS: dict[int, str] = {28: "palm mute", 31: "harmonics", 44: "tremolo", 45: "pizzicato", 59: "muted"}

TECHNIQUES: tuple[str, ...] = tuple(dict.fromkeys((*_HELD, *_WORDS, *_SIGNS.values(), *_PROGRAMS.values())))


def heard_techniques(tune: Tune, start_wn: Fraction = Fraction(0), end_wn: Fraction | None = None) -> tuple[str, ...]:
    r"""The techniques with which notes begin in a stretch of music, in the order of `TECHNIQUES`; empty where nothing is marked.

    Args:
        tune: the music with its repeats played out. Give the whole piece with the bounds of a clip where there is one: a ``pizz.`` before
            the clip still holds in it.
        start_wn, end_wn: in whole notes; up to the end of the tune by default.

    >>> from transformers_abc.notation.reader import read_abc
    >>> tune = read_abc('X:1\nM:4/4\nL:1/4\nK:C\nV:1 name="Violin"\n"^pizz."CCCC | "^arco".CCCC |')
    >>> heard_techniques(tune), heard_techniques(tune, Fraction(1, 2), Fraction(1)), heard_techniques(tune, Fraction(5, 4))
    (('pizzicato', 'staccato'), ('pizzicato',), ())
    """
    stop_wn = tune.length_wn if end_wn is None else end_wn
    heard = {technique for voice in tune.voices for technique in _heard_in(voice, start_wn, stop_wn)}
    return tuple(technique for technique in TECHNIQUES if technique in heard)


def names_technique(mark: Mark) -> bool:
    """Whether a mark says how to play, or ends such a way of playing.

    >>> names_technique(Annotation("senza sordino")), names_technique(Annotation("dolce"))
    (True, False)
    """
    patterns = [pattern for begins_and_ends in _HELD.values() for pattern in begins_and_ends]
    return _technique_of(mark) is not None or any(pattern.search(_words(mark)) for pattern in patterns)


def _heard_in(voice: Voice, start_wn: Fraction, end_wn: Fraction) -> Iterator[str]:
    onsets_wn = {note.onset_wn for note in voice.notes if start_wn <= note.onset_wn < end_wn}
    if onsets_wn and voice.program in _PROGRAMS:
        yield _PROGRAMS[voice.program]
    for onset_wn, mark in voice.marks:
        if onset_wn in onsets_wn and (technique := _technique_of(mark)):
            yield technique
    for technique, (begins, ends) in _HELD.items():
        changes = [(start_wn, False)]
        for onset_wn, mark in voice.marks:
            if ends.search(_words(mark)):
                changes.append((max(onset_wn, start_wn), False))
            elif begins.search(_words(mark)):
                changes.append((max(onset_wn, start_wn), True))
        if len(changes) > 1 and any(value_at(tuple(changes), onset_wn) for onset_wn in onsets_wn):
            yield technique


def _technique_of(mark: Mark) -> str | None:
    """The technique of the note at which a sign or words stand."""
    if isinstance(mark, Decoration) and mark.name in _SIGNS:
        return _SIGNS[mark.name]
    return next((technique for technique, pattern in _WORDS.items() if pattern.search(_words(mark))), None)


def _words(mark: Mark) -> str:
    match mark:
        case Annotation(text):
            return text
        case Decoration(name) if name != "open":  # the circle of an open string takes off no mute
            return name
    return ""
