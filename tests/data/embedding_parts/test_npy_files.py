"""Embeddings that others computed: which files are taken, and what is said of the rest."""

import os
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.data.embedding_parts.npy_files import NpyFolder
from transformers_abc.data.embedding_parts.source import EmbeddingsError

NOISE = np.random.default_rng(0).normal(size=(240, 3))


def saved(folder: Path, **arrays: np.ndarray) -> Path:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8", ">f4"])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_any_float_is_taken(tmp_path: Path, kind: str, layout: str) -> None:
    source = NpyFolder(saved(tmp_path, a=np.asarray(NOISE, dtype=kind, order=layout)))  # type: ignore[call-overload]
    source.prepare(["a"])
    assert source.width == 3
    frames = source.embed("a", b"")
    assert (frames.shape, frames.dtype, frames.dtype.isnative) == ((240, 3), np.float32, True)
    np.testing.assert_array_equal(frames, NOISE.astype(kind).astype(np.float32))


def test_jukebox_frames_are_averaged(tmp_path: Path) -> None:
    source = NpyFolder(saved(tmp_path, a=np.arange(8192.0, dtype=np.float32)[:, None]))
    source.prepare(["a"])
    assert source.embed("a", b"")[:2, 0].tolist() == [16.5, 50.5]


def test_missing_files_are_named(tmp_path: Path) -> None:
    source = NpyFolder(saved(tmp_path, clip_00=NOISE))
    with pytest.raises(
        EmbeddingsError, match=r"11 of 12 files are missing: clip_01\.npy, .*, clip_08\.npy, \.\.\.; .*--allow-missing$"
    ) as caught:
        source.prepare([f"clip_{place:02d}" for place in range(12)])
    assert "clip_09" not in str(caught.value)


def test_missing_files_may_be_left_out_but_not_all(tmp_path: Path) -> None:
    source = NpyFolder(saved(tmp_path, a=NOISE), allow_missing=True)
    source.prepare(["a", "b"])
    assert (source.has("a"), source.has("b")) == (True, False)
    with pytest.raises(EmbeddingsError, match=r"1 of 1 files are missing: b\.npy; make them from what --export-audio writes$"):
        source.prepare(["b"])


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.zeros((239, 3)), r"shape \[239, 3\]; \[240, D\] or \[8192, D\]"),
        (np.zeros((241, 3)), r"shape \[241, 3\]"),
        (np.zeros((1, 240, 3)), r"shape \[1, 240, 3\]"),
        (np.zeros(240), r"shape \[240\]"),
        (np.zeros((3, 240)), r"shape \[3, 240\]"),
        (np.zeros((240, 0)), r"shape \[240, 0\]"),
        (np.zeros((240, 3), dtype=np.int64), "holds int64; float16, float32 or float64"),
        (np.zeros((240, 3), dtype=np.complex64), "holds complex64"),
        (np.zeros((240, 3), dtype="V2"), r"holds \|V2"),  # bfloat16, as numpy sees it
        (np.full((240, 3), None), "is no array of numbers that numpy reads"),
    ],
)
def test_wrong_arrays_are_found_before_the_work(tmp_path: Path, array: np.ndarray, complaint: str) -> None:
    with pytest.raises(EmbeddingsError, match=complaint) as caught:
        NpyFolder(saved(tmp_path, good=NOISE, wrong=array)).prepare(["good", "wrong"])
    assert str(caught.value).startswith(f"{tmp_path / 'wrong.npy'}: ")
    assert "\n" not in str(caught.value)


class Bomb:
    """What a file of objects could do to its reader."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("exploded",)


def header(text: bytes, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (240, 3)}", b"\0" * 100),  # cut short
        header(b"((((" * 500),
        header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (240, 10" + b"0" * 40 + b")}"),
        header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-240, -3)}", b"\0" * 3000),
    ],
    ids=["empty", "text", "cut short", "brackets", "beyond measure", "below zero"],
)
def test_damaged_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(EmbeddingsError, match="is no array of numbers that numpy reads") as caught:
        NpyFolder(tmp_path).prepare(["a"])
    assert "\n" not in str(caught.value)


def test_objects_are_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "a.npy", np.array([Bomb()], dtype=object), allow_pickle=True)
    with pytest.raises(EmbeddingsError, match="Python objects"):
        NpyFolder(tmp_path).prepare(["a"])
    assert not (tmp_path / "exploded").exists()
    np.load(tmp_path / "a.npy", allow_pickle=True)  # the file does what it is said to do
    assert (tmp_path / "exploded").exists()


def test_several_arrays_in_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", NOISE, NOISE)
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    with pytest.raises(EmbeddingsError, match="holds several arrays"):
        NpyFolder(tmp_path).prepare(["a"])


def test_widths_that_differ(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsError, match=r"b\.npy: has 4 values a frame, and a\.npy has 3"):
        NpyFolder(saved(tmp_path, a=NOISE, b=np.zeros((8192, 4)))).prepare(["b", "a"])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])  # float32 ends at 3.4e38
def test_values_that_are_not_finite(tmp_path: Path, value: float) -> None:
    array = NOISE.copy()
    array[7, 1] = value
    source = NpyFolder(saved(tmp_path, a=array))
    source.prepare(["a"])
    with pytest.raises(EmbeddingsError, match=r"a\.npy: frame 7 of 240 holds values that are not finite"):
        source.embed("a", b"")


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    source = NpyFolder(saved(tmp_path, a=NOISE))
    source.prepare(["a"])
    (tmp_path / "a.npy").unlink()
    for use in (lambda: source.embed("a", b""), lambda: source.fingerprint(["a"])):
        with pytest.raises(EmbeddingsError, match=r"a\.npy: was there and is gone"):
            use()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsError, match="none: cannot be read as a folder: No such file"):
        NpyFolder(tmp_path / "none").prepare(["a"])


def test_the_fingerprint_follows_the_files(tmp_path: Path) -> None:
    source = NpyFolder(saved(tmp_path, a=NOISE, b=NOISE))
    source.prepare(["a", "b"])
    before = source.fingerprint(["a"]), source.fingerprint(["b"])
    assert before[0] != before[1]
    saved(tmp_path, b=np.zeros((240, 4)))
    assert source.fingerprint(["a"]) == before[0]
    assert source.fingerprint(["b"]) != before[1]
