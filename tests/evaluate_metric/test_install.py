"""Where the metric is put; that evaluate finds it there is seen in test_abc_transcription.py."""

import os
import re
import time
from pathlib import Path

import pytest

from transformers_abc.evaluate_metric.install import PACKAGED, install_metric, installed_path, modules_folder
from transformers_abc.outputs import OutputError


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Path("~/.cache/huggingface/modules").expanduser()),
        ({"XDG_CACHE_HOME": "/caches"}, Path("/caches/huggingface/modules")),
        ({"XDG_CACHE_HOME": "/caches", "HF_HOME": "/hf"}, Path("/hf/modules")),
        ({"HF_HOME": "~/hf"}, Path("~/hf/modules").expanduser()),
        ({"HF_HOME": "/hf", "HF_MODULES_CACHE": "/m"}, Path("/m")),
    ],
)
def test_folder_of_modules(environment: dict[str, str], expected: Path) -> None:
    assert modules_folder(environment) == expected


def test_the_place_is_one_that_evaluate_looks_at(tmp_path: Path) -> None:
    path = install_metric(modules=tmp_path)
    assert re.fullmatch(
        r"evaluate_modules/metrics/evaluate-metric--abc_transcription/[0-9a-f]{64}/abc_transcription\.py",
        path.relative_to(tmp_path).as_posix(),
    )
    assert path.read_bytes() == PACKAGED.read_bytes()


def test_again_is_the_same(tmp_path: Path) -> None:
    assert install_metric(modules=tmp_path) == install_metric(modules=tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["abc_transcription.py"], "and no partial file is left"


def test_the_version_installed_last_is_the_newest(tmp_path: Path) -> None:
    other = tmp_path / "abc_transcription.py"
    other.write_text("# another version\n", encoding="utf-8")
    ours = install_metric(modules=tmp_path)
    later = time.time() + 60
    theirs = install_metric(other, tmp_path)
    assert theirs.parent != ours.parent
    os.utime(ours, (later, later))
    os.utime(theirs, (later - 30, later - 30))
    assert install_metric(other, tmp_path).stat().st_mtime != later - 30, "written anew though it was there"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "evaluate_modules").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot be made"):
        install_metric(modules=tmp_path)


def test_versions_have_places_of_their_own(tmp_path: Path) -> None:
    assert installed_path(b"a", tmp_path) != installed_path(b"b", tmp_path)
