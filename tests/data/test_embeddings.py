"""The configuration ``embeddings``: made, gone on with, replaced, and loaded by ``datasets``."""

import os
import re
import shutil
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from datasets import Array2D, disable_progress_bars, load_dataset
from filelock import FileLock
from pyarrow import parquet

from hub_server.tiny_dataset import ROWS, columns_of, write_tiny_dataset
from transformers_abc.data.built_dataset import DatasetFolderError, read_built_dataset
from transformers_abc.data.embedding_parts.npy_files import NpyFolder
from transformers_abc.data.embedding_parts.source import EmbeddingsError
from transformers_abc.data.embeddings import EmbeddingSummary, embed_dataset, export_audio
from transformers_abc.data.rows import clip_name

WIDTH = 3
SPLITS = {split: [(f"AuMix_{split}_{place}.wav", 25.5 * place) for place in range(count)] for split, count in ROWS.items()}
NAMES = [clip_name(*clip) for clips in SPLITS.values() for clip in clips]  # such as AuMix_train_1_0025500


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Three files: train in two, with two rows and one, validation with one; and test in two, with a row each."""
    return write_tiny_dataset(tmp_path / "tones", files=2)


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """A file a clip."""
    folder = tmp_path / "npy"
    folder.mkdir()
    for name in NAMES:
        np.save(folder / f"{name}.npy", array_of(name))
    return folder


def array_of(name: str, width: int = WIDTH) -> np.ndarray:
    return np.random.default_rng(list(name.encode())).normal(size=(240, width)).astype(np.float32)


def loaded(folder: Path, tmp_path: Path, config: str | None = "embeddings") -> dict:
    disable_progress_bars()
    cache = tmp_path / f"cache-{len(list(tmp_path.glob('cache-*')))}"
    return load_dataset(str(folder), config, cache_dir=str(cache))


def files_of(folder: Path) -> dict[str, int]:
    """Our files with the time each was written."""
    return {path.name: path.stat().st_mtime_ns for path in sorted((folder / "data/embeddings").iterdir()) if path.name != ".lock"}


def named_configs(folder: Path) -> list[str]:
    return [config["config_name"] for config in yaml.safe_load((folder / "README.md").read_text().split("---")[1])["configs"]]


class StoppingSource(NpyFolder):
    """Power is cut at the n-th embedding."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder)
        self._left = after

    def embed(self, name: str, audio: bytes) -> np.ndarray:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().embed(name, audio)


# --- What is made --------------------------------------------------------------------------------------------------------------------


def test_rows_of_default_with_an_embedding_for_the_audio(built: Path, arrays: Path, tmp_path: Path) -> None:
    summary = embed_dataset(built, NpyFolder(arrays))
    assert summary == EmbeddingSummary(built / "data/embeddings", rows=6, left_out=0, files=5, kept=0, width=WIDTH)
    found = loaded(built, tmp_path)
    assert {split: len(rows) for split, rows in found.items()} == ROWS
    for split, rows in found.items():
        assert rows.features["embedding"] == Array2D((240, WIDTH), "float32")
        expected = columns_of("default", split)
        del expected["audio"]
        assert {name: rows[name][:] for name in expected} == expected
        for clip, embedding in zip(SPLITS[split], rows.with_format("numpy")["embedding"], strict=True):
            np.testing.assert_array_equal(embedding, array_of(clip_name(*clip)))
    assert list(found["train"].features)[-1] == "embedding"
    assert "audio" not in found["train"].features


def test_the_other_configurations_stay(built: Path, arrays: Path, tmp_path: Path) -> None:
    before = (built / "README.md").read_text()
    (built / "README.md").write_text(before.replace("license: cc0-1.0", "license: cc0-1.0\nnumbers: [1, 2]\ntags:\n- Musik für Flöte"))
    files = {path: path.read_bytes() for path in built.rglob("data/*/*.parquet")}
    embed_dataset(built, NpyFolder(arrays))
    assert all(path.read_bytes() == content for path, content in files.items())
    card = (built / "README.md").read_text()
    header, text = card.split("---\n")[1:]
    assert text == before.split("---\n")[2]
    values = yaml.safe_load(header)
    assert (values["license"], values["numbers"], values["tags"]) == ("cc0-1.0", [1, 2], ["Musik für Flöte"])
    assert named_configs(built) == ["default", "qa", "embeddings"]
    assert "audio" in loaded(built, tmp_path, None)["train"].features  # where none is named, it is still the default one


def test_files_say_what_made_them(built: Path, arrays: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    told = parquet.read_schema(built / "data/embeddings/train-00000-of-00002.parquet").metadata[b"transformers_abc.embeddings"]
    assert b'"made_by": "files of npy"' in told


def test_rows_without_a_file_are_left_out(built: Path, arrays: Path, tmp_path: Path) -> None:
    (arrays / f"{NAMES[0]}.npy").unlink()  # train, first of two in its file
    (arrays / f"{NAMES[3]}.npy").unlink()  # all of validation, which is then no split: datasets cannot load one without rows
    with pytest.raises(EmbeddingsError, match=f"2 of 6 files are missing: {NAMES[0]}.npy, {NAMES[3]}.npy;"):
        embed_dataset(built, NpyFolder(arrays))
    assert not (built / "data/embeddings").exists()
    summary = embed_dataset(built, NpyFolder(arrays, allow_missing=True))
    assert (summary.rows, summary.left_out, summary.files) == (4, 2, 4)
    found = loaded(built, tmp_path)
    np.testing.assert_array_equal(found["train"].with_format("numpy")[0]["embedding"], array_of(NAMES[1]))
    assert {split: rows["id"][:] for split, rows in found.items()} == {
        "train": ["AuMix_train_1.wav", "AuMix_train_2.wav"],
        "test": ["AuMix_test_0.wav", "AuMix_test_1.wav"],
    }


def test_a_file_of_a_split_may_be_without_rows(built: Path, arrays: Path, tmp_path: Path) -> None:
    (arrays / f"{NAMES[2]}.npy").unlink()  # alone in the second file of train
    assert embed_dataset(built, NpyFolder(arrays, allow_missing=True)).files == 5
    assert loaded(built, tmp_path)["train"]["id"][:] == ["AuMix_train_0.wav", "AuMix_train_1.wav"]
    (arrays / f"{NAMES[0]}.npy").unlink()
    (arrays / f"{NAMES[1]}.npy").unlink()
    np.save(arrays / f"{NAMES[2]}.npy", array_of(NAMES[2]))
    assert embed_dataset(built, NpyFolder(arrays, allow_missing=True)).kept == 3
    assert loaded(built, tmp_path)["train"]["id"][:] == ["AuMix_train_2.wav"]  # now the first file is the one without


def test_row_groups_of_a_few_rows(tmp_path: Path, arrays: Path) -> None:
    """They decide what a writer holds in memory, and what a reader has to."""
    many = write_tiny_dataset(tmp_path / "many")
    file = many / "data/default/train-00000-of-00001.parquet"
    starts_s = [float(place) for place in range(40)]
    table = parquet.read_table(file).take([0] * 40).drop_columns(["start_time"])
    parquet.write_table(table.append_column("start_time", [starts_s]), file)
    for start_s in starts_s:
        np.save(arrays / f"{clip_name('AuMix_train_0.wav', start_s)}.npy", np.full((240, 1), start_s))
    for name in NAMES[3:]:
        np.save(arrays / f"{name}.npy", array_of(name, 1))
    embed_dataset(many, NpyFolder(arrays))
    footer = parquet.read_metadata(many / "data/embeddings/train-00000-of-00001.parquet")
    assert [footer.row_group(number).num_rows for number in range(footer.num_row_groups)] == [16, 16, 8]
    found = loaded(many, tmp_path)["train"].with_format("numpy")
    assert found["start_time"][:].tolist() == found["embedding"][:][:, 0, 0].tolist() == starts_s


def test_jukebox_numbers_take_less_room_in_half_precision(tmp_path: Path, built: Path, arrays: Path) -> None:
    for name in NAMES:
        np.save(arrays / f"{name}.npy", array_of(name, 480).astype(np.float16))
    embed_dataset(built, NpyFolder(arrays))
    size = sum(path.stat().st_size for path in (built / "data/embeddings").glob("*.parquet"))
    assert size < 0.55 * 6 * 240 * 480 * 4


def test_the_snippets_of_the_documentation_run() -> None:
    text = (Path(__file__).parents[2] / "docs/embeddings.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, "docs/embeddings.md", "exec"), {})


# --- Stopping, going on, doing it again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "finished"), [(0, 0), (1, 0), (2, 1), (3, 2), (5, 4)])
def test_a_stopped_run_goes_on(built: Path, arrays: Path, tmp_path: Path, after: int, finished: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        embed_dataset(built, StoppingSource(arrays, after))
    before = files_of(built)
    assert len(before) == finished
    assert named_configs(built) == ["default", "qa"]
    read_built_dataset(built)
    assert embed_dataset(built, NpyFolder(arrays)).kept == finished
    after_all = files_of(built)
    assert before.items() <= after_all.items()
    assert len(after_all) == 5
    assert len(loaded(built, tmp_path)["train"]) == 3


def test_what_a_killed_run_left_is_swept_away(built: Path, arrays: Path) -> None:
    (built / "data/embeddings").mkdir()
    (built / "data/embeddings/.partial-train-00000-of-00002.parquet").write_bytes(b"PAR1 half")
    (built / "data/embeddings/train-00001-of-00002.parquet").write_bytes(b"PAR1 damaged by someone")
    assert embed_dataset(built, NpyFolder(arrays)).kept == 0
    assert len(files_of(built)) == 5


def test_done_again_nothing_changes(built: Path, arrays: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    before, card = files_of(built), (built / "README.md").stat().st_mtime_ns
    assert embed_dataset(built, NpyFolder(arrays)).kept == 5
    assert files_of(built) == before
    assert (built / "README.md").stat().st_mtime_ns == card


def test_the_same_files_from_the_same_numbers(built: Path, arrays: Path, tmp_path: Path) -> None:
    other = shutil.copytree(built, tmp_path / "other")
    for folder in (built, other):
        embed_dataset(folder, NpyFolder(arrays))
    for name in files_of(built):
        assert (built / "data/embeddings" / name).read_bytes() == (other / "data/embeddings" / name).read_bytes()


def test_an_array_that_changed(built: Path, arrays: Path, tmp_path: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    np.save(arrays / f"{NAMES[2]}.npy", np.ones((8192, WIDTH)))
    assert embed_dataset(built, NpyFolder(arrays)).kept == 4
    assert np.all(np.array(loaded(built, tmp_path)["train"][2]["embedding"]) == 1)


def test_a_dataset_that_changed(built: Path, arrays: Path, tmp_path: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    shutil.rmtree(built / "data/default")
    write_tiny_dataset(built, ("default",), version="2")  # one file a split instead of two; the card forgets the others
    assert embed_dataset(built, NpyFolder(arrays)).files == 3
    assert set(files_of(built)) == {f"{split}-00000-of-00001.parquet" for split in ROWS}
    assert loaded(built, tmp_path)["train"]["answer"][:] == columns_of("default", "train", "2")["answer"]


def test_a_text_that_changed(built: Path, arrays: Path, tmp_path: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    file = built / "data/default/train-00001-of-00002.parquet"
    table = parquet.read_table(file).drop_columns(["answer"])
    parquet.write_table(table.append_column("answer", [["mended"]]), file)
    assert embed_dataset(built, NpyFolder(arrays)).kept == 4
    assert loaded(built, tmp_path)["train"]["answer"][2] == "mended"


def test_another_width_replaces_all_or_nothing(built: Path, arrays: Path, tmp_path: Path) -> None:
    embed_dataset(built, NpyFolder(arrays))
    for name in NAMES:
        np.save(arrays / f"{name}.npy", array_of(name, 5))
    with pytest.raises(KeyboardInterrupt):
        embed_dataset(built, StoppingSource(arrays, 4))
    assert named_configs(built) == ["default", "qa"]  # files of both widths lie there, and none is named
    embed_dataset(built, NpyFolder(arrays))
    assert loaded(built, tmp_path)["test"].features["embedding"].shape == (240, 5)


@pytest.mark.parametrize("lost", ["*", "validation-*"])
def test_files_that_someone_deleted(built: Path, arrays: Path, lost: str) -> None:
    embed_dataset(built, NpyFolder(arrays))
    for path in (built / "data/embeddings").glob(f"{lost}.parquet"):
        path.unlink()
    with pytest.raises(DatasetFolderError):
        read_built_dataset(built)
    embed_dataset(built, NpyFolder(arrays))
    assert {split.split: split.rows for split in read_built_dataset(built).splits_of("embeddings")} == ROWS


def test_two_runs_at_once(built: Path, arrays: Path) -> None:
    (built / "data/embeddings").mkdir()
    with FileLock(built / "data/embeddings/.lock"), pytest.raises(EmbeddingsError, match="another run is writing to it"):
        embed_dataset(built, NpyFolder(arrays))
    embed_dataset(built, NpyFolder(arrays))


# --- What cannot be used -------------------------------------------------------------------------------------------------------------


def test_a_wrong_value_keeps_what_is_finished(built: Path, arrays: Path) -> None:
    np.save(arrays / f"{NAMES[3]}.npy", np.full((240, WIDTH), np.nan))
    with pytest.raises(EmbeddingsError, match=f"{NAMES[3]}.npy: frame 0 of 240"):
        embed_dataset(built, NpyFolder(arrays))
    assert list(files_of(built)) == ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"]


@pytest.mark.parametrize(
    ("column", "values", "complaint"),
    [
        ("start_time", [0.0, float("nan"), 1.0], "the start_time nan"),
        ("start_time", [0.0, -1.0, 1.0], "the start_time -1.0"),
        ("start_time", [0.0, None, 1.0], "the start_time nan"),
        ("id", ["a.wav", None, "b.wav"], "has the id ''"),
        ("start_time", None, "has no column start_time"),
        ("id", None, "has no column id"),
    ],
)
def test_rows_that_name_no_clip(tmp_path: Path, arrays: Path, column: str, values: Sequence | None, complaint: str) -> None:
    folder = write_tiny_dataset(tmp_path / "tones")
    file = folder / "data/default/train-00000-of-00001.parquet"
    table = parquet.read_table(file).drop_columns([column])
    parquet.write_table(table if values is None else table.append_column(column, [values]), file)
    with pytest.raises(EmbeddingsError, match=f"train-00000-of-00001.parquet: .*{complaint}.*; build the dataset again"):
        embed_dataset(folder, NpyFolder(arrays))
    assert not (folder / "data/embeddings").exists()


def test_recordings_of_one_name(tmp_path: Path, arrays: Path) -> None:
    folder = write_tiny_dataset(tmp_path / "tones")
    file = folder / "data/default/train-00000-of-00001.parquet"
    table = parquet.read_table(file).drop_columns(["id", "start_time"])
    parquet.write_table(table.append_column("id", [["x/y.wav", "x_y.wav", "z.wav"]]).append_column("start_time", [[0.0] * 3]), file)
    with pytest.raises(EmbeddingsError, match=r"clips of x_y\.wav and of x/y\.wav are both called x_y_0000000"):
        embed_dataset(folder, NpyFolder(arrays))


def test_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A dataset may come from anyone."""
    folder = write_tiny_dataset(tmp_path / "tones")
    file = folder / "data/default/train-00000-of-00001.parquet"
    table = parquet.read_table(file).drop_columns(["id"])
    parquet.write_table(table.append_column("id", [["../../up.wav", "/root.wav", ".."]]), file)
    export_audio(folder, tmp_path / "wav")
    assert len(list((tmp_path / "wav").iterdir())) == 6
    assert {path.name for path in tmp_path.iterdir()} == {"tones", "wav"}


def test_no_dataset(tmp_path: Path, arrays: Path) -> None:
    with pytest.raises(DatasetFolderError, match="no such folder"):
        embed_dataset(tmp_path / "none", NpyFolder(arrays))
    with pytest.raises(DatasetFolderError, match="names no configuration default"):
        embed_dataset(write_tiny_dataset(tmp_path / "tones", ("qa",)), NpyFolder(arrays))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(built: Path, arrays: Path) -> None:
    (built / "data").chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OSError, match="data/embeddings: cannot be written: Permission denied"):
        embed_dataset(built, NpyFolder(arrays))


def test_a_file_in_the_way(built: Path, arrays: Path) -> None:
    (built / "data/embeddings").write_text("")
    with pytest.raises(OSError, match="data/embeddings: cannot be written"):
        embed_dataset(built, NpyFolder(arrays))


def test_a_full_disk_is_found_before_the_work(built: Path, arrays: Path) -> None:
    class Endless(NpyFolder):
        """Six rows of 240 frames of so many values are 5.8 exabytes."""

        @property
        def width(self) -> int:
            return 10**15

    with pytest.raises(OSError, match=r"up to 5760000000\.0 GB are needed there"):
        embed_dataset(built, Endless(arrays))
    assert not files_of(built)


# --- Sound for Jukebox ---------------------------------------------------------------------------------------------------------------


def test_clips_for_jukebox_come_back_as_embeddings(built: Path, tmp_path: Path) -> None:
    """Every clip is there under the name that its embedding is looked for by."""
    assert export_audio(built, tmp_path / "out" / "wav") == 6
    wavs = sorted((tmp_path / "out" / "wav").iterdir())
    assert [path.stem for path in wavs] == sorted(NAMES)
    assert {path.stat().st_size for path in wavs} == {44 + 2 * 1_048_576}
    for path in wavs:
        np.save(path.with_suffix(".npy"), np.zeros((240, 2)))
    assert replace(embed_dataset(built, NpyFolder(tmp_path / "out" / "wav")), folder=tmp_path).rows == 6


def test_a_clip_of_several_rows_is_one_file(built: Path, tmp_path: Path) -> None:
    file = built / "data/default/test-00000-of-00002.parquet"
    parquet.write_table(parquet.read_table(file).take([0, 0, 0]), file)
    assert export_audio(built, tmp_path / "wav") == 6
