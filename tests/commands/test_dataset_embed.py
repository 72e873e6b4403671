"""``transformers-abc dataset embed`` as a user meets it."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

from hub_server.tiny_dataset import write_tiny_dataset
from transformers_abc.commands.console import UserError
from transformers_abc.commands.dataset_embed import add_embed
from transformers_abc.data.built_dataset import read_built_dataset


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return write_tiny_dataset(tmp_path / "tones")


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_embed(parser.add_subparsers())
    options = parser.parse_args(["embed", *map(str, arguments)])
    status: int = options.run(options)
    return status


def test_by_way_of_jukebox(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = tmp_path / "clips"
    assert run(built, "--export-audio", clips) == 0
    assert capsys.readouterr() == (f"{clips}\n", "6 clips\n")
    for path in list(clips.iterdir())[1:]:
        np.save(path.with_suffix(".npy"), np.zeros((8192, 2), dtype=np.float16))
    with pytest.raises(UserError, match=r"clips: 1 of 6 files are missing: AuMix_\w+\.npy; make them .*--allow-missing$"):
        run(built, "--npy", clips)
    assert read_built_dataset(built).configs == ("default", "qa")
    for before in ("", ", {files} of them from before"):
        assert run(built, "--npy", clips, "--allow-missing") == 0
        output = capsys.readouterr()
        found = read_built_dataset(built).splits_of("embeddings")
        files = sum(len(split.files) for split in found)
        assert sum(split.rows for split in found) == 5
        assert output.out == f"{built / 'data' / 'embeddings'}\n"
        told = before.format(files=files)
        assert output.err == f"5 clips of [240, 2] in {files} files{told}; left out, having no file: 1\n"


def test_by_an_encoder(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    size = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 8}
    positions = {"num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2}
    Wav2Vec2Model(Wav2Vec2Config(conv_dim=(8,) * 7, **positions, **size)).save_pretrained(tmp_path / "model")
    Wav2Vec2FeatureExtractor().save_pretrained(tmp_path / "model")
    capsys.readouterr()
    assert run(built, "--encoder", tmp_path / "model", "--layer", 1, "--device", "cpu") == 0
    assert capsys.readouterr() == (f"{built / 'data' / 'embeddings'}\n", "6 clips of [240, 8] in 3 files\n")
    (table,) = (split for split in read_built_dataset(built).splits if (split.config, split.split) == ("embeddings", "train"))
    assert table.rows == 3
    with pytest.raises(UserError, match=r"there is no layer 9; --layer takes 0 to 2$"):
        run(built, "--encoder", tmp_path / "model", "--layer", 9)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--encoder", "x/y", "--allow-missing"], "--allow-missing goes with --npy only; leave it out"),
        (["--npy", ".", "--layer", "0"], "--layer goes with --encoder only; leave it out"),
        (["--export-audio", "wav", "--device", "cpu"], "--device goes with --encoder only; leave it out"),
    ],
)
def test_options_that_would_do_nothing(built: Path, options: list[str], complaint: str) -> None:
    with pytest.raises(UserError) as caught:
        run(built, *options)
    assert str(caught.value) == complaint


@pytest.mark.parametrize("options", [[], ["--npy", "a", "--encoder", "b"]])
def test_one_way_is_needed(built: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(built, *options)
    assert "--npy" in capsys.readouterr().err


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    for option in ("--npy", "--export-audio"):
        with pytest.raises(UserError, match=r"none: no such folder; transformers-abc dataset build makes such a folder$"):
            run(tmp_path / "none", option, tmp_path)
