"""Material for voices: clips are functions of their numbers, and it is known who played what was heard."""

import numpy as np
import pytest

from transformers_abc.notation.writer import write_abc
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.training.voice_examples import (
    CLIP_S,
    KINDS,
    NOBODY,
    heard_example,
    misheard_example,
    played_clips,
    sounds_of,
    true_example,
)


@pytest.fixture(scope="module")
def works() -> dict[str, list[str]]:
    """Composed tunes of several voices, three to a work."""
    tunes = (compose_tune(np.random.default_rng([7, number])) for number in range(60))
    texts = [write_abc(tune) for tune in tunes if len(tune.voices) >= 4]
    return {f"work {number}": texts[number::3] for number in range(3)}


def test_clips_are_functions_of_their_number(works: dict[str, list[str]]) -> None:
    three, six = played_clips(works, 3, seed=5), played_clips(works, 6, seed=5)
    assert six[:3] == three
    assert played_clips(works, 3, seed=6) != three


def test_kinds_take_turns_within_each_work(works: dict[str, list[str]]) -> None:
    clips = played_clips(works, 9, seed=5)  # three works: number 0, 3 and 6 are of one
    assert {clip.kind for clip in clips[::3]} == set(KINDS)
    assert all((clip.kind == "solo") == (len(clip.voices) == 1) for clip in clips)


def test_nobody_plays_with_two_pianos(works: dict[str, list[str]]) -> None:
    plucked = [sum(notes[0].instrument.decays for notes in clip.voices) for clip in played_clips(works, 45, seed=5)]
    assert max(plucked) == 1


def test_true_notes_know_their_players(works: dict[str, list[str]]) -> None:
    for clip in played_clips(works, 6, seed=5):
        example = true_example(clip)
        for place, voice in enumerate(clip.voices):
            ours = [n.pitch_midi for n, player in zip(example.notes, example.players, strict=True) if player == place]
            assert sorted(ours) == sorted(note.pitch_midi for note in voice)
        assert all(note.onset_s < CLIP_S and not note.instruments for note in example.notes)


def test_what_is_misheard_has_sounds_that_were_heard(works: dict[str, list[str]]) -> None:
    clip = next(clip for clip in played_clips(works, 9, seed=5) if len(clip.voices) > 1)
    timbre = {instrument: tuple(float(place == instrument) for place in range(15)) for instrument in clip.instruments}
    true = true_example(clip)
    heard = [
        HeardNote(n.onset_s, n.offset_s, n.pitch_midi, 1.0, timbre[clip.instruments[player]])
        for n, player in zip(true.notes, true.players, strict=True)
    ]
    sounds = sounds_of([heard_example(clip, heard, has_sounds=True)])
    misheard = misheard_example(clip, sounds, np.random.default_rng(0))
    assert misheard.notes != true.notes
    assert {note.instruments for note in misheard.notes} <= set(timbre.values())
    played = [(n, player) for n, player in zip(misheard.notes, misheard.players, strict=True) if player != NOBODY]
    assert len(played) > len(true.notes) / 2
    assert sounds_of([heard_example(clip, heard, has_sounds=False)]) == {}


def test_works_without_music_are_refused() -> None:
    with pytest.raises(ValueError, match="other scores"):
        played_clips({"one": ["X:1\nM:4/4\nL:1/4\nK:C\nC D E F|\n"]}, 1, seed=0)
