"""The vocabularies of `token_learning.py`, by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from token_learning_figures import BASELINE, unit_each
from token_samples import notes_of
from token_texts import Texts
from tokens import ratio

from transformers_abc.outputs import write_whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LEARNED_AT_MOST = 7_000  # merges; enough for 8,192 tokens


def tokenizer_named(name: str, texts: Texts, cache: Path) -> Tokenizer:
    """The tokenizer of a vocabulary.

    Raises:
        ValueError: there is no such kind of vocabulary, or it lacks its size.
    """
    from transformers_abc.tokenization.learning import build_tokenizer
    from transformers_abc.tokenization.tokenization_abc import SPECIAL_TOKENS, abc_tokenizer

    kind, _, size = name.partition(" ")
    if kind == BASELINE and not size:
        return build_tokenizer(SPECIAL_TOKENS)
    if kind not in ("shipped", "whole", "free", "gpt2") or not size.isdecimal():
        raise ValueError(f"{name!r} is no vocabulary: signs, or shipped, whole, free or gpt2 with a number of tokens, such as 'whole 4096'")
    if kind == "shipped":
        return abc_tokenizer(int(size)).backend_tokenizer
    learned_from = texts.train + texts.vocabulary
    if kind == "gpt2":
        return gpt2_like(learned_from, int(size), SPECIAL_TOKENS)
    return build_tokenizer(SPECIAL_TOKENS, cached_merges(kind, learned_from, cache), int(size))


def cached_merges(kind: str, texts: Sequence[str], cache: Path) -> list[tuple[str, str]]:
    """Merges in the order in which they are learned, with the rule of ``whole`` or none; learning them takes minutes."""
    from transformers_abc.tokenization.learning import build_tokenizer, keeps_notes_whole, learn_merges
    from transformers_abc.tokenization.piece_counts import counted_pieces

    pieces = counted_pieces(texts)
    key = sha256(json.dumps([kind, sorted(pieces.items()), build_tokenizer([]).to_str()]).encode()).hexdigest()[:16]
    stored = cache / f"merges-{key}.json"
    if not stored.exists():
        may_be = keeps_notes_whole if kind == "whole" else lambda text: True
        merges = list(islice(learn_merges(pieces, may_be), LEARNED_AT_MOST))
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(stored, json.dumps(merges))
    return [(left, right) for left, right in json.loads(stored.read_text(encoding="utf-8"))]


def gpt2_like(texts: Iterable[str], size: int, special_tokens: Sequence[str]) -> Tokenizer:
    """A byte-level BPE with GPT-2's pre-tokenizer, by the trainer of `tokenizers`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special_tokens), initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def described(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Any]:
    """Its size, what texts take without start and end, and places for figures."""
    tokens = [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
    notes = [notes_of(text) for text in texts]
    figures = {"tokens_per_text": round(float(np.mean(tokens)), 1), "tokens_per_note": ratio(tokens, notes, unit_each(texts))}
    return {"size": tokenizer.get_vocab_size(), **figures, "pilot": {}, "runs": {}}
