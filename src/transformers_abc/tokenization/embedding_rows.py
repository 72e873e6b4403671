"""Rows of a language model's embeddings for new tokens, and taking them away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from transformers import PreTrainedModel

_ROUND = (128, 64, 8)  # what numbers of rows are multiples of, for speed; what was round stays round


def add_rows(model: PreTrainedModel, spelled: Mapping[int, Sequence[int]], known: int) -> dict[str, list[int]]:
    """Give new tokens rows: the mean of the rows of the tokens that spelled them, in the input and the output embeddings.

    A model often has more rows than its tokenizer has tokens; those are used first, and rows are added only where they do not suffice.

    Args:
        model: changed in place.
        spelled: for each new token the tokens that stood for its text.
        known: tokens that there were before.

    Returns:
        What ``peft.LoraConfig(trainable_token_indices=...)`` takes: the embeddings' names, each with the new tokens. Tied embeddings are
        one.

    Raises:
        ValueError: the model has no output embeddings, or fewer rows than there were tokens.
    """
    inputs, outputs = _embeddings(model)
    rows = _rows(inputs)
    if rows < known:
        raise ValueError(f"the model has {rows} rows of embeddings for {known} tokens: it does not belong to this tokenizer")
    needed = max(spelled, default=-1) + 1
    if rows < needed:
        multiple = next((size for size in _ROUND if rows % size == 0), None)
        # Not mean_resizing, which draws the rows at random about the mean of all: they are set below.
        model.resize_token_embeddings(needed, pad_to_multiple_of=multiple, mean_resizing=False)
        inputs, outputs = _embeddings(model)
    are_tied = outputs.weight is inputs.weight
    for layer in (inputs,) if are_tied else (inputs, outputs):
        _set_to_means(layer, spelled)
    _check_sizes(model, needed)
    names = {id(module): name.rsplit(".", 1)[-1] for name, module in model.named_modules()}
    return {names[id(layer)]: sorted(spelled) for layer in ((inputs,) if are_tied else (inputs, outputs))}


def remove_rows(model: PreTrainedModel, rows: int) -> None:
    """Cut the embeddings to so many rows, as many as they had before `add_rows`.

    Raises:
        ValueError: there are fewer.
    """
    if _rows(model.get_input_embeddings()) < rows:
        raise ValueError(f"the model has fewer than {rows} rows of embeddings")
    model.resize_token_embeddings(rows)
    _check_sizes(model, rows)


def _embeddings(model: PreTrainedModel) -> tuple[nn.Module, nn.Module]:
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    if outputs is None:
        raise ValueError(f"{type(model).__name__} has no output embeddings: give the model that generates, not its base")
    return inputs, outputs


def _rows(layer: nn.Module) -> int:
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    return weight.shape[0]


@torch.no_grad()
def _set_to_means(layer: nn.Module, spelled: Mapping[int, Sequence[int]]) -> None:
    """Of weights and, where there are any, biases; from rows of old tokens only, so the order does not matter."""
    for parameter in layer.parameters(recurse=False):
        for token, pieces in spelled.items():
            parameter[token] = parameter[list(pieces)].float().mean(dim=0).to(parameter.dtype)


def _check_sizes(model: PreTrainedModel, needed: int) -> None:
    """Resizing concerns four places that a model's author may have forgotten to tie together."""
    inputs, outputs = _embeddings(model)
    sizes = {
        "input embeddings": _rows(inputs),
        "output embeddings": _rows(outputs),
        "config.vocab_size": model.config.get_text_config(decoder=True).vocab_size,
    }
    if min(sizes.values()) < needed or len(set(sizes.values())) > 1:
        raise ValueError(f"the model's sizes disagree after resizing: {sizes}, of {needed} needed")
