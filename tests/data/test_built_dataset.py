"""What counts as a built dataset."""

from pathlib import Path

import pytest

from hub_server.tiny_dataset import card, write_tiny_dataset
from transformers_abc.data.built_dataset import DatasetFolderError, read_built_dataset


def test_splits_of_a_folder(tmp_path: Path) -> None:
    found = read_built_dataset(write_tiny_dataset(tmp_path, ("qa", "default"), files=2))
    assert found.configs == ("qa", "default")
    assert found.main_config == "default"
    assert [(split.split, split.rows, len(split.files)) for split in found.splits_of("qa")] == [
        ("train", 3, 2),
        ("validation", 1, 1),
        ("test", 2, 2),
    ]
    assert [file.name for file in found.splits_of("qa")[0].files] == ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"]
    wav_bytes = 44 + 2 * 2000  # a header and a quarter of a second at 8 kHz
    assert 3 * wav_bytes < found.splits_of("qa")[0].loaded_bytes < 4 * wav_bytes


def test_without_a_default_the_first_is_the_main_one(tmp_path: Path) -> None:
    assert read_built_dataset(write_tiny_dataset(tmp_path, ("qa", "embeddings"))).main_config == "qa"


HEADER = "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: "


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# Tones\n", "no YAML header"),
        ("---\nconfigs: [\n---\n", "header cannot be read"),
        ("---\n- a list\n---\n", "no YAML header"),
        ("---\nlicense: cc0-1.0\n---\n", "names no configs"),
        ("---\nconfigs: []\n---\n", "names no configs"),
        ("---\nconfigs: [default]\n---\n", "needs a config_name and data_files"),
        ("---\nconfigs:\n- config_name: ../default\n  data_files: [{split: train, path: x.parquet}]\n---\n", "needs a config_name"),
        ("---\nconfigs:\n- config_name: default\n  data_files: data/*.parquet\n---\n", "data_files by split"),
        ("---\nconfigs:\n- config_name: default\n  data_files: [data/train.parquet]\n---\n", "needs a split and a path"),
        (f"---\n{HEADER}data/train.csv\n---\n", "needs a split and a path in the folder"),
        (f"---\n{HEADER}../other/*.parquet\n---\n", "needs a split and a path in the folder"),
        (f"---\n{HEADER}/tmp/*.parquet\n---\n", "needs a split and a path in the folder"),
        (f"---\n{HEADER}data/default/other-*.parquet\n---\n", r"other-\*\.parquet, and there is no such file"),
        (
            f"---\n{HEADER}data/default/train-*.parquet\n  - split: train\n    path: data/default/test-*.parquet\n---\n",
            "names the split train of default twice",
        ),
    ],
)
def test_cards_that_name_no_dataset(tmp_path: Path, text: str, complaint: str) -> None:
    write_tiny_dataset(tmp_path, ("default",))
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetFolderError, match=complaint) as caught:
        read_built_dataset(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DatasetFolderError, match="no such folder; transformers-abc dataset build makes"):
        read_built_dataset(tmp_path / "none")
    with pytest.raises(DatasetFolderError, match=r"it has no README\.md"):
        read_built_dataset(tmp_path)
    (tmp_path / "README.md").write_bytes(b"---\n\xff\n---\n")
    with pytest.raises(DatasetFolderError, match="header cannot be read"):
        read_built_dataset(tmp_path)


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_file_that_was_not_written_to_its_end(tmp_path: Path, kept: int) -> None:
    path = next(write_tiny_dataset(tmp_path, ("default",)).rglob("test-*.parquet"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DatasetFolderError, match=r"test-00000-of-00001\.parquet: is no whole Parquet file .*; build it again"):
        read_built_dataset(tmp_path)


def test_a_card_with_the_line_ends_of_windows(tmp_path: Path) -> None:
    write_tiny_dataset(tmp_path, ("default",))
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf" + card(("default",)).replace("\n", "\r\n").encode())
    assert read_built_dataset(tmp_path).configs == ("default",)
