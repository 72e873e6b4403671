"""The packaged tokenizer."""

import pytest

from transformers_abc.tokenization.tokenization_abc import AbcTokenizer, abc_tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> AbcTokenizer:
    """For tests that do not change it."""
    return abc_tokenizer()
