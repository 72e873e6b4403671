"""Parts put together: each on one sound, in time, and the sum of what they are alone."""

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis.mixing import render_notes, render_parts
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.timbres import InventedOrchestra

RATE = 16_000
FLUTE, CELLO, PIANO = (INSTRUMENT_BY_CODE[code] for code in ("fl", "vc", "pno"))
DUET = [
    PlayedNote(0.1, 0.6, 72, 0.8, FLUTE, 0),
    PlayedNote(0.6, 1.0, 74, 0.8, FLUTE, 0, is_slurred=True),
    PlayedNote(0.3, 1.2, 48, 0.5, CELLO, 1),
]


def test_tracks_add_up_to_the_mix() -> None:
    tracks = {part: np.zeros(2 * RATE, dtype=np.float32) for part in (0, 1)}
    render_parts(DUET, tracks, None, np.random.default_rng(0), RATE, 1.0)
    mix, _ = render_notes(DUET, 2.0, None, np.random.default_rng(0), RATE)
    assert np.allclose(mix, tracks[0] + tracks[1], atol=1e-6)
    assert [np.flatnonzero(np.abs(track) > 1e-4)[0] / RATE for track in tracks.values()] == pytest.approx([0.1, 0.3], abs=0.005)


def test_notes_may_come_in_any_order() -> None:
    """The same up to the order of the parts, which is that in which they first appear."""
    mixes = [render_notes(notes, 2.0, None, np.random.default_rng(0), RATE)[0] for notes in (DUET, [DUET[1], DUET[0], DUET[2]])]
    assert np.array_equal(*mixes)


@pytest.mark.parametrize("before_s", [0.25, 0.5])
def test_a_note_that_began_before_is_heard_from_its_middle(before_s: float) -> None:
    whole, _ = render_notes([PlayedNote(0.0, 1.5, 69, 0.8, FLUTE, 0)], 2.0, None, np.random.default_rng(0), RATE)
    rest, _ = render_notes([PlayedNote(-before_s, 1.5 - before_s, 69, 0.8, FLUTE, 0)], 2.0 - before_s, None, np.random.default_rng(0), RATE)
    assert np.array_equal(rest, whole[round(before_s * RATE) :])


def test_what_is_over_or_comes_too_late_is_not_heard() -> None:
    notes = [PlayedNote(-2.0, -1.0, 69, 0.8, FLUTE, 0), PlayedNote(1.0, 2.0, 69, 0.8, FLUTE, 0)]
    mix, labelled = render_notes(notes, 1.0, None, np.random.default_rng(0), RATE)
    assert labelled == [False, False]
    assert not mix.any()


def test_nothing_to_play_is_silence() -> None:
    mix, labelled = render_notes([], 1.0, None, np.random.default_rng(0), RATE)
    assert mix.shape == (RATE,)
    assert mix.dtype == np.float32
    assert labelled == []


def test_a_part_has_one_sound_and_the_label_says_whose() -> None:
    """With half of the parts from the bank, all notes of a part agree, and about half of 60 parts are labelled."""
    notes = [PlayedNote(0.1 * beat, 0.1 * beat + 0.1, 60, 0.5, PIANO, part) for part in range(3) for beat in range(2)]
    labels = [render_notes(notes, 0.3, InventedOrchestra(RATE), np.random.default_rng(seed), RATE, 0.5)[1] for seed in range(20)]
    assert all(row[0::2] == row[1::2] for row in labels)
    assert 18 < sum(sum(row[0::2]) for row in labels) < 42
    for share, label in ((0.0, False), (1.0, True)):
        assert set(render_notes(notes, 0.3, InventedOrchestra(RATE), np.random.default_rng(0), RATE, share)[1]) == {label}


def test_players_are_in_tune_with_each_other() -> None:
    """Two pianos on the same note: within 25 cents of each other always, though the two are up to 30 off A 440 together."""
    off = []
    for seed in range(12):
        tracks = {part: np.zeros(2 * RATE, dtype=np.float32) for part in (0, 1)}
        render_parts([PlayedNote(0, 2, 69, 0.8, PIANO, part) for part in tracks], tracks, None, np.random.default_rng(seed), RATE, 1.0)
        hertz = np.arange(8 * RATE + 1) / 16 * 1.0
        near = (hertz > 425) & (hertz < 455)
        spectra = [np.abs(np.fft.rfft(track[:RATE] * np.hanning(RATE), 16 * RATE))[: len(hertz)] for track in tracks.values()]
        off.append([1200 * np.log2(hertz[near][np.argmax(spectrum[near])] / 440) for spectrum in spectra])
    apart, together = np.array(off)[:, 0] - np.array(off)[:, 1], np.array(off).mean(axis=1)
    assert np.abs(apart).max() < 25
    assert np.corrcoef(np.array(off).T)[0, 1] > 0.5
    assert together.std() > 5
