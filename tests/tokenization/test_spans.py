r"""Where a tokenizer that was extended cuts as music, and that it cuts all else as before.

`spans_of` finds spans line by line, as the docstring of the module tells it; it knows nothing of the regular expressions.
"""

import json
import re
import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, pre_tokenizers
from transformers import TokenizersBackend

from tokenization.language_models import PIECES, PIPELINES, SPECIAL, small_tokenizer, with_parts, with_pipeline
from tokenization.texts import any_text, composed
from transformers_abc.tokenization.extension import extend_tokenizer
from transformers_abc.tokenization.pieces import PIECE, abc_pieces
from transformers_abc.tokenization.spans import CertainCuts, UnknownPipelineError, is_with_spans, with_spans

TUNE = composed(1)[0]
LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NUMBER = re.compile(r"X:[ \t]*[0-9]+[ \t\r]*\n")
_FIELD = re.compile(r"[A-Za-z+]:|%")
_ENDS = re.compile(r"[ \t\r]*\n|```")
_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL)))


def spans_of(text: str) -> list[tuple[int, int]]:
    """Begin and end of each span of a text without special tokens."""
    lines = [(match.start(), match[0]) for match in LINE.finditer(text)]
    spans, at = [], 0
    while at < len(lines):
        begin, line = lines[at]
        at += 1
        if not _NUMBER.fullmatch(line):
            continue
        header = at
        while header < len(lines) and _FIELD.match(lines[header][1]) and lines[header][1][:2] not in ("K:", "X:"):
            header += 1
        if header == len(lines) or not lines[header][1].startswith("K:"):
            continue
        while at < len(lines) and not _ENDS.match(lines[at][1]):
            at += 1
        spans.append((begin, lines[at][0] if at < len(lines) else len(text)))
    return spans


def parts_of(text: str, normalised: Callable[[str], str] = str) -> list[tuple[bool, str]]:
    """The text in parts, each with whether it is a span; special tokens are parts of their own."""
    parts, place = [], 0
    for match in [*_SPECIAL.finditer(text), None]:
        run = normalised(text[place : match.start() if match else None])
        at = 0
        for begin, end in spans_of(run):
            parts += [(False, run[at:begin]), (True, run[begin:end])]
            at = end
        parts.append((False, run[at:]))
        if match:
            parts.append((False, match[0]))
            place = match.end()
    return [(is_span, part) for is_span, part in parts if part]


def expected_ids(plain: TokenizersBackend, extended: TokenizersBackend, text: str) -> list[int]:
    """Those of each part alone, of the plain tokenizer but for spans."""
    normalizer = plain.backend_tokenizer.normalizer
    parts = parts_of(text, normalizer.normalize_str if normalizer else str)
    return [token for is_span, part in parts for token in (extended if is_span else plain).encode(part, add_special_tokens=False)]


@pytest.fixture(scope="module")
def both() -> tuple[TokenizersBackend, TokenizersBackend]:
    """A tokenizer and what it becomes."""
    return small_tokenizer(), extend_tokenizer(small_tokenizer(), pieces=PIECES).tokenizer


pieces_of_text = st.lists(
    st.sampled_from(
        (
            *("X:1\n", "X: 23 \r\n", "X:1", "X:\n", "K:G\n", "K:", "M:4/4\n", "T:an A2 poster\r\n", "%%score 1 2\n", "% X:1\n", "+:more\n"),
            *("c2 d2 | e4 |]\n", "A2 B2 c", "\n", "\r\n", " \t\n", "```\n", "```abc\n", " ```", "```", "\n\n", " X:1\n", TUNE),
            *("<|im_start|>", "<|im_end|>", "<|AUDIO|>", "assistant\n", "Vitamin B2\n", "é", "e\u0301", "Ω\n", "\u2028", "\v", "\0"),
            *("wX:1\nK:C\n", "中X:1\nK:C\n"),
        )
    ),
    max_size=14,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(pieces_of_text | any_text)
def test_spans_and_nothing_else_are_cut_as_music(both: tuple[TokenizersBackend, TokenizersBackend], text: str) -> None:
    plain, extended = both
    assert extended.encode(text, add_special_tokens=False) == expected_ids(plain, extended, text)


@settings(max_examples=100, deadline=None)
@given(pieces_of_text)
def test_a_span_is_cut_as_the_tokenizer_of_abc_cuts_it(both: tuple[TokenizersBackend, TokenizersBackend], text: str) -> None:
    cut = both[1].backend_tokenizer.pre_tokenizer
    for is_span, part in parts_of(text):
        if is_span:
            assert [span for _, span in cut.pre_tokenize_str(part)] == [span for _, span in abc_pieces().pre_tokenize_str(part)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (TUNE, [TUNE]),
        ("Here:\n" + TUNE + "\nThat was it.", [TUNE]),
        (f"```abc\n{TUNE}```\n", [TUNE]),
        (f"{TUNE}\n{TUNE}", [TUNE, TUNE]),
        (TUNE + TUNE, [TUNE + TUNE]),  # no empty line between them: one run of music
        ("X:1\r\nK:C\r\nCDE|\r\n\r\nc2 d2 A2 z4", ["X:1\r\nK:C\r\nCDE|\r\n"]),
        ("X:1\nT:a\nX:2\nK:C\nc", ["X:2\nK:C\nc"]),  # a header within a header
        ("X:1\nT:a\n\nK:C\nc", []),  # the empty line ends the header
        ("X:1\nT:a\nc2 d2\nK:C", []),  # so does music
        ("X:1\nT:never a key\nM:4/4\n", []),
        ("X:1\nT:a<|im_end|>K:C\n", []),
        ("see X:1\nK:C\nCDE|", []),
        ("X:one\nK:C\nCDE|", []),
        ("c2 d2 | e4 |]\n| A2 | B2 |\n", []),
    ],
)
def test_where_spans_are(both: tuple[TokenizersBackend, TokenizersBackend], text: str, spans: list[str]) -> None:
    assert [part for is_span, part in parts_of(text) if is_span] == spans  # the test's own finder
    plain, extended = both
    assert extended.encode(text) == expected_ids(plain, extended, text)
    assert (extended.encode(text) != plain.encode(text)) == bool(spans)


@pytest.mark.parametrize("name", PIPELINES)
def test_other_pipelines(name: str) -> None:
    """Random texts of ABC's tokens and all that regular expressions tell apart: without a span the ids are the same."""
    plain = with_pipeline(name)
    extension = extend_tokenizer(plain, pieces=PIECES, most_tokens=120)
    extended, tokens = extension.tokenizer, [extension.tokenizer.decode([token]) for token in extension.token_ids]
    assert len(tokens) == 120
    around = st.sampled_from("aAsStTdmM'ſéßǅʰ中́1²Ⅷ \t\n\r\u00a0\u3000_|/.,:;!?\"#%()[]<>^=-€👍\u200d\0𑷠'rell've")
    text = st.lists(st.sampled_from(tokens) | around | st.characters(codec="utf-8"), max_size=16).map("".join)

    @settings(max_examples=500, deadline=None)
    @given(text)
    def ids_are_kept(text: str) -> None:
        assert extended.encode(text, add_special_tokens=False) == expected_ids(plain, extended, text)

    ids_are_kept()
    assert len(extended.encode(TUNE)) < 0.75 * len(plain.encode(TUNE))
    assert extended.decode(extended.encode(TUNE)) == TUNE


def test_every_token_beside_every_character_of_some_kinds() -> None:
    """Exhaustively, where cuts depend most on what stands beside: contractions after any letter, digits by threes, runs of signs."""
    plain = with_pipeline("o200k")
    extension = extend_tokenizer(plain, pieces=PIECES, most_tokens=80)
    beside = ["", *map(chr, range(128)), "ſ", "é", "中", "\u0301", "'s", "'S", "'re", "'LL", "11", "111", "\r\n", "://"]
    texts = [
        text
        for token in extension.token_ids
        for word in [extension.tokenizer.decode([token])]
        for other in beside
        for text in (word + other, other + word, "A" + word + other)
    ]
    changed = [
        text
        for text, before, after in zip(texts, plain(texts).input_ids, extension.tokenizer(texts).input_ids, strict=True)
        if before != after
    ]
    assert changed == []


def test_digits_are_what_the_digits_step_takes_for_digits() -> None:
    """Rust and Oniguruma know Unicode of different years."""
    before = pre_tokenizers.Digits(individual_digits=True)
    component = with_spans(
        {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Digits", "individual_digits": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
            ],
        }
    )
    pattern = component["pretokenizers"][1]["pattern"]["Regex"]
    after = pre_tokenizers.Split(Regex(pattern), "isolated")
    everything = "".join(f"a{chr(code)}" for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert [span for _, span in before.pre_tokenize_str(everything)] == [span for _, span in after.pre_tokenize_str(everything)]


def split(pattern: str, behavior: str = "Isolated") -> dict[str, object]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": False}


BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": False}], "byte-level step"),
        ([{"type": "BertPreTokenizer"}], "byte-level step"),
        ([split(r"\s+"), BYTES | {"add_prefix_space": True}], "prefix space"),
        ([BYTES, split(r"\s+")], "end in a byte-level step"),
        ([split(r"\s+", "Removed"), BYTES], "a part Split that cannot"),
        ([{"type": "Punctuation", "behavior": "Contiguous"}, BYTES | {"use_regex": True}], "a part Punctuation that cannot"),
        ([BYTES], "does not cut lines apart"),
        ([split(r"[一-龥]+"), split(r"\n|[^\n]+"), BYTES], "does not cut lines apart"),  # of 中X:1\nK:C the second would get a header
        ([split(" "), BYTES], "does not cut lines apart"),
        ([split(PIECE), BYTES], "a tokenizer of ABC, which has nothing to learn"),
    ],
)
def test_pipelines_that_are_refused(parts: list[dict[str, object]], message: str) -> None:
    with pytest.raises(UnknownPipelineError, match=message):
        with_spans({"type": "Sequence", "pretokenizers": parts})


def test_no_pre_tokenizer_at_all() -> None:
    with pytest.raises(UnknownPipelineError, match="byte-level"):
        with_spans(None)
    assert not is_with_spans(None)


def test_what_was_made_is_known() -> None:
    before = json.loads(small_tokenizer().backend_tokenizer.to_str())["pre_tokenizer"]
    assert not is_with_spans(before)
    assert is_with_spans(with_spans(before))


def test_cuts_are_certain_only_where_nothing_undoes_them() -> None:
    qwen2, o200k = (CertainCuts(with_pipeline(name).backend_tokenizer.pre_tokenizer) for name in ("Qwen2", "o200k"))
    assert qwen2("c'")
    assert not o200k("c'")  # there it's one piece with the s of "c's"
    assert o200k("c2")
    assert not qwen2("|\n")
    assert qwen2("|\n[")


@pytest.mark.parametrize(
    ("begin", "unit", "end"),
    [
        ("", "The quick brown fox, an A2 poster and Vitamin B2.\n", ""),
        ("", "X:1\n", ""),
        ("X:1\n", "T:a\n", ""),
        ("X:1\n", "T:a\n", "K:C\nc"),
        ("", "X:1\nT:a\n", "K:C\nc"),
        ("X:1\nK:C\n", "c2 d2 | ", ""),
        ("X:1\nK:C\n", "abc|\n", ""),
        ("X:1\nK:C\n", " ", "\n"),
        ("X:1\nK:C\n", '"', ""),
        ("", "X:1\nK:C\nc\n\n", ""),
        ("", "X:", ""),
        ("X:1\nK:C\nc", " ", ":x\n"),
        ("X:1\nK:C\nc", " ", "[K:G]\n"),
        ("X:1\nK:C\n", "c |\r\n", ""),
        ("X:1\nK:C\n", "(", ""),
        ("X:1\nK:C\n", "[K:", ""),
        ("X:1\nK:C\n", "|[V:", ""),
        ("X:1\nK:C\n", "!a", ""),
    ],
)
def test_time_is_in_proportion_to_the_text(begin: str, unit: str, end: str) -> None:
    """Four times the text takes about four times the time; were it as the square, sixteen times. Of a tune's own cuts as of a span's."""
    for cut in (extended_once().backend_tokenizer.pre_tokenizer, abc_pieces()):
        short, long = (seconds_to_cut(cut, begin + unit * (size // len(unit)) + end) for size in (10_000, 40_000))
        assert long < 9 * short


def seconds_to_cut(cut: pre_tokenizers.PreTokenizer, text: str) -> float:
    """Of processor time, the least of some rounds; and nothing is lost."""
    seconds = []
    for _ in range(5):
        started = time.process_time()
        pieces = cut.pre_tokenize_str(text)
        seconds.append(time.process_time() - started)
        assert (pieces[0][1][0], pieces[-1][1][1]) == (0, len(text))
    return min(seconds)


@cache
def extended_once() -> TokenizersBackend:
    state = json.loads(small_tokenizer().backend_tokenizer.to_str())
    return with_parts(pre_tokenizer=with_spans(state["pre_tokenizer"]))
