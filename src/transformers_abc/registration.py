"""Makes the Auto classes of transformers know ours, without loading transformers: as soon as something else loads it, or at once if it is
loaded already.

Importing `transformers_abc` does this. ``AutoTokenizer.from_pretrained`` then gives `AbcTokenizer` for a folder or repository saved from
one, alone or beside a model.

Not covered: beside a ``config.json`` of some model types transformers 5.24 does not ask who saved the tokenizer. For `mistral`, `voxtral`
and some 80 others it gives `TokenizersBackend`, which has the same ids; for `qwen2`, the `qwen3_5` family and `hyperclovax_vision_v2` the
model's own class, which has *other* ids; for `siglip2` an error. `AbcTokenizer.from_pretrained` is right for all, and what it loads is
saved right; what was loaded wrong is saved wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from wrapt import register_post_import_hook

if TYPE_CHECKING:
    from transformers import PretrainedConfig


def register_auto_classes() -> None:
    """Register each class once the module that holds its Auto class is there; light, and safe to call again."""
    for module, register in _REGISTERED_AFTER.items():
        register_post_import_hook(_reporting(register), module)


def _register_tokenizer(tokenization_auto: ModuleType) -> None:
    from transformers_abc.tokenization.tokenization_abc import AbcTokenizer

    tokenization_auto.AutoTokenizer.register(_tokenizer_config_class(), AbcTokenizer, exist_ok=True)


@cache
def _tokenizer_config_class() -> type[PretrainedConfig]:
    """What no folder is ever of.

    AutoTokenizer finds a class by the name that a saved folder gives, but registers it only beside a configuration, and our tokenizer
    belongs to no one model.
    """
    from transformers import PretrainedConfig

    class AbcTokenizerConfig(PretrainedConfig):
        model_type = "abc_tokenizer"

    return AbcTokenizerConfig


# What is registered, by the module after whose import it can be: one entry an Auto class.
_REGISTERED_AFTER: dict[str, Callable[[ModuleType], None]] = {
    "transformers.models.auto.tokenization_auto": _register_tokenizer,
}


def _reporting(register: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """The same, but what goes wrong is logged: an error here would break `import transformers` for code that knows nothing of us."""

    def hook(module: ModuleType) -> None:
        try:
            register(module)
        except Exception:
            logging.getLogger(__name__).warning("%s does not know the classes of transformers_abc", module.__name__, exc_info=True)

    return hook
