"""The search for the cheapest deal of notes: its bounds, and what it looks ahead for."""

import pytest

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_search import DEALT_AT_ONCE, MOST_WAYS, deal_notes, moments, ways_to_deal


@pytest.mark.parametrize("voices", range(1, 7))
@pytest.mark.parametrize("notes", range(1, DEALT_AT_ONCE + 1))
def test_ways_are_different_bounded_and_use_players_who_are_free(notes: int, voices: int) -> None:
    ways = ways_to_deal(notes, voices)
    assert ways.shape == (len({*map(tuple, ways.tolist())}), notes)
    assert 0 < len(ways) <= MOST_WAYS
    assert (ways >= 0).all()
    assert (ways < voices).all()
    assert max(len(set(way)) for way in ways.tolist()) == min(notes, voices)


def test_few_notes_may_be_dealt_in_every_order() -> None:
    # 4 * 3 ways for two players, 4 for one player with a double stop.
    assert len(ways_to_deal(2, 4)) == 16


def test_moments_end_where_a_chain_of_near_onsets_becomes_long() -> None:
    notes = [HeardNote(time_s, 9.0, 60) for time_s in (0.0, 0.04, 0.08, 0.12)]
    assert list(moments(notes)) == [[0, 1, 2], [3]]


def test_a_wider_beam_finds_a_cheaper_deal() -> None:
    # A note between two registers: the one after it tells whose it was.
    notes = sorted(
        [HeardNote(i / 2, i / 2 + 0.5, pitch) for i, pitch in enumerate([72, 71, 69, 67, 65, 64])]
        + [HeardNote(i / 2, i / 2 + 0.5, pitch) for i, pitch in enumerate([60, 62, 64, 65, 67, 69])]
    )
    greedy, wide = deal_notes(notes, [72, 60], beam=1), deal_notes(notes, [72, 60])
    assert wide.cost_per_note <= greedy.cost_per_note


def test_a_player_who_holds_a_note_takes_no_other() -> None:
    held, short, following = HeardNote(0.0, 4.0, 60), HeardNote(0.0, 1.0, 67), HeardNote(1.0, 2.0, 61)
    assert deal_notes([held, short, following], [66, 60]).voices == [1, 0, 0]
    let_go = HeardNote(0.0, 1.0, 60)
    assert deal_notes([let_go, short, following], [66, 60]).voices == [1, 0, 1]


def test_what_is_too_much_at_once_joins_the_nearest_register() -> None:
    chord = [HeardNote(0.0, 1.0, 40 + 3 * i, 1.0 if i < DEALT_AT_ONCE else 0.5) for i in range(12)]
    assert deal_notes(chord, [70, 40]).voices[DEALT_AT_ONCE:] == [0] * 4
