"""Finding the ABC in what a policy writes."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.writer import write_abc
from transformers_abc.rewards.completions import MAX_ANSWER_CHARACTERS, abc_of, answer_of, is_alone

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.abc"))
TUNE = 'X:1\nT:A tune\nM:3/4\nL:1/8\nK:G\nV:1 name="Flute"\nG2A2B2|"Am"c4d2|B6|]\n'
OTHER = "X:2\nT:Another\nM:2/4\nL:1/4\nK:C\nCD|EF|]\n"

WRAPPED = {
    "alone": TUNE,
    "fenced": f"```abc\n{TUNE}```",
    "fenced without a name": f"```\n{TUNE}```\n",
    "fence cut off": f"Sure!\n```abc\n{TUNE}",
    "fence closed on the last line": f"```abc\n{TUNE.rstrip()}```\nEnjoy!",
    "music on the line of the fence": f"```abc {TUNE}```",
    "no name on the line of the fence": f"```{TUNE}```",
    "sentences around": f"Here is what I hear, in 3/4:\n\n{TUNE}\nI hope that helps. Let me know!",
    "code before": f"First:\n```python\nprint('hello')\n```\nand so:\n```abc\n{TUNE}```\n",
    "a second block": f"```abc\n{TUNE}```\nor else\n```abc\n{OTHER}```",
    "a second tune": f"{TUNE}\n{OTHER}",
    "a tune before the block": f"Not this one:\n{OTHER}\nbut\n```abc\n{TUNE}```",
    "a header first": f"X:7\nT:I begin again\nK:C\n\n{TUNE}",
    "a fenced header first": f"```\nX:7\nK:C\n```\n```abc\n{TUNE}```",
    "thought": f"<think>\nPerhaps\n{OTHER}\nNo.\n</think>\n\n{TUNE}",
    "thought begun in the prompt": f"Perhaps\n{OTHER}\nNo.\n</think>\n{TUNE}",
    "two thoughts": f"<think>{OTHER}</think>\n<think>K:C</think>{TUNE}",
    "escaped": TUNE.replace("\n", "\\n"),
    "escaped within sentences": "Here:\n" + TUNE.replace("\n", "\\n") + "\nEnjoy!",
    "JSON": json.dumps({"abc": TUNE, "confidence": 0.5}),
    "JSON of several lines": json.dumps({"confidence": 0.5, "abc": TUNE}, indent=2),
    "Windows": TUNE.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_the_tune_is_found(text: str) -> None:
    found = read_abc(abc_of(text))
    assert found == read_abc(TUNE)
    assert not [diagnostic for diagnostic in found.diagnostics if diagnostic.code not in ("more-tunes", "escaped-lines")]


CHATS = {
    "message": [{"role": "assistant", "content": TUNE}],
    "parts": [{"role": "assistant", "content": [{"type": "text", "text": TUNE[:20]}, {"type": "text", "text": TUNE[20:]}]}],
    "parts without a text": [{"role": "assistant", "content": [{"type": "audio"}, {"type": "text", "text": TUNE, "audio": None}]}],
    "the last of several": [*({"role": role, "content": OTHER} for role in ("assistant", "tool")), {"role": "assistant", "content": TUNE}],
    "a message without a list": {"role": "assistant", "content": TUNE},
}  # fmt: skip


@pytest.mark.parametrize("completion", CHATS.values(), ids=CHATS)
def test_chat_messages(completion: object) -> None:
    assert abc_of(completion) == TUNE


@pytest.mark.parametrize(
    "completion",
    [None, 3, b"K:C\nCDE|", [], {}, [None], [{}], [{"role": "user", "content": TUNE}], [{"role": "assistant", "content": None}], [[TUNE]],
     [{"role": "assistant", "content": [None, 3, {"text": 4}]}]],
)  # fmt: skip
def test_what_is_no_text_holds_no_music(completion: object) -> None:
    assert abc_of(completion) == ""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_tune_that_stands_alone_is_left_as_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert abc_of(text) == text
    assert is_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "M:3/4\nL:1/8\n\nX:1\nK:G\nG2A2B2|]\n",  # the header of a file
        "% a comment\nX:1\nK:G\nGAB|\n",
        "X:1\nK:G\nGA```Bc|c`d|]\n",  # backquotes are spaces
        "GABc|",
        "",
        "no music at all",
    ],
)
def test_what_the_reader_reads_as_meant_is_left_as_it_is(text: str) -> None:
    assert abc_of(text) == text


MUSIC = st.lists(
    st.sampled_from([*"CDEFGABcdefgabz|[]2346/^_=(-", " ", "|:", ":|", "\n", "[V:2]", "[M:3/4]", "\nK:G\n", "!trill!", '"Am"'])
)


@given(MUSIC.map("".join))
def test_extraction_changes_no_tune_whatever_it_is_wrapped_in(body: str) -> None:
    text = write_abc(read_abc(f"X:1\nM:4/4\nL:1/8\nK:C\n{body}"))
    tune = read_abc(text)
    assert abc_of(text) == text
    assume(any(voice.notes for voice in tune.voices))  # an empty tune goes on in the words behind it
    for wrapped in (f"```abc\n{text}```", f"Here it is:\n{text}", f"<think>K:G\nGAB|</think>\n{text}", f"{text}\n\nEnjoy it!"):
        assert read_abc(abc_of(wrapped)) == tune


def test_of_a_thought_without_end_nothing_counts() -> None:
    assert answer_of(f"<think>Perhaps\n{TUNE}") == ""


def test_only_the_start_of_a_long_answer_is_read() -> None:
    assert len(abc_of("X:1\nK:C\n" + "C" * 10**6)) == MAX_ANSWER_CHARACTERS
    assert abc_of(f"<think>{'so ' * MAX_ANSWER_CHARACTERS}</think>{TUNE}") == TUNE  # thoughts may be long


@pytest.mark.parametrize(
    ("name", "alone"),
    [("alone", True), ("fenced", True), ("fenced without a name", True), ("thought", True), ("Windows", True), ("a header first", False),
     ("sentences around", False), ("fence cut off", False), ("fence closed on the last line", False), ("a second tune", False),
     ("a second block", False), ("code before", False), ("escaped", False), ("JSON", False)],
)  # fmt: skip
def test_alone(name: str, alone: bool) -> None:
    assert is_alone(WRAPPED[name]) == alone
