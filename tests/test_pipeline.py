"""The task "music-transcription": what it takes, what it gives, and that it is an ordinary pipeline."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from datasets import Audio, Dataset, IterableDataset
from transformers import BertConfig, BertModel, pipeline
from transformers.pipelines import PIPELINE_REGISTRY
from transformers.pipelines.pt_utils import KeyDataset

from small_listener import save_small_listener, small_listener
from transformers_abc import read_abc, transcription
from transformers_abc.data.audio import AudioError
from transformers_abc.listening import note_rows
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.pipeline import DEFAULT_MODEL, TASK, MusicTranscriptionPipeline

RATE = 16_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_listener(tmp_path_factory.mktemp("listener"))


@pytest.fixture(scope="module")
def transcriber(folder: Path) -> MusicTranscriptionPipeline:
    return pipeline(TASK, model=str(folder), device="cpu")


def music(seconds: float, seed: int = 0) -> np.ndarray:
    rng, times = np.random.default_rng(seed), np.arange(RATE // 2) / RATE
    chords = [sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * times) for p in rng.integers(50, 80, 3)) for _ in range(60)]
    return (0.1 * np.concatenate(chords)[: int(seconds * RATE)]).astype(np.float32)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audio") / "song one.wav"
    soundfile.write(path, music(12.0), RATE, subtype="FLOAT")
    return path


def test_a_recording_gives_abc_notes_and_its_length(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    found = transcriber(str(path))
    assert list(found) == ["abc", "notes", "duration_s"]
    assert found["duration_s"] == 12.0
    assert len(found["notes"]) > 10
    assert list(found["notes"][0]) == ["onset_s", "offset_s", "pitch_midi", "confidence", "instrument"]
    tune = read_abc(found["abc"])
    assert tune.title == "song one"
    assert any(voice.notes for voice in tune.voices)
    assert json.loads(json.dumps(found)) == found


def test_it_hears_what_transcribe_hears(transcriber: MusicTranscriptionPipeline, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "default_listener", lambda: (small_listener(), AbcFeatureExtractor()))
    assert transcriber(path)["notes"] == note_rows(transcription.hear(path).notes)


def test_title_and_layout_can_be_chosen(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    assert read_abc(transcriber(path, title="Ours")["abc"]).title == "Ours"
    assert transcriber(path, interleave=True)["abc"] != transcriber(path)["abc"]
    assert "T:song" not in transcriber(path.read_bytes())["abc"]


def test_arrays_rows_and_tensors(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    notes = transcriber(path)["notes"]
    audio = music(12.0)
    for given in (
        audio,
        torch.from_numpy(audio),
        {"array": audio, "sampling_rate": RATE},
        {"raw": audio, "sampling_rate": RATE},
        {"question": "?", "audio": {"bytes": path.read_bytes(), "path": "x.wav"}},
    ):
        assert transcriber(given)["notes"] == notes


@pytest.mark.parametrize("batch_size", [2, 3, 16])
def test_batches_of_windows_give_what_single_ones_do(transcriber: MusicTranscriptionPipeline, batch_size: int) -> None:
    recordings = [music(seconds, seed) for seed, seconds in enumerate((23.0, 2.0, 11.0, 2.0))]
    single = transcriber(recordings)
    batched = transcriber(recordings, batch_size=batch_size)
    assert [found["duration_s"] for found in batched] == [23.0, 2.0, 11.0, 2.0]
    for ours, theirs in zip(batched, single, strict=True):
        assert [(note["pitch_midi"], note["instrument"]) for note in ours["notes"]] == [
            (note["pitch_midi"], note["instrument"]) for note in theirs["notes"]
        ]
        for name in ("onset_s", "offset_s", "confidence"):
            assert [note[name] for note in ours["notes"]] == pytest.approx([note[name] for note in theirs["notes"]], abs=2e-3)


def test_generators_stream(transcriber: MusicTranscriptionPipeline) -> None:
    taken = []

    def recordings() -> Iterator[np.ndarray]:
        for seed in range(4):
            taken.append(seed)
            yield music(1.5, seed)

    results = transcriber(recordings())
    assert not isinstance(results, list)
    next(iter(results))
    assert taken == [0]


def test_iterable_datasets_stream(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    taken = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(4):
            taken.append(number)
            yield {"audio": {"path": str(path), "bytes": None}}

    results = transcriber(IterableDataset.from_generator(rows))
    assert (isinstance(results, list), taken) == (False, [])
    assert next(iter(results))["duration_s"] == 12.0
    assert taken == [0]
    taken.clear()
    next(iter(transcriber(IterableDataset.from_generator(rows), batch_size=3)))  # 12 s are two windows: the second row is begun
    assert taken == [0, 1]


def test_key_datasets_stream(transcriber: MusicTranscriptionPipeline) -> None:
    taken = []

    class Rows:
        def __len__(self) -> int:
            return 4

        def __getitem__(self, number: int) -> dict[str, Any]:
            taken.append(number)
            return {"audio": [music(1.5, seed) for seed in range(4)][number]}  # past the end, as of a list, an IndexError

    results = transcriber(KeyDataset(Rows(), "audio"))
    assert not isinstance(results, list)
    assert set(taken) <= {0}  # transformers looks whether the first is a message of a chat
    next(iter(results))
    assert set(taken) == {0}
    assert len(list(results)) == 4


def test_tables_of_datasets_are_read_through_a_key_or_a_generator(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    rows = Dataset.from_dict({"audio": [str(path)] * 2}).cast_column("audio", Audio(decode=False))
    for several in (KeyDataset(rows, "audio"), (row for row in rows), rows.to_iterable_dataset()):
        assert [found["duration_s"] for found in transcriber(several)] == [12.0, 12.0]


@pytest.mark.parametrize("wrap", [iter, tuple, lambda given: map(str, given), lambda given: Dataset.from_dict({"audio": given})])
def test_what_transformers_takes_for_one_recording_is_told(
    transcriber: MusicTranscriptionPipeline, path: Path, wrap: Callable[[list[str]], Any]
) -> None:
    with pytest.raises(TypeError, match=r"is no recording; .*; of several, give a list or a generator"):
        transcriber(wrap([str(path)] * 2))


def test_lists_and_datasets(transcriber: MusicTranscriptionPipeline, path: Path) -> None:
    first, second = transcriber([str(path), {"array": music(2.0), "sampling_rate": RATE}])
    assert (first["duration_s"], second["duration_s"]) == (12.0, 2.0)
    assert transcriber([]) == []
    rows = KeyDataset([{"audio": str(path)}, {"audio": music(2.0)}], "audio")
    assert [found["duration_s"] for found in transcriber(rows)] == [12.0, 2.0]


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (7, TypeError, "int is no recording; expected a path"),
        ("none.wav", AudioError, r"none\.wav: no such file"),
        (np.zeros((2, RATE), np.float32), AudioError, "one channel is expected"),
        ({"array": np.zeros(RATE)}, AudioError, "sampling_rate"),
        (np.zeros(100, np.float32), AudioError, "too short"),
    ],
)
@pytest.mark.parametrize("batch_size", [1, 2])
def test_wrong_input_is_told(
    transcriber: MusicTranscriptionPipeline, given: Any, error: type[Exception], says: str, batch_size: int
) -> None:
    with pytest.raises(error, match=says):
        transcriber([music(1.5), given], batch_size=batch_size)


def test_silence_is_rests(transcriber: MusicTranscriptionPipeline) -> None:
    found = transcriber(np.zeros(2 * RATE, np.float32))
    assert found["notes"] == []
    assert "z" in found["abc"]


# (stored in, asked for, computed in)
@pytest.mark.parametrize(
    ("stored", "asked", "computed"),
    [
        (torch.float16, "auto", torch.float32),
        (torch.float16, torch.float16, torch.float16),
        (torch.float32, "bfloat16", torch.bfloat16),
        (torch.bfloat16, "auto", torch.bfloat16),
    ],
)
def test_precision_is_obeyed(tmp_path: Path, stored: torch.dtype, asked: Any, computed: torch.dtype) -> None:
    transcriber = pipeline(TASK, model=save_small_listener(tmp_path, stored), dtype=asked, device="cpu")
    assert transcriber.dtype == computed
    assert transcriber(music(1.5))["notes"]


def test_a_model_in_memory_brings_its_own_features(path: Path, transcriber: MusicTranscriptionPipeline) -> None:
    model = small_listener().train()
    assert pipeline(TASK, model=model, device="cpu")(path) == transcriber(path)


def test_another_kind_of_model_is_told() -> None:
    bert = BertModel(BertConfig(vocab_size=4, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4))
    with pytest.raises(TypeError, match="needs an AbcListener, got BertModel"):
        pipeline(TASK, model=bert, device="cpu")


def test_without_a_model_it_is_the_packaged_one(folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = PIPELINE_REGISTRY.supported_tasks[TASK]
    assert entry["default"]["model"] == (str(DEFAULT_MODEL), None)
    assert json.loads((DEFAULT_MODEL / "config.json").read_text())["model_type"] == "abc_listener"
    monkeypatch.setitem(entry, "default", {"model": (str(folder), None)})  # the mechanism, at less cost
    assert pipeline(TASK, device="cpu")(path)["notes"]


def test_saved_and_loaded_without_code(transcriber: MusicTranscriptionPipeline, tmp_path: Path, path: Path) -> None:
    transcriber.save_pretrained(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"config.json", "model.safetensors", "preprocessor_config.json"}
    assert pipeline(TASK, model=str(tmp_path), device="cpu")(path) == transcriber(path)
