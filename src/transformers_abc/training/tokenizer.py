"""Learn the vocabulary of the ABC tokenizer.

    transformers-abc train tokenizer --scores openscore_quartets/ --out abc_tokenizer/

The same scores and settings give the same files, byte for byte, whatever the number of processes. Beside the tokenizer stands
``pieces.tsv.gz``: the pieces of a part of the texts (see `tokenization.pieces`) with how often each came, from which other tokenizers are
extended.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.scores import load_passages
from transformers_abc.tokenization.learning import build_tokenizer, learn_merges
from transformers_abc.tokenization.piece_counts import PIECES_FILE, counted_pieces, piece_counts_file
from transformers_abc.tokenization.tokenization_abc import SIGNS, SPECIAL_TOKENS, with_settings
from transformers_abc.training.tokenizer_texts import TokenizerTexts

SAMPLE_EVERY = 16  # passages whose pieces are kept beside the tokenizer


@dataclass(frozen=True)
class TokenizerTrainingConfig:
    """Everything that decides a vocabulary; saved beside it."""

    out: Path
    scores: Path | None = None
    composed: int = 4000
    vocabulary_size: int = 4096
    seed: int = 0
    processes: int = 1


def train_tokenizer(config: TokenizerTrainingConfig) -> Path:
    """Learn from the training works below `config.scores` and composed tunes, and save.

    Returns:
        The folder with ``tokenizer.json``, ``tokenizer_config.json``, ``chat_template.jinja``, the pieces and ``training.json``.

    Raises:
        FileNotFoundError: there is no score below `config.scores`.
        ValueError: the vocabulary has no room for the signs, or there is nothing to learn from.
        OutputError: the folder cannot be written to.
    """
    if config.vocabulary_size < SIGNS:
        raise ValueError(f"the signs of ABC alone take {SIGNS:,} tokens: give a vocabulary of at least that, not {config.vocabulary_size}")
    for name, number in (("number of composed tunes", config.composed), ("seed", config.seed)):
        if number < 0:
            raise ValueError(f"the {name} cannot be negative, got {number}")
    config.out.mkdir(parents=True, exist_ok=True)
    passages, _ = load_passages(config.scores, config.out / "passages") if config.scores else ([], [])
    texts = TokenizerTexts(passages, config.composed, config.seed)
    if not len(texts):
        raise ValueError("nothing to learn from: give scores, or compose tunes")
    pieces: Counter[str] = Counter()
    sample: Counter[str] = Counter()
    for number, forms in enumerate(tqdm(texts.all(config.processes), "writing texts", len(texts))):
        counts = counted_pieces(forms)
        pieces.update(counts)
        if number % SAMPLE_EVERY == 0:
            sample.update(counts)
    room = config.vocabulary_size - SIGNS
    learned = tqdm(learn_merges(pieces), "learning pairs", total=room, leave=False)
    tokenizer = with_settings(build_tokenizer(SPECIAL_TOKENS, learned, config.vocabulary_size))
    tokenizer.save_pretrained(config.out)
    write_whole(config.out / PIECES_FILE, piece_counts_file(sample))
    write_whole(config.out / "training.json", _record(config, len(passages)))
    return config.out


def _record(config: TokenizerTrainingConfig, passages: int) -> str:
    settings = {name: value for name, value in asdict(config).items() if name not in ("out", "scores", "processes")}
    return json.dumps({**settings, "passages": passages}, indent=2) + "\n"
