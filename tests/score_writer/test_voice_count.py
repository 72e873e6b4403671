"""How many voices: lines, double stops, slurs and reverberation."""

import pytest

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_count import MAX_VOICES, count_voices, find_registers, shares_above


def line(pitches: list[int], start_s: float = 0.0, note_s: float = 0.5, gap_s: float = 0.0) -> list[HeardNote]:
    return [HeardNote(start_s + i * note_s, start_s + (i + 1) * note_s - gap_s, pitch) for i, pitch in enumerate(pitches)]


SHAPE = [0, 2, 4, 5, 7, 5, 4, 2]
LINES = [line([base + step for step in SHAPE] * 2) for base in (84, 76, 69, 62, 53, 45, 38)]


@pytest.mark.parametrize("players", range(1, 8))
def test_lines_are_counted_up_to_the_most(players: int) -> None:
    assert count_voices([note for player in LINES[:players] for note in player]) == min(players, MAX_VOICES)


@pytest.mark.parametrize(
    "notes",
    [
        # Slurred notes overlap by 50 ms (a tenth of their length).
        line([60, 62, 64, 65, 67], gap_s=-0.05),
        # A second note that sounds for one in twelve (8 % of the time) is a double stop.
        line([60] * 12) + line([64], start_s=1.0),
        # Two double stops in a tune of thirty notes.
        line([60 + step for step in SHAPE] * 4) + line([52], start_s=2.0) + line([53], start_s=9.0),
        # Two double stops among ten notes: a fifth of the time.
        line([67, 69, 71, 72, 74, 72, 71, 69, 71, 67]) + line([68], start_s=2.0) + line([62], start_s=4.5),
        # The room: every note sounds on for 80 ms.
        line([60, 67, 64, 72] * 6, note_s=0.3, gap_s=-0.08),
    ],
)
def test_one_player_is_one_voice(notes: list[HeardNote]) -> None:
    assert count_voices(notes) == 1


def test_a_voice_that_rests_half_of_the_time_counts() -> None:
    upper, lower = (line([base + step for step in SHAPE] * 4) for base in (76, 53))
    assert count_voices([*upper, *lower[8:16], *lower[24:]]) == 2


def test_shares_above() -> None:
    # Two notes for 2 s of 4; the tails (80 ms each) are left out: (2 - .08) / (4 - .08).
    notes = [HeardNote(0.0, 4.0, 60), HeardNote(0.0, 2.0, 64)]
    assert shares_above(notes)[:3] == pytest.approx([1.0, 1.92 / 3.92, 0.0])


def test_shares_of_notes_without_length() -> None:
    assert shares_above([HeardNote(1.0, 1.0, 60)]).tolist() == [0.0] * (MAX_VOICES + 1)


def test_registers() -> None:
    duo = sorted(LINES[0] + LINES[5])
    assert find_registers(duo, 2) == [88.0, 49.0]  # the middle of SHAPE above 84 and 45
    # Never three at once: quantiles at 5/6, 1/2 and 1/6.
    assert find_registers(duo, 3)[0] > find_registers(duo, 3)[1] > find_registers(duo, 3)[2]
