"""Matching of voices against brute force, and edits against other people's programs."""

from itertools import permutations
from random import Random

import jiwer
import pytest
from rapidfuzz.distance import Levenshtein

from transformers_abc.scoring.digest import VoiceDigest
from transformers_abc.scoring.matching import match_voices


def voice(random: Random, instrument: str = "Violin") -> VoiceDigest:
    length = random.randint(1, 9)
    pitches = "".join(random.choice("GABc") for _ in range(length))
    return VoiceDigest(pitches, tuple(random.randint(0, 3) for _ in range(length)), instrument)


def edits(a, b) -> int:
    """The textbook's table, to check the library with."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def fewest_edits(prediction: list[VoiceDigest], reference: list[VoiceDigest]) -> tuple[int, int]:
    """Over every way to pair voices or leave them alone; and of ways with equally few, the most notes that they are divided by."""
    places = [*range(len(reference)), *[None] * len(prediction)]
    found = []
    for order in set(permutations(places, len(prediction))):
        taken = {theirs for theirs in order if theirs is not None}
        cost = notes = sum(len(voice.pitches) for place, voice in enumerate(reference) if place not in taken)
        for ours, theirs in zip(prediction, order, strict=True):
            their_pitches = "" if theirs is None else reference[theirs].pitches
            cost += edits(ours.pitches, their_pitches)
            notes += max(len(ours.pitches), len(their_pitches))
        found.append((cost, -notes))
    cost, less_notes = min(found)
    return cost, -less_notes


@pytest.mark.parametrize("seed", range(150))
def test_matching_is_what_brute_force_finds(seed):
    random = Random(seed)
    prediction = [voice(random) for _ in range(random.randint(1, 4))]
    reference = [voice(random) for _ in range(random.randint(1, 4))]
    matching = match_voices(prediction, reference)
    assert (matching.pitch_edits, matching.notes) == fewest_edits(prediction, reference)
    assert len(matching.pairs) == min(len(prediction), len(reference))
    assert len({ours for ours, _ in matching.pairs}) == len({theirs for _, theirs in matching.pairs}) == len(matching.pairs)


@pytest.mark.parametrize("seed", range(30))
def test_edits_are_those_of_rapidfuzz_and_jiwer(seed):
    random = Random(seed)
    ours, theirs = voice(random), voice(random)
    matching = match_voices([ours], [theirs])
    assert matching.pitch_edits == Levenshtein.distance(ours.pitches, theirs.pitches) == edits(ours.pitches, theirs.pitches)
    words = jiwer.process_words(" ".join(theirs.pitches), " ".join(ours.pitches))
    assert matching.pitch_edits == words.substitutions + words.deletions + words.insertions
    assert matching.rhythm_edits == edits(ours.rhythms, theirs.rhythms)
    assert matching.notes == max(len(ours.pitches), len(theirs.pitches))


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_voices_changes_nothing(seed):
    random = Random(seed)
    few = [voice(random, random.choice(("Violin", "Flute", "Oboe"))) for _ in range(3)]
    prediction, reference = random.choices(few, k=4), random.choices(few, k=3)
    expected = match_voices(prediction, reference)
    for _ in range(5):
        random.shuffle(prediction)
        random.shuffle(reference)
        found = match_voices(prediction, reference)
        assert (found.pitch_edits, found.rhythm_edits, found.notes) == (expected.pitch_edits, expected.rhythm_edits, expected.notes)


def test_of_equal_pitches_the_instrument_decides():
    violin, flute = VoiceDigest("GAB", (1, 2, 3), "Violin"), VoiceDigest("GAB", (1, 2, 3), "Flute")
    assert match_voices([violin, flute], [flute, violin]).pairs == ((0, 1), (1, 0))
    assert match_voices([flute], [violin, flute]).pairs == ((0, 1),)


def test_pitches_go_before_instruments():
    prediction = [VoiceDigest("GABc", (1, 2, 3, 4), "Flute")]
    reference = [VoiceDigest("GABd", (1, 2, 3, 4), "Violin"), VoiceDigest("ddcc", (1, 2, 3, 4), "Flute")]
    assert match_voices(prediction, reference).pairs == ((0, 0),)


def test_voices_that_stand_alone_cost_all_their_notes():
    reference = [VoiceDigest("GABc", (1, 2, 3, 4), ""), VoiceDigest("dd", (1, 1), "")]
    assert match_voices([], reference).pitch_edits == match_voices([], reference).notes == 6
    assert match_voices(reference, []).rhythm_edits == 6
    matching = match_voices(reference, reference[:1])
    assert (matching.pairs, matching.pitch_edits, matching.notes) == (((0, 0),), 2, 6)
    assert match_voices([], []).notes == 0


def test_one_voice_written_four_times_is_no_quartet():
    """What the article's matching allowed."""
    violin = VoiceDigest("GABc", (1, 2, 3, 4), "Violin")
    quartet = [violin, *(VoiceDigest(pitches, (1, 2, 3, 4), "Violin") for pitches in ("eeee", "ffff", "aaaa"))]
    matching = match_voices([violin] * 4, quartet)
    assert matching.pitch_edits / matching.notes == 0.75
