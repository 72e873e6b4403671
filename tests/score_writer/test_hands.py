"""The hands of a pianist."""

from transformers_abc.score_writer.hands import split_hands
from transformers_abc.score_writer.heard_note import HeardNote


def chord(time_s: float, *pitches: int) -> list[HeardNote]:
    return [HeardNote(time_s, time_s + 0.5, pitch) for pitch in pitches]


def pitches(hands: list[list[HeardNote]]) -> list[list[int]]:
    return [[note.pitch_midi for note in hand] for hand in hands]


def test_a_hand_does_not_reach_farther_than_it_is_wide() -> None:
    # 48 lies below middle C, but 48 to 36 and the melody's octave leave no other way: 55 is 19 above 36.
    assert pitches(split_hands(chord(0.0, 36, 48, 55, 67))) == [[55, 67], [36, 48]]


def test_the_place_between_the_hands_follows_the_music() -> None:
    low = [note for beat in range(8) for note in chord(beat, 36, 43, 52, 57)]
    high = [note for beat in range(8, 16) for note in chord(beat, 62, 67, 76, 81)]
    right, left = split_hands(low + high)
    assert {note.pitch_midi for note in right} == {52, 57, 76, 81}
    assert {note.pitch_midi for note in left} == {36, 43, 62, 67}


def test_one_hand_is_one_voice() -> None:
    assert pitches(split_hands(chord(0.0, 72, 76))) == [[72, 76]]
    assert split_hands([]) == []
