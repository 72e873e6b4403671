"""The snippets of docs/rewards.md run."""

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "rewards.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)  # the one of a trainer runs in test_trainers


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(1, len(SNIPPETS) + 1))
def test_snippet(snippet: str) -> None:
    exec(compile(snippet, "docs/rewards.md", "exec"), {})


def test_all_snippets_are_found() -> None:
    assert len(SNIPPETS) == 4
