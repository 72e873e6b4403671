"""Rooms: they sound on, take nothing away in time, and their noise is as loud as asked."""

import numpy as np
import pytest

from transformers_abc.synthesis.rooms import LOUDEST_DB_RANGE, Room, peak, record

RATE = 16_000


@pytest.mark.parametrize("seed", range(8))
def test_sound_is_neither_early_nor_late(seed: int) -> None:
    dry = np.zeros(RATE, dtype=np.float32)
    dry[RATE // 2] = 1
    wet = Room(np.random.default_rng(seed), RATE).sound(dry)
    assert np.abs(wet[: RATE // 2 - 2]).max() < 0.02 * peak(wet)
    assert abs(int(np.argmax(np.abs(wet))) - RATE // 2) <= 3


def test_long_sounds_are_the_same_in_pieces() -> None:
    """Longer than the pieces in which they are convolved: as good as at once."""
    dry = np.random.default_rng(0).standard_normal(20 * RATE).astype(np.float32)
    room = Room(np.random.default_rng(1), RATE)
    impulse = np.zeros(2 * RATE, dtype=np.float32)
    impulse[0] = 1
    response = room.sound(impulse)
    place = 2**18 + 100  # the first piece still sounds on in the second
    wanted = np.dot(dry[place - len(response) + 1 : place + 1][::-1], response)
    assert room.sound(dry)[place] == pytest.approx(wanted, abs=1e-2)


def test_a_room_is_linear_so_stems_add_up() -> None:
    stems = np.random.default_rng(0).standard_normal((3, RATE)).astype(np.float32)
    room = Room(np.random.default_rng(1), RATE)
    assert np.allclose(sum(room.sound(stem) for stem in stems), room.sound(stems.sum(axis=0)), atol=1e-3)


def test_recordings_of_anything_stay_below_full_scale_and_silence_is_noise() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        loud = record(rng.standard_normal(RATE).astype(np.float32) * 100, RATE, rng)
        assert 10 ** (LOUDEST_DB_RANGE[0] / 20) * 0.999 <= peak(loud) <= 1.0001
    assert 0 < peak(record(np.zeros(RATE, dtype=np.float32), RATE, np.random.default_rng(0))) <= 1


def test_noise_is_as_far_below_the_music_as_drawn() -> None:
    for seed in range(20):
        room = Room(np.random.default_rng(seed), RATE)
        level_db = 20 * np.log10(room.noise(4 * RATE, 0.5).std() / 0.5)
        assert -85 < level_db < -25
