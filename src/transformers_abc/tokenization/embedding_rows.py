"""Rows of a language model's embeddings for new tokens, and taking them away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from transformers import PreTrainedModel

_ROUND = (128, 64, 8)  # what numbers of rows are multiples of, for speed; what was round stays round


@dataclass(frozen=True, slots=True, eq=False)  # tensors have no one answer to ==
class FormerRows:
    """What it takes to take rows away again.

    Attributes:
        count: of rows that there were.
        spare: tokens whose rows were there already, though no token had them.
        contents: what these were, for each parameter that has a row for each token: [spare, width] or [spare].
    """

    count: int
    spare: list[int]
    contents: list[torch.Tensor]


def check_rows(model: PreTrainedModel, known: int) -> None:
    """Whether a model can be given rows for more than so many tokens.

    Raises:
        ValueError: it has no output embeddings, or fewer rows than there are tokens.
    """
    rows = _rows(_embeddings(model)[0])
    if rows < known:
        raise ValueError(f"the model has {rows} rows of embeddings for {known} tokens: it does not belong to this tokenizer")


def add_rows(model: PreTrainedModel, spelled: Mapping[int, Sequence[int]], known: int) -> tuple[dict[str, list[int]], FormerRows]:
    """Give new tokens rows: the mean of the rows of the tokens that spelled them, in the input and the output embeddings.

    A model often has more rows than its tokenizer has tokens; those are used first, and rows are added only where they do not suffice.

    Args:
        model: changed in place.
        spelled: for each new token the tokens that stood for its text.
        known: tokens that there were before.

    Returns:
        What ``peft.LoraConfig(trainable_token_indices=...)`` takes: the embeddings' names, each with the new tokens. Tied embeddings are
        one. And what `remove_rows` takes.

    Raises:
        ValueError: see `check_rows`; or the model's sizes disagree after resizing.
    """
    check_rows(model, known)
    rows = _rows(model.get_input_embeddings())
    spare = [token for token in sorted(spelled) if token < rows]
    former = FormerRows(rows, spare, [parameter[spare].detach().clone() for parameter in _with_a_row_each(model)])
    needed = max(spelled, default=-1) + 1
    if rows < needed:
        multiple = next((size for size in _ROUND if rows % size == 0), None)
        # Not mean_resizing, which draws the rows at random about the mean of all: they are set below.
        model.resize_token_embeddings(needed, pad_to_multiple_of=multiple, mean_resizing=False)
    _check_sizes(model, needed)
    _set_to_means(model, spelled)
    names = {id(module): name.rsplit(".", 1)[-1] for name, module in model.named_modules()}
    return {names[id(layer)]: sorted(spelled) for layer in _layers(model)}, former


@torch.no_grad()
def remove_rows(model: PreTrainedModel, former: FormerRows) -> None:
    """Undo `add_rows`: as many rows as there were, and what was in those that new tokens took.

    Raises:
        ValueError: there are fewer.
    """
    if _rows(model.get_input_embeddings()) < former.count:
        raise ValueError(f"the model has fewer than {former.count} rows of embeddings")
    model.resize_token_embeddings(former.count)
    _check_sizes(model, former.count)
    for parameter, contents in zip(_with_a_row_each(model), former.contents, strict=True):
        parameter[former.spare] = contents.to(parameter)


def _embeddings(model: PreTrainedModel) -> tuple[nn.Module, nn.Module]:
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    if outputs is None:
        raise ValueError(f"{type(model).__name__} has no output embeddings: give the model that generates, not its base")
    return inputs, outputs


def _rows(layer: nn.Module) -> int:
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    return weight.shape[0]


def _layers(model: PreTrainedModel) -> list[nn.Module]:
    """The embeddings, tied ones once."""
    inputs, outputs = _embeddings(model)
    return [inputs] if outputs.weight is inputs.weight else [inputs, outputs]


def _with_a_row_each(model: PreTrainedModel) -> list[nn.Parameter]:
    """Weights, and biases where there are any."""
    return [parameter for layer in _layers(model) for parameter in layer.parameters(recurse=False)]


@torch.no_grad()
def _set_to_means(model: PreTrainedModel, spelled: Mapping[int, Sequence[int]]) -> None:
    """From rows of old tokens only, so the order does not matter."""
    for parameter in _with_a_row_each(model):
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
