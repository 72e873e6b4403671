"""The tables of tokenizers, from docs/results/tokens.json and token_learning.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "docs" / "results"
ALL = "all"  # collections
FORMS = {"as found": "tunes, as found", "canonical": "tunes, canonical", "transcription": "tunes, no texts", "answer": "quartets"}
BY_BAR = ("transcription", "answer")  # bars of all four voices in a quartet


def tokens_table() -> str:
    """Of whole texts."""
    return table(_results("tokens"))


def short_tokens_table() -> str:
    """Of music as a transcription has it, by the tokenizers that one would use."""
    forms = _results("tokens")["tokens"]
    rows = ["| tokens a note | folk tunes | string quartets, four voices |", "|---|---|---|"]
    for name in ("GPT-2", "Llama 3", "Qwen2", "Qwen2 extended", "AbcTokenizer"):
        rows.append(f"| {name} | {' | '.join(_with_interval(forms[form][ALL][name]['whole']['tokens_per_note']) for form in BY_BAR)} |")
    return "\n".join(rows) + "\n\nHeaders included, on collections and works from which nothing was learned.\n"


def token_music_table() -> str:
    """Of the music alone."""
    return table(_results("tokens"), "music")


def token_collections_table() -> str:
    """Of tunes without texts, by collection."""
    groups = _results("tokens")["tokens"]["transcription"]
    rows = [f"| tokens a note, no texts | {' | '.join(groups)} |", "|---" * (len(groups) + 1) + "|"]
    for name in groups[ALL]:
        rows.append(f"| {name} | {' | '.join(_with_interval(group[name]['whole']['tokens_per_note']) for group in groups.values())} |")
    return "\n".join(rows) + "\n"


def token_learning_table() -> str:
    """What a small model learns with each vocabulary."""
    from token_learning_figures import table as learning_table

    return learning_table(_results("token_learning"))


def table(results: dict[str, Any], part: str = "whole") -> str:
    """Tokens a note and a bar of each set by every tokenizer; `part` is ``whole`` or ``music``."""
    forms = results["tokens"]
    columns = [f"a note: {FORMS[form]}" for form in forms] + [f"a bar: {FORMS[form]}" for form in BY_BAR]
    whole = part == "whole"
    head = ["tokens" if whole else "tokens of the music alone", "vocabulary", *columns]
    if whole:
        head += ["come back exactly", "MB/s (batch)"]
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, vocabulary in results["vocabulary"].items():
        groups = [forms[form][ALL][name] for form in forms]
        cells = [name, f"{vocabulary:,}" if vocabulary else "", *(_with_interval(group[part]["tokens_per_note"]) for group in groups)]
        cells += [f"{forms[form][ALL][name][part]['tokens_per_bar']['value']:.1f}" for form in BY_BAR]
        if whole:
            cells += [f"{sum(group['exact'] for group in groups):,} of {sum(group['texts'] for group in groups):,}", _speed(results, name)]
        rows.append(f"| {' | '.join(cells)} |")
    sizes = {FORMS[form]: row for form, row in results["sets"].items()}
    described = "; ".join(f"{label}: {row['texts']:,} texts, {row['notes']:,} notes, {row['bars']:,} bars" for label, row in sizes.items())
    return "\n".join(rows) + f"\n\n{described[0].upper()}{described[1:]}. In brackets 95 % intervals by bootstrap over tunes or works.\n"


def _results(name: str) -> dict[str, Any]:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def _with_interval(figure: dict[str, Any]) -> str:
    low, high = figure["interval_95"]
    return f"{figure['value']:.2f} ({low:.2f} to {high:.2f})"


def _speed(results: dict[str, Any], name: str) -> str:
    speed = results["mb_per_s"].get(name)
    return f"{speed['one at a time']:.1f} ({speed['batch']:.1f})" if speed else ""
