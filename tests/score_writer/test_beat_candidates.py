"""Beat tracks from onsets."""

import numpy as np
import pytest

from transformers_abc.score_writer.beat_candidates import beat_candidates, followed, onset_times_and_gains
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote


def notes_at(onsets_s: np.ndarray, length_s: float = 0.3) -> list[HeardNote]:
    return [HeardNote(float(onset_s), float(onset_s) + length_s, 60) for onset_s in onsets_s]


def distance(track: Beats, times_s: np.ndarray) -> float:
    """The largest distance, in beats, of times from the beats of a track; infinite if some beats are missing between them."""
    places = track.position(times_s)
    whole = np.round(places)
    return float(np.abs(places - whole).max()) if (np.diff(whole) == 1).all() else np.inf


@pytest.mark.parametrize("bpm", [50, 97, 160, 300])
def test_a_track_falls_on_every_beat(bpm: float) -> None:
    beats_s = 0.4 + np.arange(24) * 60 / bpm
    assert min(distance(track, beats_s) for track in beat_candidates(notes_at(beats_s))) < 0.05


def test_a_track_follows_players_who_slow_down_by_a_third() -> None:
    beats_s = np.cumsum(np.linspace(0.5, 0.75, 40))
    middle = beats_s[2:-3]  # at the ends the usual interval goes on
    assert min(distance(track, middle) for track in beat_candidates(notes_at(beats_s))) < 0.15


def test_beats_without_onsets_are_counted() -> None:
    beats_s = np.arange(32) * 0.5
    played = np.delete(beats_s, [5, 6, 7, 13, 21, 22])
    assert min(distance(track, beats_s) for track in beat_candidates(notes_at(played))) < 0.05


def test_music_that_is_all_off_the_beat_has_the_beats_between() -> None:
    beats_s = np.arange(24) * 0.6
    syncopated = np.concatenate([beats_s[:1], beats_s[:-1] + 0.3])
    assert min(distance(track, beats_s) for track in beat_candidates(notes_at(syncopated))) < 0.1


def test_tracks_are_distinct_and_cover_the_notes() -> None:
    notes = notes_at(np.arange(20) * 0.5)
    tracks = beat_candidates(notes)
    assert all(track.times_s[0] <= notes[0].onset_s and track.times_s[-1] >= notes[-1].offset_s for track in tracks)
    assert sum(distance(track, np.arange(20) * 0.5) < 0.05 for track in tracks) == 1


def test_what_begins_together_is_one_moment() -> None:
    times_s, gains = onset_times_and_gains([HeardNote(0.0, 1.0, 60), HeardNote(0.04, 1.0, 40), HeardNote(0.5, 0.6, 60)])
    assert times_s.tolist() == pytest.approx([0.02, 0.5])
    assert gains[0] > gains[1]


def test_an_hour_is_followed() -> None:
    onsets_s = np.arange(7200) * 0.5
    tracks = followed(notes_at(onsets_s), 121.0)
    assert min(float(np.abs(track.position(onsets_s) - np.round(track.position(onsets_s))).max()) for track in tracks) < 0.05
