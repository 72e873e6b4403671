"""Tunes from files of every kind: split by work, cached by content, broken ones told and counted."""

from pathlib import Path

import numpy as np
import pytest

from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.musicxml_writer import write_musicxml
from transformers_abc.notation.reader import read_abc
from transformers_abc.synthesis import tune_files
from transformers_abc.synthesis.scores import (
    is_validation_work,
    load_passages,
    load_pieces,
    load_works,
    passages_of,
    side_of_work,
    work_of,
)
from transformers_abc.synthesis.tune_files import TuneFileError, music21_corpus, read_tune_file

SCALE = "X:1\nT:Scale\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\nCDEFGABc|cBAGFEDC|\n"
BOOK = SCALE + "\nX:2\nT:Empty\nK:C\nz8|\n\nX:3\nT:Caf\xe9\nL:1/4\nK:C\n|:CEGc:|CCCC|\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scores = tmp_path / "scores"
    (scores / "sub").mkdir(parents=True)
    tune = read_abc(SCALE)
    (scores / "book.abc").write_bytes(BOOK.encode("latin-1"))
    (scores / "one.mid").write_bytes(midi_bytes(tune))
    (scores / "sub" / "two.musicxml").write_text(write_musicxml(tune), encoding="utf-8")
    (scores / "notes.txt").write_text("no score")
    return scores


def test_all_kinds_of_files_are_read_and_tunes_without_notes_left_out(folder: Path, tmp_path: Path) -> None:
    training, validation = load_pieces(folder, tmp_path / "cache")
    assert sorted(len(piece.parts[0]) for piece in training + validation) == [8, 16, 16, 16]


def test_broken_files_are_named_and_counted_and_the_others_used(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.musicxml").write_text("<score-partwise><part")
    (folder / "broken.mid").write_bytes(b"MThd")
    (folder / "silent.abc").write_text("X:1\nK:C\nz4|")
    for _ in range(2):  # the second time from the cache
        training, validation = load_pieces(folder, tmp_path / "cache")
        assert len(training + validation) == 4
        said = capsys.readouterr().err
        assert all(name in said for name in ("broken.musicxml", "broken.mid", "silent.abc: no music in it"))
        assert said.rstrip().endswith("3 of 6 files could not be used and were left out")


def test_what_is_cached_is_what_was_read_and_follows_the_content(folder: Path, tmp_path: Path) -> None:
    first, second = (all_of(load_pieces(folder, tmp_path / "cache")) for _ in range(2))
    assert [[part.tolist() for part in piece.parts] for piece in first] == [[part.tolist() for part in piece.parts] for piece in second]
    (folder / "book.abc").write_text(SCALE)
    assert len(all_of(load_pieces(folder, tmp_path / "cache"))) == 3


def test_passages_are_texts_that_hold_all_notes_once_with_repeats_played(folder: Path, tmp_path: Path) -> None:
    """Bars last 2 s. Of 3 s: the scales in one passage each, and of three bars of four notes two; the third is left out as too sparse."""
    for _ in range(2):
        texts = all_of(load_passages(folder, tmp_path / "cache", 3.0))
        assert sorted(sum(len(voice.notes) for voice in read_abc(text).voices) for text in texts) == [8, 16, 16, 16]
    assert all("T:Scale" not in text for text in texts)


def all_of(sides: tuple[list, list]) -> list:
    training, validation = sides
    return training + validation


def test_passages_are_whole_bars_and_sparse_ones_are_left_out() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\n" + "CDEFGABc|" * 4 + "C8|C8|" + "CDEFGABc|")
    assert [len(passage.bar_lengths_wn) for passage in passages_of(tune, 4.0)] == [2, 2, 1]


def test_files_of_one_work_or_collection_stay_together() -> None:
    root = Path("scores")
    assert work_of(root / "airs" / "book1.abc", root) == work_of(root / "airs" / "book2.abc", root) == "airs"
    assert work_of(root / "a" / "sonata.mid", root) == "sonata"
    assert work_of(root / "book.abc", root) == "book"
    share = np.mean([is_validation_work(f"Composer_{n}__Work_{n}__sq{n}") for n in range(500)])
    assert 0.08 < share < 0.17


def test_test_works_are_given_to_no_one_but_who_asks_for_them(tmp_path: Path) -> None:
    stems = [f"Composer__Work_{n}__sq{n}" for n in range(60)]
    sides = [side_of_work(stem) for stem in stems]
    assert set(sides) == {"train", "validation", "test"}
    for stem, pitch in zip(stems, "CDEFGAB" * 9, strict=False):
        (tmp_path / f"{stem}.abc").write_text(SCALE.replace("CDEFGABc", pitch * 8))
    cache = tmp_path / "cache"
    for load in (load_pieces, load_passages):
        assert [len(side) for side in load(tmp_path, cache)] == [sides.count("train"), sides.count("validation")]
    works = load_works(tmp_path, cache, "test")
    assert sorted(works) == sorted(f"Composer__Work_{n}" for n, side in enumerate(sides) if side == "test")
    assert all(len(passages) == 1 for passages in works.values())
    share = np.mean([side_of_work(f"Composer_{n}__Work_{n}__sq{n}") == "test" for n in range(500)])
    assert 0.08 < share < 0.17


def test_no_scores_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no score"):
        load_pieces(tmp_path, tmp_path / "cache")
    with pytest.raises(TuneFileError, match=r"gone\.abc: cannot be read: No such file"):
        read_tune_file(tmp_path / "gone.abc")


def test_music21s_corpus_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "music21"
    (package / "corpus").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert music21_corpus() == package / "corpus"
    monkeypatch.setattr(tune_files, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install music21"):
        music21_corpus()
