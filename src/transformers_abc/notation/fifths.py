"""Spelling and keys under transposition, on the line of fifths: C is 0, G is 1, F is -1, and a sharp adds 7."""

from __future__ import annotations

from transformers_abc.notation.tune import FIFTHS_ORDER, NATURAL_SEMITONES, Key

LETTER_OF_SEMITONE = {semitone: letter for letter, semitone in NATURAL_SEMITONES.items()}


def place_on_line_of_fifths(natural_midi: int, alter: int) -> int:
    """The place of a note, given by its natural pitch and its alteration.

    >>> place_on_line_of_fifths(67, 0), place_on_line_of_fifths(71, -1)    # G, B flat
    (1, -2)
    """
    return FIFTHS_ORDER.index(LETTER_OF_SEMITONE[natural_midi % 12]) - 1 + 7 * alter


def respelled(natural_midi: int, alter: int, fifths_up: int, pitch_midi: int) -> int:
    """The alteration of a note after a transposition by so many fifths to `pitch_midi`; a simple one where that is beyond double signs.

    >>> respelled(64, 0, 2, 66)    # E in C becomes F sharp in D
    1
    """
    transposed = (place_on_line_of_fifths(natural_midi, alter) + fifths_up + 1) // 7
    if abs(transposed) <= 2:
        return transposed
    return 0 if pitch_midi % 12 in LETTER_OF_SEMITONE else 1


def transposed_key(key: Key, semitones: int) -> Key:
    """The key `semitones` higher, with as few signs as it can have.

    >>> str(transposed_key(Key(0), 2)), str(transposed_key(Key(3), 1)), transposed_key(Key(0, "minor", (("B", 0),)), 12).explicit
    ('D', 'Bb', (('B', 0),))
    """
    if not semitones % 12:
        return key
    by_fifths = (key.fifths + 7 * semitones + 6) % 12 - 6 - key.fifths
    explicit = []
    for letter, alter in key.explicit:
        place = place_on_line_of_fifths(NATURAL_SEMITONES[letter], alter) + by_fifths
        explicit.append((FIFTHS_ORDER[(place + 1) % 7], (place + 1) // 7))
    return Key(key.fifths + by_fifths, key.mode, tuple(sorted(explicit, key=lambda pair: FIFTHS_ORDER.index(pair[0]))))
