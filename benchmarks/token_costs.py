"""What a training step costs with each vocabulary of `token_learning.py`, which is the time that its models are given."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING

from token_model import batches, framed, new_model, new_optimiser, take_step
from token_texts import Texts

if TYPE_CHECKING:
    from tokenizers import Tokenizer

COST_BATCHES, COST_ROUNDS = 12, 3


def missing_costs(tokenizers: Mapping[str, Tokenizer], known: Mapping[str, float], texts: Texts) -> dict[str, float]:
    """The costs of vocabularies that have none yet.

    All are measured, those with a cost too: where the machine is faster or slower today than it was then, new costs are put in the measure
    of the old ones, so that all get the same time.

    Args:
        tokenizers: by the name of their vocabulary.
        known: costs that stand, in seconds a character, of these and of others.

    Raises:
        ValueError: there are costs, but of none of these vocabularies.
    """
    missing = [name for name in tokenizers if name not in known]
    if not missing:
        return {}
    if known and len(missing) == len(tokenizers):
        raise ValueError(f"give a vocabulary that was measured, such as {next(iter(known))}, beside new ones: their time is told by it")
    return in_measure_of(known, measured_costs(tokenizers, texts), missing)


def in_measure_of(known: Mapping[str, float], measured: Mapping[str, float], missing: list[str]) -> dict[str, float]:
    """New costs as they would have been when the known ones were measured, to three digits.

    >>> in_measure_of({"signs": 2.0, "another": 1.0}, {"signs": 4.0, "new": 3.0}, ["new"])
    {'new': 1.5}
    """
    scale = median([known[name] / measured[name] for name in measured if name in known] or [1.0])
    return {name: float(f"{measured[name] * scale:.3g}") for name in missing}


def measured_costs(tokenizers: Mapping[str, Tokenizer], texts: Texts) -> dict[str, float]:
    """Seconds of processor time that a training step takes for each character of its batch, of all vocabularies in turn."""
    import torch

    torch.set_num_threads(1)
    chosen = list(islice(batches([len(text) for text in texts.train], seed=0), COST_BATCHES))
    models = {name: new_model(tokenizer.get_vocab_size(), seed=0) for name, tokenizer in tokenizers.items()}
    optimisers = {name: new_optimiser(model) for name, model in models.items()}
    least_s: dict[str, float] = dict.fromkeys(tokenizers, 0.0)
    for batch in chosen:
        rounds = []
        for _ in range(COST_ROUNDS):
            rounds.append({})
            for name, model in models.items():
                ids = [framed(tokenizers[name], texts.train[place]) for place in batch]
                started = time.process_time()
                take_step(model, optimisers[name], ids, 0.0)
                rounds[-1][name] = time.process_time() - started
        for name in least_s:
            least_s[name] += min(seconds[name] for seconds in rounds)
    characters = sum(len(texts.train[place]) for batch in chosen for place in batch)
    return {name: seconds / characters for name, seconds in least_s.items()}
