"""What a clip says for sure of its tempo, metre, key and bars; None where a question would not have one answer that can be heard."""

from __future__ import annotations

import re
from fractions import Fraction

from transformers_abc.data.question_parts.heard_clip import HeardClip
from transformers_abc.notation.marks import Annotation
from transformers_abc.notation.tune import FREE_METRE, Key, Metre, Tune, effective_changes

MIN_ONSETS_FOR_TEMPO = 4
MIN_BARS = 2  # below two bars no metre can be heard, and there is nothing to count
MOST_SIGNS = 7

_START = Fraction(0)
_TEMPO_MOVES = re.compile(
    r"\b(?:rit|rall|accel|allarg|stringendo|calando|morendo|smorz|pi[uù] mosso|meno mosso|pi[uù] lento|a tempo|rubato)", re.IGNORECASE
)
_FIFTHS_OF_PITCH_CLASS = tuple((7 * pitch_class + 1) % 12 - 1 for pitch_class in range(12))  # F is -1, C 0, ... B flat 10


def tempo(clip: HeardClip) -> str | None:
    r"""Quarter notes a minute as a whole number: one tempo throughout, and enough notes to hear it by.

    >>> from transformers_abc.notation.reader import read_abc
    >>> read = lambda music: HeardClip.of(read_abc(f"X:1\nM:4/4\nL:1/4\n{music}"))
    >>> tempo(read("Q:3/8=60\nK:C\nCDEF|")), tempo(read("Q:1/4=60\nK:C\nCDE [Q:1/4=90] F|")), tempo(read("K:C\nCDEF|"))
    ('90', None, None)
    """
    tune = clip.tune
    in_force = effective_changes(tune.tempos, tune.length_wn)
    quarters = {tempo.beats_per_minute * tempo.beat_wn * 4 for _, tempo in in_force}
    if len(quarters) != 1 or in_force[0][0] != _START:
        return None
    onsets_wn = {note.onset_wn for voice in clip.voices for note in voice.notes}
    moves = any(isinstance(mark, Annotation) and _TEMPO_MOVES.search(mark.text) for voice in tune.voices for _, mark in voice.marks)
    if moves or len(onsets_wn) < MIN_ONSETS_FOR_TEMPO:
        return None
    rounded = round(quarters.pop())
    return str(rounded) if rounded > 0 else None


def metre(clip: HeardClip) -> str | None:
    r"""One metre throughout, at least two whole bars long; ``C`` is 4/4 and ``C|`` is 2/2.

    >>> from transformers_abc.notation.reader import read_abc
    >>> metre(HeardClip.of(read_abc("X:1\nM:C|\nL:1/4\nK:C\nCDEF|CDEF|"))), metre(HeardClip.of(read_abc("X:1\nM:3/4\nK:C\nC6|")))
    ('2/2', None)
    """
    only = _only_metre(clip.tune)
    if only is None or not clip.voices or clip.tune.bar_lengths_wn.count(only.bar_wn) < MIN_BARS:
        return None
    return f"{only.numerator}/{only.denominator}"


def bars(clip: HeardClip) -> str | None:
    r"""The number of whole bars: one metre, no bar cut but the first, and notes that begin in the first and the last bar that count.

    >>> from transformers_abc.notation.reader import read_abc
    >>> read = lambda music: HeardClip.of(read_abc(f"X:1\nM:3/4\nL:1/4\nK:C\n{music}"))
    >>> bars(read("C|DEF|GAB|")), bars(read("DEF|GAB|c|")), bars(read("DEF|GAB|z3|"))    # a pickup; a cut bar; a bar that no one hears
    ('2', None, None)
    """
    lengths_wn, only = clip.tune.bar_lengths_wn, _only_metre(clip.tune)
    if only is None:
        return None
    pickup = int(lengths_wn[0] < only.bar_wn)
    whole = lengths_wn[pickup:]
    if len(whole) < MIN_BARS or any(length_wn != only.bar_wn for length_wn in whole):
        return None
    first_wn = lengths_wn[0] if pickup else _START
    last_wn = clip.tune.length_wn - only.bar_wn
    onsets_wn = [note.onset_wn for voice in clip.voices for note in voice.notes]
    begins = any(first_wn <= onset_wn < first_wn + only.bar_wn for onset_wn in onsets_wn)
    ends = any(last_wn <= onset_wn < clip.tune.length_wn for onset_wn in onsets_wn)
    return str(len(whole)) if begins and ends else None


def key_signature(clip: HeardClip) -> str | None:
    r"""One signature throughout, which fits the notes better than any other, by the time that they sound.

    >>> from transformers_abc.notation.reader import read_abc
    >>> read = lambda music: HeardClip.of(read_abc(f"X:1\nM:4/4\nL:1/4\n{music}"))
    >>> key_signature(read("K:D\nDEFG|ABcd|")), key_signature(read("K:Am\nABcd|efga|")), key_signature(read("K:F\nB8|"))
    ('2 sharps', 'no sharps or flats', None)
    """
    only = _only_key(clip)
    if only is None:
        return None
    signs = "sharp" if only.fifths > 0 else "flat"
    return f"{abs(only.fifths)} {signs}{'s' if abs(only.fifths) > 1 else ''}" if only.fifths else "no sharps or flats"


def key(clip: HeardClip) -> str | None:
    r"""Tonic and mode, under the conditions of `key_signature`; the mode is taken from the tune.

    >>> from transformers_abc.notation.reader import read_abc
    >>> key(HeardClip.of(read_abc("X:1\nM:4/4\nL:1/4\nK:Gm\nGABc|defg|")))
    'G minor'
    """
    only = _only_key(clip)
    return None if only is None else f"{only.tonic} {only.mode}"


def _only_metre(tune: Tune) -> Metre | None:
    """The metre, where there is one and it is that from the start to the end."""
    in_force = effective_changes(tune.metres, tune.length_wn)
    metres = {(metre.numerator, metre.denominator) for _, metre in in_force}
    if len(metres) != 1 or any(metre.symbol == FREE_METRE for _, metre in in_force) or in_force[0][0] != _START:
        return None
    return in_force[0][1]


def _only_key(clip: HeardClip) -> Key | None:
    in_force = [key for _, key in effective_changes(clip.tune.keys, clip.tune.length_wn)]
    if len(in_force) != 1 or in_force[0].explicit or abs(in_force[0].fifths) > MOST_SIGNS or not clip.voices:
        return None
    return in_force[0] if _fits_best(in_force[0].fifths, clip) else None


def _fits_best(fifths: int, clip: HeardClip) -> bool:
    """Whether the notes of a signature sound longer than those of any other; G major without an F could as well be C major."""
    sounding = [Fraction(0)] * 12  # in whole notes, by place on the circle of fifths from F
    for voice in clip.voices:
        for note in voice.notes:
            sounding[_FIFTHS_OF_PITCH_CLASS[note.pitch_midi % 12] + 1] += note.length_wn
    covered = [sum(sounding[(signature + place) % 12] for place in range(7)) for signature in range(12)]
    own = covered.pop(fifths % 12)
    return own > max(covered)
