r"""The texts of `token_learning.py`: answers as models are to write them, from training and validation works.

    python benchmarks/token_texts.py --scores openscore_quartets/ --out texts.jsonl

A line for each text, ``{"text": "X:1\n...", "split": "train"}``. The split is ``train`` for answers of training works and of composed
tunes, ``vocabulary`` for the other forms of the same music (see `training.tokenizer_texts`), from which vocabularies are learned too, and
``validation`` for answers of validation works. `read_texts` reads such a file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.scores import load_passages
from transformers_abc.training.tokenizer_texts import TokenizerTexts

COMPOSED = 4000
TRAINING_SEED, VALIDATION_SEED = 1, 2  # the shipped vocabulary is learned with seed 0
DEVELOPMENT, VALIDATION, DRAW_SEED = 80, 300, 6  # texts of the split validation, and of their drawing


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by what they are for: validation works give those by which a learning rate is chosen, and those that are reported on."""

    train: tuple[str, ...]
    vocabulary: tuple[str, ...]
    development: tuple[str, ...]
    validation: tuple[str, ...]


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scores", type=Path, required=True, help="folder of MusicXML scores")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines to write")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="where passages are kept")
    parser.add_argument("--processes", type=int, default=1, help="(default: %(default)s)")
    options = parser.parse_args()
    training, validation = load_passages(options.scores, options.cache)
    lines = [*entries(training, COMPOSED, TRAINING_SEED, options.processes, "train")]
    lines += entries(validation, 0, VALIDATION_SEED, options.processes, "validation")
    write_whole(options.out, "".join(json.dumps(entry) + "\n" for entry in lines))


def entries(passages: Sequence[str], composed: int, seed: int, processes: int, split: str) -> Iterator[dict[str, str]]:
    """The answer of each passage in its split, and of training passages the other forms for the vocabulary."""
    texts = TokenizerTexts(passages, composed, seed)
    for answer, *others in tqdm(filter(None, texts.all(processes)), split, len(texts)):
        yield {"text": answer, "split": split}
        if split == "train":
            yield from ({"text": text, "split": "vocabulary"} for text in others)


def read_texts(path: Path) -> Texts:
    """Texts of a file; development and validation texts are drawn from one split.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: too few texts of a split.
    """
    splits: dict[str, list[str]] = {"train": [], "vocabulary": [], "validation": []}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            splits[entry["split"]].append(entry["text"])
    if len(splits["validation"]) < DEVELOPMENT + VALIDATION or not splits["train"]:
        raise ValueError(f"{path}: there must be texts of split train, and {DEVELOPMENT + VALIDATION} of split validation")
    order = np.random.default_rng(DRAW_SEED).permutation(len(splits["validation"]))
    held_out = [splits["validation"][place] for place in order[: DEVELOPMENT + VALIDATION]]
    return Texts(tuple(splits["train"]), tuple(splits["vocabulary"]), tuple(held_out[:DEVELOPMENT]), tuple(held_out[DEVELOPMENT:]))


if __name__ == "__main__":
    main()
