"""The composite, on examples with the arithmetic in sight."""

import pickle
from math import log10

import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.scoring.compare import LEAST_PLAYED_EVENTS, BrokenReferenceError, compare
from transformers_abc.scoring.composite import PARTS, PRESETS, total_loss
from transformers_abc.scoring.digest import digest

DUET = """X:1
M:4/4
L:1/4
Q:1/4=90
K:G
V:1 name="Violin"
V:2 name="Cello" clef=bass
[V:1] GABc|d2 B2|
[V:2] G,2 D2|G,4|
"""


def test_presets_are_those_of_the_design():
    assert PRESETS["article"] == {"pitch": 0.5, "metre": 0.15, "tempo": 0.15, "instrument": 0.2}
    full = {"pitch": 0.3, "rhythm": 0.25, "metre": 0.1, "tempo": 0.1, "key": 0.05, "instrument": 0.15, "form": 0.05}
    assert PRESETS["full"] == full
    assert all(sum(weights.values()) == pytest.approx(1) for weights in PRESETS.values())
    assert set(PARTS) == set(full)


@pytest.mark.parametrize("preset", PRESETS)
def test_identity_costs_nothing(preset):
    score = compare(DUET, DUET, preset)
    assert score.total == 0
    assert set(score.parts.values()) == {0.0}
    assert score.reward == 1


def test_every_part_by_hand():
    prediction = (
        DUET.replace("=90", "=110")  # tempo: 0.1 * 10 ** (10 / 30)
        .replace("M:4/4", "M:2/2")  # metre: 0.2157
        .replace("K:G", "K:D")  # key: 0.2; and one C becomes C sharp
        .replace('"Cello"', '"Contrabass"')  # instrument: 0.4 of one voice in two
        .replace("d2 B2", "d3 B")  # rhythm: 2 of 9 notes
    )
    score = compare(prediction, DUET)
    expected = {
        "pitch": 1 / 9,
        "rhythm": 2 / 9,
        "metre": (0.2 * 5**0.5 + 0.2) / 3,
        "tempo": 0.1 * 10 ** (10 / 30),
        "key": 0.2,
        "instrument": 0.2,
        "form": 0,
    }
    assert dict(score.parts) == pytest.approx(expected)
    assert score.totals["article"] == pytest.approx(sum(w * expected[part] for part, w in PRESETS["article"].items()))
    assert score.totals["full"] == pytest.approx(sum(w * expected[part] for part, w in PRESETS["full"].items()))  # the gate is open
    assert (score.pitch_edits, score.rhythm_edits, score.notes) == (1, 2, 9)
    assert score.matching == ((0, 0), (1, 1))


def test_the_gate_takes_the_credit_of_all_but_notes():
    half_open = dict.fromkeys(PARTS, 0.0) | {"pitch": 0.75, "rhythm": 0.0}
    gated = 0.10 + 0.10 + 0.05 + 0.15 + 0.05
    assert total_loss(half_open, "full") == pytest.approx(0.3 * 0.75 + gated * 0.5)  # 2 * (1 - 0.75) of the credit counts
    assert total_loss(half_open | {"pitch": 0.5}, "full") == pytest.approx(0.15)
    assert total_loss(half_open, "article") == pytest.approx(0.375)


def test_what_the_prediction_lacks_costs_all_of_it():
    for field, part in (("M:4/4\n", "metre"), ("Q:1/4=90\n", "tempo"), ("K:G\n", "key")):
        assert compare(DUET.replace(field, ""), DUET).parts[part] == 1
    nameless = DUET.replace(' name="Violin"', "").replace(' name="Cello"', "")
    assert compare(nameless, DUET).parts["instrument"] == 1


def test_what_the_reference_lacks_is_left_out_and_the_weights_make_up_for_it():
    without = DUET.replace("M:4/4\n", "").replace("Q:1/4=90\n", "")
    score = compare(DUET.replace("GABc", "GABd"), without)
    assert (score.parts["metre"], score.parts["tempo"]) == (None, None)
    assert score.totals["article"] == pytest.approx(0.5 * (1 / 9) / 0.7)
    nameless = DUET.replace(' name="Violin"', "").replace(' name="Cello"', "")
    assert compare(DUET, nameless).parts["instrument"] is None
    one_named = DUET.replace(' name="Cello"', "")
    assert compare(DUET.replace("Violin", "Viola"), one_named).parts["instrument"] == 0.4


def test_voices_too_few_and_too_many():
    only_violin = DUET.replace("[V:2] G,2 D2|G,4|\n", "")
    missing = compare(only_violin, DUET)
    assert missing.parts["pitch"] == pytest.approx(3 / 9)
    assert missing.parts["instrument"] == 0.5  # one of two is right, the other is not there
    surplus = compare(DUET, only_violin)
    assert surplus.parts["pitch"] == pytest.approx(3 / 9)
    assert surplus.parts["instrument"] == 0.5


def test_a_prediction_without_music_has_the_worst_value():
    for text in ("", "X:1\nT:nothing\nK:C\n"):
        score = compare(text, DUET)
        assert set(score.totals.values()) == {1.0}
        assert set(score.parts.values()) == {1.0}
        assert not score.is_readable
    without_tempo = compare("", DUET.replace("Q:1/4=90\n", ""))
    assert without_tempo.parts["tempo"] is None
    assert without_tempo.total == 1


def test_rests_for_rests_are_right():
    silence = "X:1\nM:4/4\nK:C\nz8|"
    assert compare(silence, silence).total == 0
    assert compare(DUET, silence).parts["pitch"] == 1
    assert [compare(text, silence).parts["instrument"] for text in (silence, DUET, "")] == [None] * 3  # it names none
    assert compare(silence, DUET).parts["pitch"] == 1


@pytest.mark.parametrize("reference", ["", "X:1\nK:C\n", Tune((), ())])
def test_a_reference_without_music_is_a_mistake(reference):
    with pytest.raises(BrokenReferenceError, match="reference has no music"):
        compare(DUET, reference)


def test_of_several_references_the_nearest_counts():
    other = DUET.replace("GABc|d2 B2", "cBAG|F2 D2")
    score = compare(DUET, [other, DUET])
    assert (score.total, score.reference, score.references) == (0, 1, 2)
    assert "refs:2" in score.signature
    assert compare(DUET, [other]).total == compare(DUET, other).total > 0


def test_wrong_calls():
    with pytest.raises(ValueError, match="no preset 'best'; choose from article, full"):
        compare(DUET, DUET, "best")
    with pytest.raises(ValueError, match="no reference"):
        compare(DUET, [])


def test_texts_tunes_and_digests_score_alike():
    prediction = DUET.replace("GABc", "GAAc")
    by_text = compare(prediction, DUET)
    assert compare(read_abc(prediction), read_abc(DUET)) == by_text
    assert compare(prediction, digest(DUET)) == by_text
    assert compare(read_abc(prediction), digest(DUET)) == by_text


def test_a_score_can_be_pickled_and_says_what_it_is():
    score = compare(DUET, DUET, "article")
    assert pickle.loads(pickle.dumps(score)) == score
    assert score.signature.startswith("abc_transcription|preset:article|refs:1|")


def test_repetition_beyond_the_reference_costs_form():
    reference = "X:1\nM:4/4\nL:1/4\nK:C\n" + "".join(f"{a}{b}cd|" for a in "CDEF" for b in "GAB")
    looping = "X:1\nM:4/4\nL:1/4\nK:C\n" + "CGcd|" * 12
    assert compare(looping, reference).parts["form"] == pytest.approx(1 - 4 / 45)  # of 45 runs of four notes four are different
    assert compare(reference, looping).parts["form"] == 0
    assert compare(looping, looping).parts["form"] == 0


def test_the_fall_of_the_tempo_curve_is_log():
    faster = compare(DUET.replace("=90", "=120"), DUET).parts["tempo"]
    assert log10(faster / 0.1) == pytest.approx(20 / 30)


def test_repeats_are_played_as_far_as_those_of_a_long_reference():
    long = "X:1\nP:(A)900\nM:4/4\nL:1/8\nK:C\nP:A\nCDEF GABc|"  # 7,200 notes, 900 bars
    twice = long.replace("|", "|cBAG FEDC|")  # beyond the 10,000 that are always played
    assert compare(twice, twice).total == 0
    assert compare(twice, long).parts["pitch"] == pytest.approx(0.5)
    assert compare(long.replace("900", "999").replace("|", "|cBAG FEDC|" * 20), "K:C\nC|").notes < 2 * LEAST_PLAYED_EVENTS


def test_fences_and_prose_do_not_matter():
    assert compare(f"Here is the music:\n\n```abc\n{DUET}```\n\nI hope that helps.", DUET).parts["pitch"] == 0
