"""Sets: folders of files side by side, splits of datasets, what is left out, and which samples are drawn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from transformers_abc.evaluation.sets import SetError, chosen, load_set
from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.reader import read_abc


def test_a_folder_pairs_by_name_and_prefers_abc(tmp_path: Path, recording: Callable[[str], Path], tune: str) -> None:
    for name in ("set/jig.wav", "set/suite/first.flac", "set/suite/second.wav", "set/alone.wav", "set/empty.wav"):
        recording(name)
    folder = tmp_path / "set"
    (folder / "jig.abc").write_text(tune)
    (folder / "jig.mid").write_bytes(b"broken, but the ABC is taken")
    (folder / "suite" / "first.mid").write_bytes(midi_bytes(read_abc(tune)))
    (folder / "suite" / "second.abc").write_text(tune)
    (folder / "empty.abc").write_text("%%")
    (folder / "surplus.abc").write_text(tune)
    found = load_set(str(folder), tmp_path / "audio")
    assert [(sample.id, sample.group) for sample in found.samples] == [("jig", "jig"), ("suite/first", "suite"), ("suite/second", "suite")]
    assert [note.pitch_midi for note in read_abc(found.samples[1].reference).voices[0].notes] == [60, 62, 64, 65, 67, 69, 71, 72]
    assert found.skipped == {"empty": "the reference has no music"}
    assert found.remarks == ["1 recordings without a reference are left out: alone"]


def test_a_broken_reference_is_left_out_with_its_reason(tmp_path: Path, recording: Callable[[str], Path], tune: str) -> None:
    recording("set/a.wav")
    recording("set/b.wav")
    (tmp_path / "set" / "a.abc").write_text(tune)
    (tmp_path / "set" / "b.mid").write_bytes(b"MThd and no more")
    found = load_set(str(tmp_path / "set"), tmp_path / "audio")
    assert [sample.id for sample in found.samples] == ["a"]
    assert list(found.skipped) == ["b"]
    assert "b.mid" in found.skipped["b"]


def test_draws_are_by_seed_and_in_order() -> None:
    assert chosen(100, 10, 1) == chosen(100, 10, 1) == sorted(chosen(100, 10, 1))
    assert chosen(100, 10, 1) != chosen(100, 10, 2)
    assert chosen(3, 10, 0) == chosen(3, None, 0) == [0, 1, 2]


def test_a_folder_is_drawn_from(tmp_path: Path, recording: Callable[[str], Path], tune: str) -> None:
    for number in range(9):
        recording(f"set/{number}.wav")
        (tmp_path / "set" / f"{number}.abc").write_text(tune)
    drawn = [sample.id for sample in load_set(str(tmp_path / "set"), tmp_path / "audio", 3, 5).samples]
    assert len(drawn) == 3
    assert drawn == [str(place) for place in chosen(9, 3, 5)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere", "nowhere: no such folder"),
        ("empty", r"empty: no recording"),
        ("nowhere:test", "nowhere: no folder here, and cannot be loaded"),
    ],
)
def test_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SetError, match=message):
        load_set(source, tmp_path / "audio")


def test_a_split_of_a_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recording: Callable[[str], Path], tune: str) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    wav = recording("clip.wav").read_bytes()
    rows = {
        "id": ["mix.wav", "mix.wav", "mix.wav", "other.wav"],
        "start_time": [0, 25, 25, 0],
        "piece": ["jupiter", "jupiter", "jupiter", "spring"],
        "question_type": ["abc", "abc", "tempo", "abc"],
        "question": ["Write it down."] * 4,
        "answer": [tune, "%%", "90", tune],
        "audio": [{"bytes": wav, "path": "clip.wav"}] * 4,
    }
    (tmp_path / "built").mkdir()
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "built" / "test.parquet")
    found = load_set(f"{tmp_path / 'built'}:test", tmp_path / "audio")
    assert [(sample.id, sample.group, sample.prompt) for sample in found.samples] == [
        ("mix.wav@0#0", "jupiter", "Write it down."),
        ("other.wav@0#2", "spring", "Write it down."),
    ]
    assert found.skipped == {"mix.wav@25#1": "the reference has no music"}
    assert all(sample.audio.read_bytes() == wav for sample in found.samples)
    with pytest.raises(SetError, match="nosplit"):
        load_set(f"{tmp_path / 'built'}:nosplit", tmp_path / "audio")
