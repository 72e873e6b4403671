"""The file of fitted numbers that ships, and what is read from one."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_costs import Lines, Moment, note_features, sharing_features
from transformers_abc.score_writer.voice_search import mean_timbre, ways_to_deal
from transformers_abc.score_writer.voice_weights import LineCosts, VoiceWeights, load_voice_weights, shipped_voice_weights


def test_numbers_come_back_from_a_file(tmp_path: Path) -> None:
    shipped = shipped_voice_weights()
    (tmp_path / "voices.json").write_text(json.dumps({**shipped.to_dict(), "settings": {"seed": 0}}))
    assert load_voice_weights(tmp_path / "voices.json") == shipped
    assert shipped_voice_weights() is shipped  # read once


def test_a_number_that_is_missing_is_named() -> None:
    table = shipped_voice_weights().to_dict()
    del table["costs"]["leap"]
    with pytest.raises(KeyError, match="leap"):
        VoiceWeights.from_dict(table)


def test_every_cost_has_a_feature_and_every_feature_a_cost() -> None:
    notes = [HeardNote(0, 1, 72), HeardNote(0, 1, 60)]
    lines, moment = Lines.begin([70, 60], mean_timbre(notes)), Moment.of(notes)
    names = [*note_features(lines, moment), *sharing_features(ways_to_deal(2, 2), moment)]
    assert sorted(names) == sorted(asdict(shipped_voice_weights().costs))
    assert len(LineCosts.__slots__) == len(names)
