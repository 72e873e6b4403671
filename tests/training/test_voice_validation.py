"""Figures of voices, by hand."""

from dataclasses import replace

import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE
from transformers_abc.score_writer.voice_weights import shipped_voice_weights
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.training.voice_examples import PlayedClip, VoiceExample, heard_example, true_example
from transformers_abc.training.voice_validation import judged, voice_figures

UPPER, LOWER = [72, 74, 76, 77, 79, 77, 76, 74], [48, 50, 52, 53, 55, 53, 52, 50]
WEIGHTS = shipped_voice_weights()


def played(code: str, pitches: list[int], place: int) -> tuple[PlayedNote, ...]:
    return tuple(PlayedNote(i * 0.5, i * 0.5 + 0.5, pitch, 0.5, INSTRUMENT_BY_CODE[code], place) for i, pitch in enumerate(pitches))


DUO = PlayedClip("mixed", None, (played("vn", UPPER, 0), played("vc", LOWER, 1)))  # type: ignore[arg-type]


def test_a_perfect_hearing() -> None:
    example = true_example(DUO)
    sounds = [tuple(float(i is DUO.voices[player][0].instrument) for i in HEARD_INSTRUMENTS) for player in example.players]
    heard = heard_example(DUO, [replace(n, instruments=sound) for n, sound in zip(example.notes, sounds, strict=True)], has_sounds=True)
    assert judged(heard, WEIGHTS) == {"voices": 1, "right_voice": 1, "pitch": 0, "instrument": 0, "instruments_right": 1}


def test_a_voice_that_is_not_heard() -> None:
    example = true_example(DUO)
    pairs = [(note, player) for note, player in zip(example.notes, example.players, strict=True) if player == 0]
    half = VoiceExample(DUO, "heard", tuple(note for note, _ in pairs), tuple(player for _, player in pairs))
    figures = judged(half, WEIGHTS)
    assert figures["voices"] == 0
    assert figures["right_voice"] == 1  # of the notes that were heard
    assert figures["pitch"] == pytest.approx(8 / 16)
    # Nothing is known of sounds, so a piano for the violin; and a voice that is missing.
    assert figures["instrument"] > 0.5
    assert figures["instruments_right"] == 0


def test_rows_have_means_and_intervals() -> None:
    rows = voice_figures([true_example(DUO)] * 3, WEIGHTS)
    assert [(row["hearing"], row["kind"], row["n"]) for row in rows] == [("true", "mixed", 3)]
    assert rows[0]["voices"] == [1.0, 1.0, 1.0]
    assert voice_figures([VoiceExample(DUO, "heard", (), ())], WEIGHTS) == []
