r"""ABC within other text: where it begins and ends, and a pre-tokenizer that cuts it as music and leaves all else as it was.

A span is a tune with its header: it begins at a line ``X:`` with a number that other fields and ``K:`` follow, and ends before an empty
line, a line of three backticks, a special token, or with the text. Notes without a header, a table with bars, "an A2 poster" are no span,
nor is an ``X:`` that another ``X:`` follows before any ``K:``.

How one pipeline can do both: a first cut takes the spans out whole. Each cut of the tokenizer's own gets one more alternative, first: a
piece that begins as a span is left alone. The last cut divides such pieces as `pieces` says: it can start only at the beginning of a span,
and then goes on only where its last match ended (``\G``), so it never enters other text.
"""

from __future__ import annotations

import json
from itertools import pairwise, product
from typing import Any

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import PreTokenizer

from transformers_abc.tokenization.pieces import PIECE

# It looks no further than the next X:, so lines X: without end take time in proportion to their number; (?> stops it from going back.
_HEADER = r"X:[ \t]*[0-9]+[ \t\r]*\n(?=(?>(?:(?![KX]:)(?:[A-Za-z+]:|%)[^\n]*\n)*)K:)"
_HEADERS = ("X:1\nK:", "X: 12 \r\nT:a\nK:")
_LINES = r"(?:(?![ \t\r]*\n|```)[^\n]+\n?)*"
_SPAN = rf"^{_HEADER}{_LINES}"  # in Oniguruma ^ is the start of any line
_PIECE_THAT_IS_A_SPAN = rf"\A(?={_HEADER})[\s\S]+"
_PIECE_OF_A_SPAN = rf"(?:\A(?={_HEADER})|\G(?!\A))(?:{PIECE})"

# What `pre_tokenizers.ByteLevel` cuts by when told to: https://github.com/openai/gpt-2/blob/master/src/encoder.py
_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

# What `pre_tokenizers.Digits` takes for a digit: \p{N}, and of Unicode 17 what Rust knows and Oniguruma does not yet.
_DIGIT = r"[\p{N}\x{11DE0}-\x{11DE9}\x{16FF4}-\x{16FF6}]"

# What regular expressions that cut text tell apart, since what stands beside a text may decide on its cuts: all classes of characters,
# the contractions of English (where case is ignored, ſ is an s), digits by the number (some cut by threes), spaces (the last may stay).
_BESIDE = (
    *("", "a", "A", "é", "中", "\u02b0", "\u01c5", "\u0301", "1", "11", "111", "1111", "²", "\u2167", "c2"),
    *(" ", "  ", " a", "\n", "\n\n", " \n", "\r", "\r\n", "\t", "\u00a0", "\u3000", "\u200d", "\0"),
    *("'", "'s", "'LL", "s", "S", "ſ", "t", "d", "m", "re", "ve", "ll", "\u2019"),
    *("|", "_", "/", "://", '"', ".", "%%", "€", "\U0001f44d"),
)

Component = dict[str, Any]  # a pre-tokenizer as tokenizer.json has it


class UnknownPipelineError(ValueError):
    """A tokenizer whose parts are such that tokens cannot be held to ABC; the message says which."""


class CertainCuts:
    r"""What a pre-tokenizer cuts wherever it stands.

    >>> from tokenizers.pre_tokenizers import ByteLevel
    >>> is_cut = CertainCuts(ByteLevel())
    >>> [is_cut(text) for text in ("c2", "B,", "|\n", " c", "24")]
    [True, True, True, False, False]
    """

    def __init__(self, cut: PreTokenizer) -> None:
        self._cut = cut
        self._verdicts: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Whether any text that contains this one is cut within it.

        Two neighbouring characters are asked about first: where they are always parted, so is all that holds them.
        """
        return any(self._is_cut(left + right) for left, right in pairwise(text)) or self._is_cut(text)

    def _is_cut(self, text: str) -> bool:
        if text not in self._verdicts:
            self._verdicts[text] = all(self._is_cut_between(before, text, after) for before, after in product(_BESIDE, repeat=2))
        return self._verdicts[text]

    def _is_cut_between(self, before: str, text: str, after: str) -> bool:
        start, end = len(before), len(before) + len(text)
        return any(start < first < end for _, (first, _) in self._cut.pre_tokenize_str(before + text + after))


def with_spans(pre_tokenizer: Component | None) -> Component:
    """The pre-tokenizer of a byte-level tokenizer, with spans of ABC cut as music.

    Raises:
        UnknownPipelineError: it is not byte-level, has a part that cannot be told to leave spans alone, or cuts too little to tell a span
            from other text; or it cuts all text as music.
    """
    parts = _parts(pre_tokenizer)
    if _isolated(PIECE) in parts:
        raise UnknownPipelineError("this is a tokenizer of ABC, which has nothing to learn")
    byte_level = [part for part in parts if part["type"] == "ByteLevel"]
    if len(byte_level) != 1 or parts[-1] is not byte_level[0] or byte_level[0]["add_prefix_space"]:
        raise UnknownPipelineError("only tokenizers that end in a byte-level step without a prefix space can be extended")
    own = [_leaving_spans(part) for part in parts[:-1]]
    if byte_level[0]["use_regex"]:
        own.append(_isolated(f"{_PIECE_THAT_IS_A_SPAN}|{_GPT2}"))
    # A header that begins amid a line is no span; the first cut has to divide it, or the cuts after it would take the piece for one.
    if not all(map(CertainCuts(_working(parts[0])), _HEADERS)):
        raise UnknownPipelineError("the pre-tokenizer does not cut lines apart, so tokens could not be held to ABC")
    cuts = [_isolated(_SPAN), *own, _isolated(_PIECE_OF_A_SPAN)]
    return {"type": "Sequence", "pretokenizers": [*cuts, {**byte_level[0], "use_regex": False}]}


def is_with_spans(pre_tokenizer: Component | None) -> bool:
    """Whether `with_spans` made this."""
    return _isolated(_SPAN) in _parts(pre_tokenizer)


def _parts(pre_tokenizer: Component | None) -> list[Component]:
    if pre_tokenizer is None:
        return []
    return list(pre_tokenizer["pretokenizers"]) if pre_tokenizer["type"] == "Sequence" else [pre_tokenizer]


def _leaving_spans(part: Component) -> Component:
    """The same cut, but for pieces that are spans."""
    match part:
        case {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}:
            return _isolated(f"{_PIECE_THAT_IS_A_SPAN}|{pattern}")
        case {"type": "Digits", "individual_digits": individual}:
            return _isolated(f"{_PIECE_THAT_IS_A_SPAN}|{_DIGIT}{'' if individual else '+'}")
    raise UnknownPipelineError(f"the pre-tokenizer has a part {part['type']} that cannot be told to leave ABC alone")


def _isolated(pattern: str) -> Component:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _working(component: Component) -> PreTokenizer:
    return Tokenizer.from_str(json.dumps({"pre_tokenizer": component, "model": {"type": "BPE", "vocab": {}, "merges": []}})).pre_tokenizer
