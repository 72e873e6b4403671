"""The small language model of `token_learning.py`: its layers, a training step, and what a text costs it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.optim import AdamW
    from transformers import LlamaForCausalLM

LAYERS, HEADS, WIDTH, FEED_FORWARD = 4, 4, 160, 432
CONTEXT = 4_096  # tokens; more than any text has
BATCH_CHARACTERS, POOL = 2_000, 128  # texts of a pool are put together by length, so that little is padding
WARM_UP, LAST_RATE = 0.05, 0.05  # shares of the time and of the learning rate
WEIGHT_DECAY, BETAS, CLIP = 0.1, (0.9, 0.95), 1.0
SHAPE = {"layers": LAYERS, "heads": HEADS, "width": WIDTH, "feed_forward": FEED_FORWARD, "batch_characters": BATCH_CHARACTERS}


def new_model(vocabulary_size: int, seed: int) -> LlamaForCausalLM:
    """A decoder whose output layer is its embedding."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary_size,
            hidden_size=WIDTH,
            intermediate_size=FEED_FORWARD,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
        )
    )


def new_optimiser(model: LlamaForCausalLM) -> AdamW:
    """Of all weights."""
    import torch

    return torch.optim.AdamW(model.parameters(), betas=BETAS, weight_decay=WEIGHT_DECAY)


def take_step(model: LlamaForCausalLM, optimiser: AdamW, texts: Sequence[Sequence[int]], learning_rate: float) -> None:
    """Learn from a batch."""
    import torch

    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    token_losses(texts, model).mean().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimiser.step()
    optimiser.zero_grad()


def rate_at(progress: float) -> float:
    """The share of the learning rate at a share of the time: up in a line, down by half a cosine.

    >>> [round(rate_at(progress), 2) for progress in (0.025, 0.05, 0.525, 1)]
    [0.53, 1.0, 0.52, 0.05]
    """
    if progress < WARM_UP:
        return LAST_RATE + (1 - LAST_RATE) * progress / WARM_UP
    down = (1 + math.cos(math.pi * min((progress - WARM_UP) / (1 - WARM_UP), 1))) / 2
    return LAST_RATE + (1 - LAST_RATE) * down


def framed(tokenizer: Tokenizer, text: str) -> list[int]:
    """The ids of a text between its start and its end."""
    from transformers_abc.tokenization.tokenization_abc import END, START

    return [tokenizer.token_to_id(START), *tokenizer.encode(text).ids, tokenizer.token_to_id(END)]


def batches(lengths: Sequence[int], seed: int) -> Iterator[list[int]]:
    """Places of texts, again and again, at least `BATCH_CHARACTERS` characters together; where a pool ends there may be fewer.

    >>> first = next(batches([1500] * 300, seed=0))
    >>> len(first), max(first) < 300
    (2, True)
    """
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(lengths))
        for pool in np.split(order, range(POOL, len(order), POOL)):
            batch: list[int] = []
            cut = []
            for place in sorted(pool.tolist(), key=lengths.__getitem__):
                batch.append(place)
                if sum(lengths[text] for text in batch) >= BATCH_CHARACTERS:
                    cut.append(batch)
                    batch = []
            cut += [batch] if batch else []
            yield from (cut[place] for place in rng.permutation(len(cut)))


def token_losses(texts: Sequence[Sequence[int]], model: LlamaForCausalLM) -> Tensor:
    """-ln p of each token but the first of each text, one text after the other: [tokens].

    Padding stands behind a text and attention looks back, so it needs no mask.
    """
    import torch

    rows = torch.nn.utils.rnn.pad_sequence([torch.tensor(ids) for ids in texts], batch_first=True)  # [texts, tokens]
    is_text = torch.arange(rows.shape[1] - 1) < torch.tensor([[len(ids) - 1] for ids in texts])
    hidden = model.model(input_ids=rows[:, :-1], use_cache=False).last_hidden_state[is_text]  # [tokens, width]
    return torch.nn.functional.cross_entropy(model.lm_head(hidden), rows[:, 1:][is_text], reduction="none")


def bits_of(model: LlamaForCausalLM, texts: Sequence[Sequence[int]]) -> list[list[float]]:
    """-log2 p of each token but the first, by text."""
    import torch

    found: list[list[float]] = []
    with torch.inference_mode():
        for ids in texts:
            found.append((token_losses([ids], model).double() / math.log(2)).tolist())
    return found
