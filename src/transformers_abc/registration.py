"""Makes the Auto classes and pipelines of transformers know ours, without loading transformers: as soon as something else loads it, or at
once if it is loaded already.

Importing `transformers_abc` does this. ``AutoTokenizer.from_pretrained`` then gives `AbcTokenizer` for a folder or repository saved from
one, alone or beside a model; `AutoConfig`, `AutoModel`, `AutoFeatureExtractor` and `AutoProcessor` know the listener, and ``pipeline`` the
task "music-transcription".

Not covered: beside a ``config.json`` of some model types transformers 5.24 does not ask who saved the tokenizer. For `mistral`, `voxtral`
and some 80 others it gives `TokenizersBackend`, which has the same ids; for `qwen2`, the `qwen3_5` family and `hyperclovax_vision_v2` the
model's own class, which has *other* ids; for `siglip2` an error. `AbcTokenizer.from_pretrained` is right for all, and what it loads is
saved right; what was loaded wrong is saved wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
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


def _register_configuration(configuration_auto: ModuleType) -> None:
    from transformers_abc.models.configuration import AbcListenerConfig

    configuration_auto.AutoConfig.register(AbcListenerConfig.model_type, AbcListenerConfig, exist_ok=True)


def _register_model(modeling_auto: ModuleType) -> None:
    from transformers_abc.models.configuration import AbcListenerConfig
    from transformers_abc.models.listener import AbcListener

    modeling_auto.AutoModel.register(AbcListenerConfig, AbcListener, exist_ok=True)


def _register_feature_extractor(feature_extraction_auto: ModuleType) -> None:
    from transformers_abc.models.configuration import AbcListenerConfig
    from transformers_abc.models.feature_extraction import AbcFeatureExtractor

    feature_extraction_auto.AutoFeatureExtractor.register(AbcListenerConfig, AbcFeatureExtractor, exist_ok=True)


def _register_processor(processing_auto: ModuleType) -> None:
    from transformers_abc.models.configuration import AbcListenerConfig
    from transformers_abc.models.processing import AbcProcessor

    processing_auto.AutoProcessor.register(AbcListenerConfig, AbcProcessor, exist_ok=True)


def _register_pipeline(pipelines: ModuleType) -> None:
    # It registers itself; by name, since it may be what is being imported just now and loads the pipelines.
    import_module("transformers_abc.pipeline")


def _where_torch_is(register: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """The same, but nothing without torch: who only wants the tokenizer has nothing to be told."""
    return register if find_spec("torch") else lambda module: None


# What is registered, by the module after whose import it can be: one entry an Auto class.
_REGISTERED_AFTER: dict[str, Callable[[ModuleType], None]] = {
    "transformers.models.auto.tokenization_auto": _register_tokenizer,
    "transformers.models.auto.configuration_auto": _register_configuration,
    "transformers.models.auto.modeling_auto": _where_torch_is(_register_model),
    "transformers.models.auto.feature_extraction_auto": _where_torch_is(_register_feature_extractor),
    "transformers.models.auto.processing_auto": _where_torch_is(_register_processor),
    "transformers.pipelines": _where_torch_is(_register_pipeline),
}


def _reporting(register: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """The same, but what goes wrong is logged: an error here would break `import transformers` for code that knows nothing of us."""

    def hook(module: ModuleType) -> None:
        try:
            register(module)
        except Exception:
            logging.getLogger(__name__).warning("%s does not know the classes of transformers_abc", module.__name__, exc_info=True)

    return hook
