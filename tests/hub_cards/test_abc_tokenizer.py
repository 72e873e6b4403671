"""The card of the tokenizer: a header that the Hub takes, an example that runs, and the special tokens that there are."""

import re
from pathlib import Path

from huggingface_hub import ModelCard

from transformers_abc.tokenization.tokenization_abc import PACKAGED, SPECIAL_TOKENS

TEXT = (Path(__file__).parents[2] / "hub_cards" / "abc-tokenizer" / "README.md").read_text(encoding="utf-8")


def test_header() -> None:
    header = ModelCard(TEXT).data.to_dict()
    assert header["license"] == "apache-2.0"
    assert header["library_name"] == "transformers"
    assert all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in header["tags"])


def test_the_example_runs() -> None:
    [example] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example.replace("OWNER/abc-tokenizer", PACKAGED.as_posix()), "card", "exec"), names)
    assert names["ids"]


def test_special_tokens_are_those_of_the_tokenizer() -> None:
    named = re.findall(r"`(<\|\w+\|>)`", TEXT)
    assert sorted(named) == sorted(SPECIAL_TOKENS)
