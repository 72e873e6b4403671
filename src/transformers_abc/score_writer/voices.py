"""Which notes belong to one player: how many voices there are (`voice_count`), and which note is whose (`voice_search`, `hands`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE
from transformers_abc.score_writer.hands import split_hands
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import instrument_evidence
from transformers_abc.score_writer.voice_count import count_voices, find_registers
from transformers_abc.score_writer.voice_search import deal_notes
from transformers_abc.score_writer.voice_weights import VoiceWeights, shipped_voice_weights

CHORD_INSTRUMENT_SHARE = 0.5  # of the instrument evidence, from which more than two voices are one player's chords


def assign_voices(notes: Sequence[HeardNote], weights: VoiceWeights | None = None) -> list[list[HeardNote]]:
    """Divide notes among voices, highest voice first.

    More than two voices that sound like a piano are split into two hands of chords, those that sound like a guitar are one voice. In other
    voices notes that begin together, or that find no free voice, are chords.

    Args:
        notes: in any order.
        weights: those that ship with the package by default.

    Returns:
        Non-empty voices, each sorted by onset, with every note in one of them.

    >>> melody, bass = [HeardNote(time, time + 1, 72 + time) for time in range(3)], HeardNote(0, 3, 48)
    >>> [[note.pitch_midi for note in voice] for voice in assign_voices([bass, *melody])]
    [[72, 73, 74], [48]]
    """
    if not notes:
        return []
    weights = weights or shipped_voice_weights()
    notes = sorted(notes)
    count = count_voices(notes, weights)
    if count > 2 and _is_chordal(notes):
        return split_hands(notes) if _is_piano(notes) else [notes]
    voices: list[list[HeardNote]] = [[] for _ in range(count)]
    deal = deal_notes(notes, find_registers(notes, count), costs=weights.costs)
    for note, voice in zip(notes, deal.voices, strict=True):
        voices[voice].append(note)
    filled = [voice for voice in voices if voice]
    return sorted(filled, key=lambda voice: -float(np.median([note.pitch_midi for note in voice])))


def _is_chordal(notes: Sequence[HeardNote]) -> bool:
    evidence = instrument_evidence(notes)
    chordal = np.array([instrument.decays for instrument in HEARD_INSTRUMENTS])
    return bool(evidence[chordal].sum() > CHORD_INSTRUMENT_SHARE)


def _is_piano(notes: Sequence[HeardNote]) -> bool:
    evidence = instrument_evidence(notes)
    piano, guitar = (HEARD_INSTRUMENTS.index(INSTRUMENT_BY_CODE[code]) for code in ("pno", "gtr"))
    return bool(evidence[piano] >= evidence[guitar])
