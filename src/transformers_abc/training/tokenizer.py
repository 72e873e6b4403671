"""Learn the vocabulary of the ABC tokenizer.

    transformers-abc train tokenizer --scores openscore_quartets/ --out abc_tokenizer/

The same scores and settings give the same files, byte for byte, whatever the number of processes. Beside the tokenizer stands
``pieces.tsv.gz``: the pieces of a part of the texts (see `tokenization.pieces`) with how often each came, from which other tokenizers are
extended. ``training.json`` has the settings and what the texts were, by their hashes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
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
    """Everything that decides a vocabulary; saved beside it.

    Attributes:
        out: folder for the files.
        scores: folder of scores to learn from; composed tunes only without it.
        composed: tunes to compose.
        vocabulary_size: tokens at most.
        seed: of everything random.
        processes: that write texts.
        cache: folder for what is read of the scores; beside `out` by default, since what is in `out` is there to be published.
    """

    out: Path
    scores: Path | None = None
    composed: int = 4000
    vocabulary_size: int = 4096
    seed: int = 0
    processes: int = 1
    cache: Path | None = None


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
    cache = config.cache or config.out.absolute().with_name(f"{config.out.absolute().name}-passages")
    passages, _ = load_passages(config.scores, cache) if config.scores else ([], [])
    texts = TokenizerTexts(passages, config.composed, config.seed)
    if not len(texts):
        raise ValueError("nothing to learn from: give scores, or compose tunes")
    pieces: Counter[str] = Counter()
    sample: Counter[str] = Counter()
    digest = sha256()
    for number, forms in enumerate(tqdm(texts.all(config.processes), "writing texts", len(texts))):
        digest.update(_joined(forms))
        counts = counted_pieces(forms)
        pieces.update(counts)
        if number % SAMPLE_EVERY == 0:
            sample.update(counts)
    room = config.vocabulary_size - SIGNS
    learned = tqdm(learn_merges(pieces), "learning pairs", total=room, leave=False)
    tokenizer = with_settings(build_tokenizer(SPECIAL_TOKENS, learned, config.vocabulary_size))
    tokenizer.save_pretrained(config.out)
    write_whole(config.out / PIECES_FILE, piece_counts_file(sample))
    write_whole(config.out / "training.json", _record(config, passages, digest.hexdigest()))
    return config.out


def _record(config: TokenizerTrainingConfig, passages: list[str], texts_sha256: str) -> str:
    settings = {name: value for name, value in asdict(config).items() if name in ("composed", "vocabulary_size", "seed")}
    read = {"passages": len(passages), "passages_sha256": sha256(_joined(passages)).hexdigest()}
    return json.dumps({**settings, **read, "texts_sha256": texts_sha256}, indent=2) + "\n"


def _joined(texts: Iterable[str]) -> bytes:
    return "".join(f"{text}\0" for text in texts).encode()
