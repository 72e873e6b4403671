"""What a small language model writes in `token_learning.py`: whether it reads as ABC, and whether its tokens are those of its text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

SAMPLED_AT_A_TIME = 20
BAR_CODES = ("bar-too-long", "bar-too-short")


def sampled(model: LlamaForCausalLM, tokenizer: Tokenizer, count: int, most: int, seed: int) -> dict[str, Any]:
    """Figures of so many texts that a model writes, of at most so many tokens."""
    import torch

    from transformers_abc.tokenization.tokenization_abc import END, PAD, START

    start, end, pad = map(tokenizer.token_to_id, (START, END, PAD))
    torch.manual_seed(seed)
    rows: list[list[int]] = []
    while len(rows) < count:  # a few at a time, since the last to end holds up all
        first = torch.full((min(SAMPLED_AT_A_TIME, count - len(rows)), 1), start)
        found = model.generate(
            first,
            attention_mask=torch.ones_like(first),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=most + 1,
            eos_token_id=end,
            pad_token_id=pad,
        )
        rows += found[:, 1:].tolist()
    written = [ids[: ids.index(end)] if end in ids else ids for ids in rows]
    whole = [tokenizer.decode(ids) for ids, row in zip(written, rows, strict=True) if end in row]
    recoded = [foreign_tokens(tokenizer, ids) for ids in written]
    return {
        "n": count,
        "most_tokens": most,
        "ended": len(whole),
        **quality(whole),
        "recoded": sum(found > 0 for found in recoded),
        "recoded_tokens_share": round(sum(recoded) / sum(map(len, written)), 5),
        "tokens_per_text": round(float(np.mean([len(ids) for ids in written])), 1),
        "examples": whole[:2],
    }


def quality(texts: Sequence[str]) -> dict[str, Any]:
    """How many texts read, and read with bars that all sum; and the notes of a text that reads."""
    from transformers_abc.notation.diagnostics import Severity
    from transformers_abc.notation.reader import read_abc

    findings = [read_abc(text).diagnostics for text in texts]
    reads = [all(finding.severity != Severity.ERROR for finding in found) for found in findings]
    sums = [good and all(finding.code not in BAR_CODES for finding in found) for good, found in zip(reads, findings, strict=True)]
    notes = [notes_of(text) for text, good in zip(texts, reads, strict=True) if good]
    return {
        "texts": len(texts),
        "reads": sum(reads),
        "sums": sum(sums),
        "notes_per_text": round(float(np.mean(notes)), 1) if notes else 0.0,
    }


def foreign_tokens(tokenizer: Tokenizer, ids: Sequence[int]) -> int:
    """How many tokens are not those that their text is encoded as.

    >>> from transformers_abc.tokenization.learning import build_tokenizer
    >>> tokenizer = build_tokenizer([], [("c", "2")])
    >>> foreign_tokens(tokenizer, [tokenizer.token_to_id(token) for token in ("c2", "c", "2")])
    2
    """
    canonical = tokenizer.encode(tokenizer.decode(list(ids), skip_special_tokens=False)).ids
    spans = set(spans_of(tokenizer, canonical))
    return sum(span not in spans for span in spans_of(tokenizer, ids)) if canonical != list(ids) else 0


def spans_of(tokenizer: Tokenizer, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Where tokens begin and end, in bytes (a token of the vocabulary has a character for each byte)."""
    ends = list(accumulate(len(tokenizer.id_to_token(token)) for token in ids))
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


def notes_of(text: str) -> int:
    r"""Sounding notes, ties merged.

    >>> notes_of("X:1\nL:1/4\nK:C\nCE-|E[CE]|\n")
    4
    """
    from transformers_abc.notation.reader import read_abc

    return sum(len(voice.notes) for voice in read_abc(text).voices)
