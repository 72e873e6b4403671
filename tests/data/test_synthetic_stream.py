"""The stream: every clip a function of its number, its text what it plays, and shared out among workers."""

import pickle
from itertools import chain, groupby, islice

import numpy as np
import pytest

from transformers_abc.data.synthetic_stream import SyntheticStream, iterable_dataset
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.sounding import sounding_events

PASSAGE = (
    'X:1\nM:3/4\nL:1/8\nQ:1/4=100\nK:G\nV:1 name="Violin"\nV:2 name="Cello"\nV:1\n%%MIDI program 40\n'
    + "G2A2B2|(3cBA G2 D2|G3A B2|c2d2e2|" * 3
    + "\nV:2\n%%MIDI program 42\n"
    + "[G,D]6|A,6|B,6|C2D2E2|" * 3
)
STREAM = SyntheticStream(seed=5, passages=(PASSAGE,), clip_s=6.0, sampling_rate=8_000)
INDICES = range(12)


@pytest.fixture(scope="module")
def examples() -> list[dict]:
    return [STREAM[index] for index in INDICES]


def test_a_clip_depends_on_seed_and_index_only(examples: list[dict]) -> None:
    again = pickle.loads(pickle.dumps(STREAM))
    for index in (7, 3):
        assert np.array_equal(again[index]["audio"], examples[index]["audio"])
        assert again[index]["abc"] == examples[index]["abc"]
        assert again[index]["notes"] == examples[index]["notes"]
    other = SyntheticStream(seed=6, passages=(PASSAGE,), clip_s=6.0, sampling_rate=8_000)[3]
    assert other["abc"] != examples[3]["abc"]


def test_the_text_has_the_notes_that_begin_in_the_clip_when_they_begin(examples: list[dict]) -> None:
    """In each voice the chords agree one by one, and the text's even tempo is near to what was played."""
    late_s, compared = [], 0
    for example in examples:
        notes, events = example["notes"], list(sounding_events(read_abc(example["abc"])))
        for part in sorted(set(notes["part"])):
            chords = [list(chord) for _, chord in groupby((e for e in events if e.voice == part), key=lambda event: event.onset_s)]
            heard = [(o, p) for o, p, n in zip(notes["onset_s"], notes["pitch_midi"], notes["part"], strict=True) if n == part]
            count = sum(map(len, chords))
            first = next((k for k in range(len(heard)) if agree(heard[k : k + count], chords)), None)
            assert first is not None, f"clip {example['index']}, part {part}: {heard} against {chords}"
            assert first <= 4  # held over, or begun just before
            late_s += [abs(onset_s - event.onset_s) for (onset_s, _), event in zip(heard[first:], chain(*chords), strict=False)]
            compared += count
    assert compared > 100
    assert np.median(late_s) < 0.05
    assert np.quantile(late_s, 0.95) < 0.3


def agree(heard: list[tuple[float, int]], chords: list[list]) -> bool:
    """Whether the pitches heard are those of the chords, which are struck from low to high or nearly at once."""
    pitches = iter([pitch for _, pitch in heard])
    return all(sorted(islice(pitches, len(chord))) == [event.pitch_midi for event in chord] for chord in chords)


def test_audio_is_where_the_notes_are(examples: list[dict]) -> None:
    for example in examples:
        audio, notes = example["audio"], example["notes"]
        assert audio.dtype == np.float32
        assert 0.5 < len(audio) / 8_000 <= 6.001
        assert np.abs(audio).max() <= 1.0001
        assert {len(column) for column in notes.values()} == {len(notes["part"])}
        assert all(on < off <= len(audio) / 8_000 + 0.01 for on, off in zip(notes["onset_s"], notes["offset_s"], strict=True))
        assert set(notes["velocity"]) <= set(range(1, 128))


def test_some_clips_begin_within_a_bar_and_some_with_notes_held_over() -> None:
    examples = [STREAM[index] for index in range(40)]
    tunes = [read_abc(example["abc"]) for example in examples]
    assert any(tune.bar_lengths_wn[0] < tune.metres[0][1].bar_wn for tune in tunes)
    assert any(min(example["notes"]["onset_s"]) < -0.1 for example in examples)


def test_nobodys_timbre_has_no_name() -> None:
    nobody = SyntheticStream(seed=5, passages=(PASSAGE,), clip_s=4.0, orchestra_share=0.0, sampling_rate=8_000)[0]
    assert set(nobody["notes"]["instrument"]) == {""}
    assert all(voice.name == "" and voice.program is None for voice in read_abc(nobody["abc"]).voices)
    named = STREAM[0]
    assert {voice.name for voice in read_abc(named["abc"]).voices} >= set(named["notes"]["instrument"]) != {""}


def test_passages_of_which_no_clip_can_be_made_are_said_to_be_so() -> None:
    class OnlyPassages(SyntheticStream):
        def _performance(self, rng):
            return None

    with pytest.raises(ValueError, match="no clip of 6 s can be made of these passages"):
        OnlyPassages(clip_s=6.0)[0]


def test_shards_share_the_clips_out_and_none_is_made_twice() -> None:
    from datasets.distributed import split_dataset_by_node
    from torch.utils.data import DataLoader

    dataset = iterable_dataset(STREAM, shards=2, first=4)
    nodes = [[example["index"] for example in islice(split_dataset_by_node(dataset, rank, 2), 3)] for rank in range(2)]
    assert nodes == [[4, 6, 8], [5, 7, 9]]
    loader = DataLoader(dataset, batch_size=None, num_workers=2)
    assert sorted(example["index"] for example in islice(loader, 4)) == [4, 5, 6, 7]


def test_a_run_that_stopped_goes_on_without_making_old_clips_again(examples: list[dict]) -> None:
    dataset = iterable_dataset(STREAM, shards=1)
    stopped = iter(dataset)
    assert [next(stopped)["index"] for _ in range(3)] == [0, 1, 2]
    resumed = iterable_dataset(STREAM, shards=1)
    resumed.load_state_dict(dataset.state_dict())
    example = next(iter(resumed))
    assert example["index"] == 3
    assert np.array_equal(example["audio"], examples[3]["audio"])
    far = iterable_dataset(STREAM, shards=1, first=10_000_000)
    assert next(iter(far))["index"] == 10_000_000
