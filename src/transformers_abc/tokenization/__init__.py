"""ABC text as tokens: a tokenizer of its own, and ABC tokens for the tokenizers of language models.

Names are loaded when they are first asked for: the tokenizers need transformers, the modules that learn a vocabulary do not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers_abc.tokenization.extension import AbcExtension, extend_tokenizer, is_extended, restore_tokenizer
    from transformers_abc.tokenization.tokenization_abc import AbcTokenizer, abc_tokenizer

__all__ = ["AbcExtension", "AbcTokenizer", "abc_tokenizer", "extend_tokenizer", "is_extended", "restore_tokenizer"]

_HOME = {
    **dict.fromkeys(("AbcTokenizer", "abc_tokenizer"), "transformers_abc.tokenization.tokenization_abc"),
    **dict.fromkeys(
        ("AbcExtension", "extend_tokenizer", "is_extended", "restore_tokenizer"),
        "transformers_abc.tokenization.extension",
    ),
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'transformers_abc.tokenization' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
