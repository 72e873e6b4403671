"""A built dataset by its name, without a network: primed here, loaded by processes of their own."""

import io
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from hub_server.processes import load_by_name, run_python
from hub_server.repository import Repository
from hub_server.server import HubServer
from hub_server.tiny_dataset import EMBEDDING_FEATURES, EMBEDDING_SHAPE, FEATURES, RATE, ROWS, columns_of, write_tiny_dataset
from transformers_abc.data.built_dataset import BuiltDataset, BuiltSplit, DatasetFolderError, read_built_dataset
from transformers_abc.data.priming import PrimingError, check_space, content_hash, prime

NAME = "jonflynn/urmp-abc"
OFFLINE = {"HF_HUB_OFFLINE": "1"}
PRIME = (
    "import sys; from pathlib import Path; from transformers_abc.data.priming import prime; print(prime(Path(sys.argv[1]), sys.argv[2]))"
)


def same(found: tuple[dict[str, str], dict[str, list[Any]]], config: str, split: str, version: str = "1") -> bool:
    """Whether a split has the features and the content that were written."""
    features, columns = found
    wanted = columns_of(config, split, version)
    return (
        features == {name: str(feature) for name, feature in (EMBEDDING_FEATURES if config == "embeddings" else FEATURES).items()}
        and columns.keys() == wanted.keys()
        and all(np.array_equal(columns[name], wanted[name]) for name in wanted)
    )


def is_whole(found: dict[str, Any], config: str, version: str = "1") -> bool:
    assert isinstance(found, dict), found
    return list(found) == list(ROWS) and all(same(found[split], config, split, version) for split in ROWS)


def cached(home: Path) -> Path:
    return home / "datasets" / "jonflynn___urmp-abc"


def primings(home: Path) -> list[str]:
    """The configurations in the cache, each as often as it is there."""
    return sorted(path.parent.parent.name for path in cached(home).glob("*/*/*") if path.is_dir())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Caches with all three configurations, built in a folder of another name, with the default in the middle."""
    built = write_tiny_dataset(tmp_path_factory.mktemp("built") / "some folder", ("qa", "default", "embeddings"), files=2)
    home = tmp_path_factory.mktemp("home")
    assert prime(built, NAME, home / "datasets") == cached(home)
    return home


def test_loads_offline_with_and_without_a_configuration(home: Path) -> None:
    loads: list[dict[str, Any]] = [{}, {"name": "default"}, {"name": "qa"}, {"name": "embeddings"}, {"name": "qa", "split": "test"}]
    loads += [{"name": "other"}, {"name": "qa", "streaming": True}]
    unnamed, default, qa, embeddings, test_split, other, streamed = load_by_name(home, NAME, *loads, **OFFLINE)
    assert is_whole(unnamed, "default")
    assert is_whole(default, "default")
    assert is_whole(qa, "qa")
    assert is_whole(embeddings, "embeddings")
    assert np.shape(embeddings["train"][1]["embedding"]) == (3, *EMBEDDING_SHAPE)
    assert list(test_split) == ["test"]
    assert same(test_split["test"], "qa", "test")
    assert re.search(r"Available configs in the cache: \['default', 'embeddings', 'qa'\]", other)
    assert is_whole(streamed, "qa")


def test_audio_decodes(home: Path) -> None:
    (found,) = load_by_name(home, NAME, {"split": "train"}, **OFFLINE)
    samples, rate = soundfile.read(io.BytesIO(found["train"][1]["audio"][1]["bytes"]))
    assert rate == RATE
    # The second row is a tone of 440 Hz for a quarter of a second: 110 periods.
    assert int(np.argmax(np.abs(np.fft.rfft(samples)))) == 110


def test_loads_where_the_hub_cannot_be_reached(home: Path) -> None:
    (found,) = load_by_name(home, NAME, {}, HF_HUB_ETAG_TIMEOUT="2")
    assert is_whole(found, "default")


def test_nothing_else_is_left_in_the_cache(home: Path) -> None:
    assert primings(home) == ["default", "embeddings", "qa"]
    assert [path.name for path in cached(home).glob(".*")] == [".priming.lock"]
    assert sorted(path.name for path in (home / "datasets").iterdir() if not path.name.endswith(".lock")) == ["jonflynn___urmp-abc"]


def test_after_work_on_another_configuration_named_loads_are_right(tmp_path: Path) -> None:
    prime(write_tiny_dataset(tmp_path / "built"), NAME, tmp_path / "datasets")
    work = (
        "import sys; from datasets import load_dataset;"
        "load_dataset(sys.argv[1], 'qa', split='train').select_columns('id').map(lambda row: {'n': 1})"
    )
    assert run_python(work, tmp_path, NAME, **OFFLINE).returncode == 0
    default, qa = load_by_name(tmp_path, NAME, {"name": "default"}, {"name": "qa"}, **OFFLINE)
    assert is_whole(default, "default")
    assert is_whole(qa, "qa")


def test_primed_again_the_new_one_is_loaded(tmp_path: Path) -> None:
    prime(write_tiny_dataset(tmp_path / "first", ("default", "qa", "embeddings")), NAME, tmp_path / "datasets")
    prime(write_tiny_dataset(tmp_path / "second", ("default", "qa"), version="2"), NAME, tmp_path / "datasets")
    assert primings(tmp_path) == ["default", "qa"]
    unnamed, qa, embeddings = load_by_name(tmp_path, NAME, {}, {"name": "qa"}, {"name": "embeddings"}, **OFFLINE)
    assert is_whole(unnamed, "default", "2")
    assert is_whole(qa, "qa", "2")
    assert "Couldn't find cache" in embeddings


def test_primed_again_unchanged_nothing_is_written_anew(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built", ("default", "qa"))
    prime(built, NAME, tmp_path / "datasets")
    before = {path: path.stat().st_ino for path in cached(tmp_path).rglob("*.arrow")}
    os.utime(next(cached(tmp_path).glob("qa/*/*")), (time.time() + 100,) * 2)  # as if there had been work on it
    prime(built, NAME, tmp_path / "datasets")
    assert {path: path.stat().st_ino for path in cached(tmp_path).rglob("*.arrow")} == before
    (unnamed,) = load_by_name(tmp_path, NAME, {}, **OFFLINE)
    assert is_whole(unnamed, "default"), "and the default is the newest again"


def test_what_came_from_the_hub_stays_but_the_primed_one_is_loaded(tmp_path: Path) -> None:
    with HubServer() as hub:
        hub.repositories[NAME] = Repository.of_folder(write_tiny_dataset(tmp_path / "published", version="published"))
        (online,) = load_by_name(tmp_path, NAME, {}, HF_ENDPOINT=hub.url)
    assert is_whole(online, "default", "published")
    prime(write_tiny_dataset(tmp_path / "built", version="mine"), NAME, tmp_path / "datasets")
    assert primings(tmp_path) == ["default", "default", "qa"]
    unnamed, qa = load_by_name(tmp_path, NAME, {}, {"name": "qa"}, **OFFLINE)
    assert is_whole(unnamed, "default", "mine")
    assert is_whole(qa, "qa", "mine")


def test_a_name_with_capitals(tmp_path: Path) -> None:
    assert prime(write_tiny_dataset(tmp_path / "built"), "Me/UrmpAbc", tmp_path / "datasets").name == "Me___urmp_abc"
    unnamed, qa = load_by_name(tmp_path, "Me/UrmpAbc", {}, {"name": "qa"}, **OFFLINE)
    assert is_whole(unnamed, "default")
    assert is_whole(qa, "qa")


def test_the_cache_of_the_environment(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built")
    done = run_python(PRIME, tmp_path, built, NAME, HF_DATASETS_CACHE=str(tmp_path / "elsewhere"))
    assert done.stdout.strip() == str(tmp_path / "elsewhere" / "jonflynn___urmp-abc")
    (found,) = load_by_name(tmp_path, NAME, {}, HF_DATASETS_CACHE=str(tmp_path / "elsewhere"), **OFFLINE)
    assert is_whole(found, "default")


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of files")
def test_a_full_disk_keeps_the_old_one_and_the_next_run_goes_on(tmp_path: Path) -> None:
    prime(write_tiny_dataset(tmp_path / "old", ("default", "qa"), version="old"), NAME, tmp_path / "datasets")
    built = write_tiny_dataset(tmp_path / "built", ("default", "qa", "embeddings"))
    small_files_only = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, -1)); {PRIME}"
    done = run_python(small_files_only, tmp_path, built, NAME)  # three embeddings take 7 MB
    assert done.returncode == 1
    assert re.search(r"PrimingError: .*/embeddings/.*: cannot be written: \[Errno \d+\] File too large; mend that", done.stderr)
    unnamed, qa, embeddings = load_by_name(tmp_path, NAME, {}, {"name": "qa"}, {"name": "embeddings"}, **OFFLINE)
    assert is_whole(unnamed, "default", "old")
    assert is_whole(qa, "qa", "old")
    assert "Couldn't find cache" in embeddings

    finished = {path.stat().st_ino for path in cached(tmp_path).glob(".priming/*/*/*/*.arrow")}
    assert len(finished) == 2 * len(ROWS), "default and qa"
    prime(built, NAME, tmp_path / "datasets")
    assert finished < {path.stat().st_ino for path in cached(tmp_path).glob("*/*/*/*.arrow")}
    assert primings(tmp_path) == ["default", "embeddings", "qa"]
    (unnamed,) = load_by_name(tmp_path, NAME, {}, **OFFLINE)
    assert is_whole(unnamed, "default")


def test_what_a_killed_run_left_does_not_come_in(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built")
    name = content_hash(read_built_dataset(built), "default")
    for folder in (f"default/0.0.0/{name}.incomplete", "default/0.0.0/primed-0123456789abcdef"):
        left = cached(tmp_path) / ".priming" / folder / "left.arrow"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"half")
    prime(built, NAME, tmp_path / "datasets")
    assert not list(cached(tmp_path).rglob("left.arrow"))
    assert primings(tmp_path) == ["default", "qa"]


def test_two_configurations_of_the_same_files(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built", ("default",))
    card = (built / "README.md").read_text(encoding="utf-8")
    one = card.partition("configs:\n")[2].partition("---")[0]
    (built / "README.md").write_text(card.replace(one, one + one.replace("config_name: default", "config_name: again")), encoding="utf-8")
    prime(built, NAME, tmp_path / "datasets")
    unnamed, again = load_by_name(tmp_path, NAME, {}, {"name": "again"}, **OFFLINE)
    assert is_whole(unnamed, "default")
    assert is_whole(again, "default")


def test_room_is_looked_for_before_the_work(tmp_path: Path) -> None:
    split = BuiltSplit("default", "train", (), 1, 10**18)
    with pytest.raises(PrimingError, match=r"1000000000\.0 GB are needed there and .* are free; make room, or set HF_DATASETS_CACHE"):
        check_space(BuiltDataset(tmp_path, (split,)), ["default"], tmp_path)
    check_space(BuiltDataset(tmp_path, (split,)), [], tmp_path)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "datasets").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(PrimingError, match=r"jonflynn___urmp-abc: cannot be written"):
        prime(write_tiny_dataset(tmp_path / "built"), NAME, tmp_path / "datasets")


def test_a_damaged_file_leaves_the_old_one(tmp_path: Path) -> None:
    prime(write_tiny_dataset(tmp_path / "old", version="old"), NAME, tmp_path / "datasets")
    built = write_tiny_dataset(tmp_path / "built")
    path = next((built / "data" / "qa").glob("test-*"))
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)  # pages of the first columns; the footer is whole
    path.write_bytes(content)
    with pytest.raises(DatasetFolderError, match=r"built: its configuration qa cannot be loaded: .*; build it again") as caught:
        prime(built, NAME, tmp_path / "datasets")
    assert "\n" not in str(caught.value)
    unnamed, qa = load_by_name(tmp_path, NAME, {}, {"name": "qa"}, **OFFLINE)
    assert is_whole(unnamed, "default", "old")
    assert is_whole(qa, "qa", "old")


def test_splits_that_do_not_fit_together(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built", ("default", "embeddings"))
    embeddings = next((built / "data" / "embeddings").glob("test-*"))
    embeddings.replace(next((built / "data" / "default").glob("test-*")))
    (built / "README.md").write_text((built / "README.md").read_text().split("- config_name: embeddings")[0] + "---\n")
    with pytest.raises(DatasetFolderError, match="its configuration default cannot be loaded"):
        prime(built, NAME, tmp_path / "datasets")


@pytest.mark.parametrize("name", ["urmp-abc", "a/b/c", "me/", "/urmp", "me/ur mp", "me/-x", "../urmp-abc", ""])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a dataset on the Hub") as caught:
        prime(write_tiny_dataset(tmp_path / "built", ("default",)), name, tmp_path / "datasets")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "datasets").exists()


def test_a_folder_that_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetFolderError, match="is no built dataset"):
        prime(tmp_path, NAME, tmp_path / "datasets")
    assert not (tmp_path / "datasets").exists()
