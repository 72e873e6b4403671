"""What holds for every prediction and every reference."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robustness.edits import EDITS
from robustness.music import random_tune, spelled
from transformers_abc.notation.sounding import sounding_events
from transformers_abc.notation.tune import Key, Note, Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.composite import PARTS, PRESETS
from transformers_abc.scoring.note_f1 import onset_f1

TUNES = [random_tune(seed) for seed in range(40)]
DOSES = [tenth / 10 for tenth in range(11)]
tunes = st.sampled_from(TUNES)


@given(st.text(max_size=400), tunes)
def test_any_text_has_a_loss_in_range(text, reference):
    score = compare(text, reference)
    assert all(0 <= total <= 1 for total in score.totals.values())
    assert all(value is None or 0 <= value <= 1 for value in score.parts.values())


@given(tunes, tunes)
def test_any_pair_has_a_loss_in_range(prediction, reference):
    score = compare(prediction, reference)
    assert all(0 <= value <= 1 for value in (*score.totals.values(), *score.parts.values()))


@pytest.mark.parametrize("tune", TUNES[:20])
def test_identity_is_nothing_also_through_text(tune):
    for prediction in (tune, write_abc(tune), write_abc(tune, interleave=True)):
        score = compare(prediction, tune)
        assert set(score.totals.values()) == {0.0}, score


@given(tunes, tunes, st.randoms(use_true_random=False))
def test_the_order_of_voices_changes_nothing(prediction, reference, random):
    expected = compare(prediction, reference)
    shuffled = compare(_shuffled(prediction, random), _shuffled(reference, random))
    assert shuffled.totals == pytest.approx(expected.totals)
    assert dict(shuffled.parts) == pytest.approx(dict(expected.parts))


def _shuffled(tune: Tune, random: Random) -> Tune:
    return replace(tune, voices=tuple(random.sample(tune.voices, len(tune.voices))))


@given(tunes, tunes, st.integers(-7, 7))
def test_spelling_and_signature_change_no_pitch_loss(prediction, reference, fifths):
    respelled = _respelled(prediction, fifths)
    expected, found = compare(prediction, reference), compare(respelled, reference)
    assert [found.parts[part] for part in ("pitch", "rhythm", "metre")] == [expected.parts[part] for part in ("pitch", "rhythm", "metre")]
    assert compare(write_abc(respelled), reference).parts["pitch"] == expected.parts["pitch"]


def _respelled(tune: Tune, fifths: int) -> Tune:
    def in_key(note: Note) -> Note:
        return spelled(note.onset_wn, note.length_wn, note.pitch_midi, fifths)

    voices = tuple(replace(voice, notes=tuple(map(in_key, voice.notes))) for voice in tune.voices)
    return replace(tune, voices=voices, keys=((tune.keys[0][0], Key(fifths)),))


@given(tunes, tunes)
def test_pitch_and_rhythm_do_not_depend_on_which_is_the_reference(first, second):
    forth, back = compare(first, second), compare(second, first)
    for part in ("pitch", "rhythm", "metre", "tempo", "key", "instrument"):
        assert forth.parts[part] == pytest.approx(back.parts[part])


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("preset", PRESETS)
def test_more_errors_never_cost_less(edit, preset):
    losses = [np.mean([compare(EDITS[edit](tune, dose, seed), tune, preset).total for seed, tune in enumerate(TUNES)]) for dose in DOSES]
    assert losses[0] == 0
    assert all(more >= less - 1e-12 for less, more in pairwise(losses)), losses
    blind = preset == "article" and edit in ("rhythms", "key")  # the article's reward does not look at these
    assert (losses[-1] == 0) == blind


SPOILED_PART = {
    "pitches": "pitch",
    "missing notes": "pitch",
    "further notes": "pitch",
    "rhythms": "rhythm",
    "tempo": "tempo",
    "metre": "metre",
    "key": "key",
    "instruments": "instrument",
    "missing voices": "instrument",
}


@pytest.mark.parametrize(("edit", "part"), SPOILED_PART.items())
def test_each_error_costs_its_part(edit, part):
    score = compare(EDITS[edit](TUNES[3], 1.0, 0), TUNES[3])
    assert score.parts[part] > 0.1
    if edit in ("tempo", "metre", "key", "instruments"):
        assert {other for other in PARTS if score.parts[other]} == {part}


def test_note_f1_of_the_same_music_is_one_and_falls_with_errors():
    def notes(tune: Tune) -> list[tuple[float, int]]:
        return [(event.onset_s, event.pitch_midi) for event in sounding_events(tune)]

    f1 = [np.mean([onset_f1(notes(t), notes(EDITS["pitches"](t, dose, 0))) for t in TUNES[:10]]) for dose in (0, 0.2, 0.6, 1)]
    assert f1[0] == 1
    assert f1 == sorted(f1, reverse=True)
