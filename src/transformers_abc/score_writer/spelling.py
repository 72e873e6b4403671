"""Key signature from the notes, and the spelling of each pitch in that key.

The key is the one whose profile correlates best with the pitch classes' durations (Krumhansl, *Cognitive Foundations of Musical Pitch*,
1990, with the profiles of Temperley, *What's Key for Key?*, Music Perception 17(1), 1999). Spelling takes, for each pitch class, the
name that lies nearest to the key on the line of fifths: sharps as raised degrees, the flat third and seventh as flats.
"""

from __future__ import annotations

import numpy as np

from transformers_abc.notation.tune import MODE_FIFTHS, Key

# Temperley 1999, from the tonic upwards by semitones.
_MAJOR_PROFILE = np.array([5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0])
_MINOR_PROFILE = np.array([5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0])
# Names offered around the tonic of the signature's major key, in fifths: C major has Eb (-3) ... G# (8); a minor one also reaches D# (9).
_FLATTEST = {"major": -3, "minor": -2}


def find_key(weights: np.ndarray) -> Key:
    """The best of the 24 major and minor keys.

    Args:
        weights: total duration of each pitch class, ``[12]``, C first.

    >>> str(find_key(np.array([3, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 1.0])))
    'C'
    """
    if np.ptp(weights) == 0:  # no notes, or all twelve alike: nothing points anywhere
        return Key(0)
    scores = {
        (tonic, mode): float(np.corrcoef(np.roll(profile, tonic), weights)[0, 1])
        for mode, profile in (("major", _MAJOR_PROFILE), ("minor", _MINOR_PROFILE))
        for tonic in range(12)
    }
    tonic, mode = max(scores, key=lambda key: np.nan_to_num(scores[key], nan=-1.0))
    fifths = (tonic * 7 + MODE_FIFTHS[mode] + 5) % 12 - 5  # -5 (five flats) to 6 (six sharps)
    return Key(fifths, mode)


def alter_in(key: Key, pitch_midi: int) -> int:
    """The alteration with which a pitch is spelled in a key.

    >>> alter_in(Key(0), 61), alter_in(Key(-3), 61), alter_in(Key(-3), 63)    # C sharp in C; D flat and E flat in E flat major
    (1, -1, -1)
    """
    flattest = key.fifths + _FLATTEST.get(key.mode, -3)
    position = (pitch_midi * 7 - flattest) % 12 + flattest  # on the line of fifths, C = 0
    return (position + 1) // 7  # F (-1) to B (5) are natural
