"""The fits find what was put into the examples."""

from dataclasses import replace

import numpy as np
import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import choose_instruments
from transformers_abc.score_writer.voice_count import find_registers
from transformers_abc.score_writer.voice_search import deal_notes
from transformers_abc.score_writer.voice_weights import LineCosts, VoiceWeights, shipped_voice_weights
from transformers_abc.score_writer.voices import assign_voices
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.training import voice_fitting
from transformers_abc.training.voice_examples import PlayedClip, VoiceExample, heard_example, true_example
from transformers_abc.training.voice_fitting import fit_costs, fit_instruments, fit_odds

SHIPPED = shipped_voice_weights()
ODD = replace(SHIPPED.costs, same_pitch=2.0, no_step=-0.6, leap=-0.1)  # wide leaps are wanted


def clip(*voices: tuple[str, list[int]], note_s: float = 0.5) -> PlayedClip:
    played = tuple(
        tuple(PlayedNote(i * note_s, (i + 1) * note_s, pitch, 0.5, INSTRUMENT_BY_CODE[code], place) for i, pitch in enumerate(pitches))
        for place, (code, pitches) in enumerate(voices)
    )
    return PlayedClip("solo" if len(voices) == 1 else "mixed", None, played)  # type: ignore[arg-type]


def line(base: int, seed: int, notes: int = 24) -> list[int]:
    """Small steps around a pitch."""
    steps = np.random.default_rng(seed).integers(-2, 3, notes)
    return (base + np.clip(np.cumsum(steps), -5, 5)).tolist()


def duets(count: int, apart: int = 7) -> list[VoiceExample]:
    return [true_example(clip(("vn", line(72, 2 * i)), ("vc", line(72 - apart, 2 * i + 1)))) for i in range(count)]


def sounding(example: VoiceExample, mistaken_for: dict[str, str]) -> VoiceExample:
    """Heard with a sound, of another instrument where it is mistaken for one."""
    heard = []
    for note, player in zip(example.notes, example.players, strict=True):
        code = HEARD_INSTRUMENTS[example.clip.instruments[player]].code
        code = mistaken_for.get(code, code)
        heard.append(replace(note, instruments=tuple(0.8 * (i.code == code) + 0.2 / len(HEARD_INSTRUMENTS) for i in HEARD_INSTRUMENTS)))
    return heard_example(example.clip, heard, has_sounds=True)


def right_share(examples: list[VoiceExample], costs: LineCosts) -> float:
    dealt = [deal_notes(example.notes, find_registers(example.notes, 2), costs=costs).voices for example in examples]
    return float(np.mean([np.mean(np.array(voices) == np.array(example.players)) for voices, example in zip(dealt, examples, strict=True)]))


def test_costs_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_fitting, "COSTS_STRICTNESS", 1.0)  # there are few examples here
    costs = fit_costs(duets(12), ODD, seed=0)
    others = [true_example(clip(("vn", line(72, 100 + i)), ("vc", line(65, 200 + i)))) for i in range(8)]
    assert right_share(others, costs) > 0.8
    assert right_share(others, costs) > right_share(others, ODD) + 0.1
    assert (costs.timbre, costs.overlap) == pytest.approx((ODD.timbre, ODD.overlap))  # no note has a sound; held


def test_what_is_held_stays_where_it_is() -> None:
    choices = [(np.eye(2), 0), (np.eye(2), 0), (np.eye(2), 1)]  # two to one for the first way
    start = np.zeros(2)
    free = voice_fitting._most_likely(choices, start, 1e-6)
    assert free[0] - free[1] == pytest.approx(np.log(2), abs=1e-3)
    held = voice_fitting._most_likely(choices, start, 1e-6, np.array([False, True]))
    assert held == pytest.approx([0.0, -np.log(2)], abs=1e-3)
    assert "overlap" in voice_fitting.HELD


def test_few_examples_change_little() -> None:
    before, after = voice_fitting._array(SHIPPED.costs), voice_fitting._array(fit_costs(duets(8), SHIPPED.costs, seed=0))
    assert after.tolist() != before.tolist()
    assert after == pytest.approx(before, rel=0.1)


def test_the_cost_of_a_deal_is_its_features_times_the_costs() -> None:
    dealt = voice_fitting._dealt(duets(1)[0])
    assert dealt is not None
    deal = deal_notes(dealt.notes, dealt.registers, costs=SHIPPED.costs)
    steps = voice_fitting._replayed(dealt.notes, deal.voices, dealt.registers)
    done = np.sum([voice_fitting._features(lines, moment, taken)[0] for lines, moment, taken in steps], axis=0)
    assert done @ voice_fitting._array(SHIPPED.costs) / len(dealt.notes) == pytest.approx(deal.cost_per_note)


def test_odds_tell_chords_of_one_from_two() -> None:
    # A violin with a third below every third note, and two lines that begin together at no time.
    chords = []
    for i in range(8):
        violin = INSTRUMENT_BY_CODE["vn"]
        notes = [
            PlayedNote(k * 0.5, k * 0.5 + 0.5, pitch - down, 0.5, violin, 0)
            for k, pitch in enumerate(line(72, 300 + i))
            for down in ((0, 4) if k % 3 == 0 else (0,))
        ]
        chords.append(true_example(PlayedClip("solo", None, (tuple(notes),))))  # type: ignore[arg-type]
    late = []
    for example in duets(8, apart=12):
        upper, lower = example.clip.voices
        moved = tuple(replace(note, onset_s=note.onset_s + 0.25, offset_s=note.offset_s + 0.25) for note in lower)
        late.append(true_example(PlayedClip("mixed", None, (upper, moved))))  # type: ignore[arg-type]
    odds = fit_odds([*chords, *late], SHIPPED.costs, SHIPPED.odds)
    weights = VoiceWeights(SHIPPED.costs, odds, SHIPPED.instruments)
    assert odds.second_chords < 0
    assert [len(assign_voices(example.notes, weights)) for example in (*chords, *late)] == [1] * 8 + [2] * 8


def test_instruments_trust_sounds_as_far_as_they_are_right() -> None:
    examples = [sounding(example, {}) for example in duets(10, apart=20)]
    mistaken = [sounding(example, {"vn": "fl", "vc": "bn"}) for example in duets(10, apart=20)]
    sure, doubtful = fit_instruments(examples, SHIPPED.instruments), fit_instruments(mistaken, SHIPPED.instruments)
    assert sure.sound > doubtful.sound
    voices = [[n for n, player in zip(examples[0].notes, examples[0].players, strict=True) if player == place] for place in (0, 1)]
    assert [instrument.code for instrument in choose_instruments(voices, sure)] == ["vn", "vc"]


def test_without_sounds_instruments_keep_their_weights() -> None:
    assert fit_instruments(duets(2), SHIPPED.instruments) == SHIPPED.instruments


def test_examples_of_no_use_are_passed_over() -> None:
    nothing = VoiceExample(clip(("vn", [60])), "heard", (), ())
    unknown = VoiceExample(clip(("vn", [60])), "heard", (HeardNote(0, 1, 60),) * 5, (-1,) * 5)
    assert fit_costs([nothing, unknown], SHIPPED.costs, seed=0) == SHIPPED.costs
    assert fit_odds([nothing, unknown], SHIPPED.costs, SHIPPED.odds) == SHIPPED.odds
