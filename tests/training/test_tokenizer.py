"""Learning a vocabulary: the texts are what models are to write, and the same settings give the same files."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from transformers_abc.cli import main
from transformers_abc.notation.reader import read_abc
from transformers_abc.synthesis.composition import MOST_VOICES
from transformers_abc.synthesis.scores import load_passages
from transformers_abc.tokenization.piece_counts import read_piece_counts
from transformers_abc.tokenization.tokenization_abc import PACKAGED, AbcTokenizer
from transformers_abc.training.tokenizer import TokenizerTrainingConfig, train_tokenizer
from transformers_abc.training.tokenizer_texts import TokenizerTexts

SLURRED = "X:1\nM:3/4\nL:1/4\nQ:1/4=90\nV:1\nV:2 clef=bass\nK:D\nV:1\n" + "(d/e/ !trill!f) .g|" * 12 + "\nV:2\n" + "D,2 A,|" * 12 + "\n"
FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "pieces.tsv.gz", "training.json")


def test_texts_are_a_clip_voices_alone_and_now_and_then_the_score_as_written() -> None:
    texts = TokenizerTexts([SLURRED, SLURRED], composed=1)
    clip, first, second, by_hand, written = map(read_abc, texts.forms(0))
    assert [len(tune.voices) for tune in (clip, first, second, by_hand, written)] == [2, 1, 1, 1, 2]
    assert 2 <= len(clip.bar_lengths_wn) <= 8
    assert len(first.bar_lengths_wn) == 12
    assert [bool(tune.voices[0].marks) for tune in (clip, first, second, written)] == [False, False, False, True]
    assert len(texts.forms(1)) == 4
    assert not any(tune.diagnostics for tune in (clip, first, second, written))


def test_texts_of_composed_tunes_read_without_complaint() -> None:
    texts = [read_abc(text) for forms in TokenizerTexts([], composed=20).all() for text in forms]
    assert len(texts) > 40
    assert not any(tune.diagnostics for tune in texts)
    assert {len(tune.voices) for tune in texts} >= set(range(1, MOST_VOICES))


def test_a_passage_without_notes_gives_no_text() -> None:
    assert TokenizerTexts(["X:1\nL:1/4\nK:C\nz4|z4|\n"], composed=0).forms(0) == []


def test_the_same_settings_give_the_same_files_by_any_number_of_processes(tmp_path: Path) -> None:
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "Someone__Duet__sq1.abc").write_text(SLURRED)
    for name, processes, seed in (("one", 1, 0), ("two", 2, 0), ("other", 1, 1)):
        config = TokenizerTrainingConfig(tmp_path / name, tmp_path / "scores", 60, 1500, seed, processes)
        assert train_tokenizer(config) == tmp_path / name
        assert {path.name for path in (tmp_path / name).iterdir()} == set(FILES)  # and nothing else that would be pushed
    for file in FILES:
        one, two, other = ((tmp_path / name / file).read_bytes() for name in ("one", "two", "other"))
        assert one == two
        assert (one == other) == (file in ("tokenizer_config.json", "chat_template.jinja"))
    tokenizer = AbcTokenizer.from_pretrained(tmp_path / "one")
    assert len(tokenizer) == 1500
    assert tokenizer.decode(tokenizer.encode(SLURRED)) == SLURRED
    assert sum(read_piece_counts(tmp_path / "one" / "pieces.tsv.gz").values()) > 100


def test_validation_works_are_not_learned_from(tmp_path: Path) -> None:
    training, validation = "Someone__Duet__sq1", "Other0__Duet__sq0"
    (tmp_path / "scores").mkdir()
    for stem in (training, validation):
        (tmp_path / "scores" / f"{stem}.abc").write_text(SLURRED.replace("K:D", f"T:{stem}\nK:D"))
    train_tokenizer(TokenizerTrainingConfig(tmp_path / "out", tmp_path / "scores", 0, 1500, cache=tmp_path / "read"))
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["passages"] == 2  # of one work
    passages, _ = load_passages(tmp_path / "scores", tmp_path / "read")
    assert record["passages_sha256"] == sha256(f"{passages[0]}\0{passages[1]}\0".encode()).hexdigest()


def test_other_scores_or_tunes_are_told_by_their_hashes(tmp_path: Path) -> None:
    (tmp_path / "scores").mkdir()
    records = []
    for text, seed in ((SLURRED, 0), (SLURRED, 1), (SLURRED.replace("D,2", "E,2"), 0)):
        (tmp_path / "scores" / "Someone__Duet__sq1.abc").write_text(text)
        train_tokenizer(TokenizerTrainingConfig(tmp_path / "out", tmp_path / "scores", 2, 1500, seed))
        records.append(json.loads((tmp_path / "out" / "training.json").read_text()))
    first, other_seed, other_scores = records
    assert first["passages_sha256"] == other_seed["passages_sha256"] != other_scores["passages_sha256"]
    assert len({record["texts_sha256"] for record in records}) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vocabulary-size", "300"], "the signs of ABC alone take 1,"),
        (["--composed", "0"], "nothing to learn from"),
        (["--composed", "-1"], "cannot be negative, got -1"),
        (["--scores", "nowhere"], "no score"),
        (["--seed", "-3"], "seed"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "tokenizer", "--out", str(tmp_path / "out"), "--composed", "2", *arguments]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert message in told


def test_the_packaged_tokenizer_was_made_with_the_defaults() -> None:
    record = json.loads((PACKAGED / "training.json").read_text())
    assert {name: record[name] for name in ("composed", "vocabulary_size", "seed")} == {
        "composed": 4000,
        "vocabulary_size": 4096,
        "seed": 0,
    }
    assert len(record["passages_sha256"]) == len(record["texts_sha256"]) == 64
    assert record["passages"] > 5000
    assert len(AbcTokenizer.from_pretrained(PACKAGED)) == 4096
