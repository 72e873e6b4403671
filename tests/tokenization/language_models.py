"""Tokenizers of language models to extend: the real ones where they are installed, and a small one with any of their pipelines."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import Qwen2Tokenizer, TokenizersBackend

from oracles.places import ROOT, oracles_folder
from oracles.vocabularies import LLAMA3_SPLIT, QWEN2_AUDIO_SPECIAL, QWEN2_SPECIAL, gpt2_tokenizer, llama3_tokenizer, qwen2_tokenizer
from oracles.vocabulary_packages import PACKAGES
from tokenization.texts import composed
from transformers_abc.tokenization.piece_counts import counted_pieces

CHAT_TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
SPECIAL = QWEN2_SPECIAL + QWEN2_AUDIO_SPECIAL
SMALL_VOCABULARY = 1500
PIECES = dict(counted_pieces(composed(40)))

_QWEN2_SPLIT = LLAMA3_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_ENDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_WORDS = rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+%s|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*%s"
_DEEPSEEK_REST = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _split(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(pattern), "isolated")


_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
_GPT2 = pre_tokenizers.ByteLevel(add_prefix_space=False)

# How the tokenizers of these models cut, each from the last cut to bytes.
PIPELINES: dict[str, list[pre_tokenizers.PreTokenizer]] = {
    "Qwen2": [_split(_QWEN2_SPLIT), _BYTES],
    "Llama 3": [_split(LLAMA3_SPLIT), _BYTES],
    "GPT-2": [_GPT2],
    "o200k": [_split("|".join((_WORDS % (_ENDS, _ENDS), r"\p{N}{1,3}", _REST))), _BYTES],
    "Tekken": [_split("|".join((_WORDS % ("", ""), r"\p{N}", _REST))), _BYTES],
    "StarCoder": [pre_tokenizers.Digits(individual_digits=True), _GPT2],
    "numbers whole": [pre_tokenizers.Digits(individual_digits=False), _GPT2],
    "DeepSeek V3": [_split(r"\p{N}{1,3}"), _split("[一-龥぀-ゟ゠-ヿ]+"), _split(_DEEPSEEK_REST), _BYTES],
}


@cache
def small_tokenizer() -> Qwen2Tokenizer:
    """Qwen2's pipeline over a vocabulary of this project's own documents and sources."""
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.NFC()
    trained.pre_tokenizer = pre_tokenizers.Sequence(PIPELINES["Qwen2"])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=SMALL_VOCABULARY, initial_alphabet=alphabet, show_progress=False)
    trained.train_from_iterator(own_texts(), trainer)
    model = json.loads(trained.to_str())["model"]
    tokenizer = Qwen2Tokenizer(vocab=model["vocab"], merges=[tuple(merge) for merge in model["merges"]], model_max_length=32_768)
    tokenizer.add_special_tokens({"extra_special_tokens": list(SPECIAL[1:])})
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


@cache
def with_pipeline(name: str) -> TokenizersBackend:
    """The small tokenizer, cutting text as another does."""
    return with_parts(pre_tokenizer=json.loads(_state_of(pre_tokenizers.Sequence(PIPELINES[name])))["pre_tokenizer"])


def with_parts(**parts: Any) -> TokenizersBackend:
    """The small tokenizer with other parts in its tokenizer.json; those of the model by ``model=``."""
    state = json.loads(small_tokenizer().backend_tokenizer.to_str())
    state["model"] |= parts.pop("model", {})
    return TokenizersBackend(tokenizer_object=Tokenizer.from_str(json.dumps(state | parts)))


def own_texts() -> list[str]:
    """Documents and sources of this project."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.py"), ROOT / "LICENSE"]
    return [path.read_text(encoding="utf-8") for path in sorted(paths)]


_VOCABULARIES = oracles_folder() / "vocabularies"


def are_installed() -> bool:
    """Whether `tests/oracles/install` fetched the real vocabularies."""
    return all((_VOCABULARIES / package.archive).exists() for package in PACKAGES)


@cache
def real_tokenizer(name: str) -> TokenizersBackend:
    """That of Qwen2, Llama 3 or GPT-2."""
    if name == "Qwen2":
        return qwen2_tokenizer(_VOCABULARIES)
    return TokenizersBackend(tokenizer_object={"Llama 3": llama3_tokenizer, "GPT-2": gpt2_tokenizer}[name](_VOCABULARIES))


def _state_of(pre_tokenizer: pre_tokenizers.PreTokenizer) -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer.to_str()


def saved_config(folder: Path, model_type: str) -> None:
    """A config.json, which makes AutoTokenizer look at the type of the model."""
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}), encoding="utf-8")
