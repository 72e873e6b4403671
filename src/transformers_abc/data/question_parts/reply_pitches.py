"""What notes, keys and key signatures a reply names, as they sound.

Each function reads the `conclusion` of a reply and gives all the values of its kind that it affirms; none where it says nothing.
"""

from __future__ import annotations

import re

from transformers_abc.data.question_parts.reply_text import affirmed
from transformers_abc.notation.tune import FIFTHS_ORDER, MODE_FIFTHS, NATURAL_SEMITONES

_CIRCLE = 12  # keys and signatures are compared as they sound: C sharp is D flat
_MIDDLE_C = 60

_ALTER_OF_WORD = {"sharp": 1, "flat": -1, "natural": 0, "double sharp": 2, "double flat": -2}
_NOTE = re.compile(
    r"(?<![\w#])(?:(?P<letter>[A-Ga-g])(?P<signs>#{1,3}|b{1,3}|x)?(?P<octave>-[12]|\d)"
    r"|(?P<spoken_letter>[A-Ga-g])[\s-]+(?P<word>(?i:(?:double[\s-])?(?:sharp|flat)|natural))[\s-]*(?:in\s+)?(?:octave\s+)?(?P<spoken_octave>-[12]|\d))"
    r"(?![\w/]|\.\d|-[a-z])|(?P<middle>(?<!above )(?<!below )\b(?i:middle c)\b)"
)

_MODES = {
    **{mode: mode for mode in MODE_FIFTHS}, "ionian": "major", "maj": "major", "aeolian": "minor", "min": "minor", "m": "minor",
}  # fmt: skip
_MODE = rf"(?P<mode>(?i:{'|'.join(mode for mode in _MODES if mode != 'm')})|m)"  # "M" would be major
_TONIC = r"(?P<letter>[A-Ga-g])(?:(?P<sign>#|b)|[\s-](?P<word>(?i:sharp|flat)))?"
_KEY = re.compile(rf"(?<![\w#]){_TONIC}[\s-]*(?i:(?:natural|harmonic|melodic)\s+)?{_MODE}(?!\w)")
_BARE_KEY = re.compile(rf"(?:^|\bin |\bkey (?:is|of) )(?=[A-G]){_TONIC}\s*(?=;|$)")
_AFTER_ARTICLE = re.compile(r"\s+(?:keys?|modes?|scales?|tonality|third|chord|feel)\b")  # "in a minor key" names no key

_SIGNS = re.compile(r"(?<![\w./#-])(?P<count>\d)\s+(?P<sign>sharp|flat)s?\b", re.IGNORECASE)
_ANY_SIGNS = r"(?:sharps?|flats?|accidentals?)"
_NO_SIGNS = re.compile(
    rf"\b(?:no|zero|0|without(?: any)?)\s+{_ANY_SIGNS}(?:\s*(?:,|/|and|or|nor)\s*(?:no\s+)?{_ANY_SIGNS})?|^\s*none\s*\.?\s*$", re.IGNORECASE
)


def note_pitches(text: str) -> set[int]:
    """Notes with their octave, as MIDI pitches.

    >>> [sorted(note_pitches(text)) for text in ("It is F#4.", "G flat 4", "Bb3", "middle C", "F#", "a 4/4 bar")]
    [[66], [66], [58], [60], [], []]
    """
    return {_pitch(found) for found in _NOTE.finditer(affirmed(text))}


def _pitch(found: re.Match[str]) -> int:
    if found["middle"]:
        return _MIDDLE_C
    letter, octave = found["letter"] or found["spoken_letter"], found["octave"] or found["spoken_octave"]
    return 12 * (int(octave) + 1) + NATURAL_SEMITONES[letter.upper()] + _alter(found["signs"], found["word"])


def _alter(signs: str | None, word: str | None) -> int:
    if word:
        return _ALTER_OF_WORD[word.lower().replace("-", " ")]
    return 2 if signs == "x" else (signs or "").count("#") - (signs or "").count("b")


def keys(text: str) -> set[tuple[int, str]]:
    """Keys as the place of their tonic on the circle of fifths (C is 0, G is 1) and their mode; a tonic alone is major.

    >>> [sorted(keys(text)) for text in ("D major", "It's in F# minor", "C#m", "in a minor key", "Bb", "D flat major")]
    [[(2, 'major')], [(6, 'minor')], [(7, 'minor')], [], [(10, 'major')], [(7, 'major')]]
    """
    said = affirmed(text)
    named = [found for found in _KEY.finditer(said) if not (found["letter"] in "Aa" and _AFTER_ARTICLE.match(said, found.end()))]
    return {(_tonic(found), _MODES[found["mode"].lower()]) for found in named} or {
        (_tonic(found), "major") for found in _BARE_KEY.finditer(said)
    }


def _tonic(found: re.Match[str]) -> int:
    alter = {"#": 1, "sharp": 1, "b": -1, "flat": -1}.get((found["sign"] or found["word"] or "").lower(), 0)
    return (FIFTHS_ORDER.index(found["letter"].upper()) - 1 + 7 * alter) % _CIRCLE


def signatures(text: str) -> set[int]:
    """Key signatures as sharps on the circle of fifths (2 flats are 10): numbers of signs, else the signatures of the keys that are named.

    >>> [sorted(signatures(text)) for text in ("2 sharps", "1 flat", "no sharps or flats", "D minor", "F# and C#")]
    [[2], [11], [0], [11], []]
    """
    said = affirmed(_NO_SIGNS.sub(" 0 sharps ", text))
    counts = {int(found["count"]) * (1 if found["sign"].lower() == "sharp" else -1) for found in _SIGNS.finditer(said)}
    if counts:
        return {count % _CIRCLE for count in counts - {0} or counts}  # "2 sharps, no flats"
    return {(tonic + MODE_FIFTHS[mode]) % _CIRCLE for tonic, mode in keys(text)}
