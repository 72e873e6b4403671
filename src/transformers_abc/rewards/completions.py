r"""What of a completion is ABC: a policy wraps its answer in chat messages, thoughts, sentences and code blocks.

`read_abc` copes with much of this by itself (sentences before and after, fences, tags, a whole text whose line ends are written as ``\n``),
so a text that it reads as meant is passed on as it is. What it cannot know is which of several texts is the answer:

    - Of chat messages the last one of the assistant counts, and of its parts those of text.
    - What a model thinks (``<think>...</think>``) is no answer, also where the thought has not ended.
    - The first fenced block with music counts, else the first tune with music.
    - A tune whose line ends are written as ``\n`` within a text of several lines, or within a string of JSON, is unwrapped.
    - Of an answer beyond `MAX_ANSWER_CHARACTERS` only the start is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.reading.lexer import FIELD_LINE, LINE_END, looks_like_music

# More than any policy writes within its token limit (2,048 tokens are about 6,000 characters), and at most a second or two of reading
# for the worst of texts.
MAX_ANSWER_CHARACTERS = 50_000

_MAX_TUNES_TRIED = 8
_FENCE = re.compile(r"^[ \t]{0,3}```(?:[ \t]*[\w+-]+[ \t]*$)?", re.MULTILINE)
_FENCE_END = re.compile(r"```[ \t]*$", re.MULTILINE)
_ESCAPED_TUNE = re.compile(r"X:[ \t]*\d{1,9}[ \t]*\\n[A-Za-z]:")
_JSON_STRING = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)


def abc_of(completion: object) -> str:
    r"""The ABC of a completion; an empty text where there is none.

    A well-formed tune that stands alone is given back unchanged.

    Args:
        completion: a string, or chat messages as trl gives them; anything else holds no music.

    >>> abc_of([{"role": "assistant", "content": "<think>In G?</think>Here it is:\n```abc\nX:1\nK:G\nGAB|\n```\nEnjoy!"}])
    'X:1\nK:G\nGAB|\n'
    >>> abc_of("X:1\nT:no notes yet\nK:G\n\nX:2\nK:G\nGAB|")
    'X:2\nK:G\nGAB|'
    >>> abc_of('{"abc": "X:1\\nK:G\\nGAB|"}'), abc_of(None)
    ('X:1\nK:G\nGAB|', '')
    """
    text = answer_of(completion)
    if (unwrapped := _unescaped(text)) is not None:
        return unwrapped
    return next((block for block in _fenced_blocks(text) if _has_music(block)), None) or _first_tune_with_music(text)


def answer_of(completion: object) -> str:
    r"""The text of a completion without its thoughts, as far as it is read.

    >>> answer_of([{"role": "assistant", "content": [{"type": "text", "text": "so ...</think>\nK:G"}]}]), answer_of("K:C <think>or")
    ('\nK:G', 'K:C ')
    """
    return _without_thoughts(_text_of(completion))[:MAX_ANSWER_CHARACTERS]


def is_alone(completion: object) -> bool:
    r"""Whether the answer is one tune and nothing else, but for thoughts before it and a fence around it.

    >>> tune = "X:1\nK:G\nGAB|\n"
    >>> [is_alone(text) for text in (tune, f"```abc\n{tune}```", f"<think>G?</think>\n{tune}", f"Sure:\n{tune}", f"{tune}\nEnjoy!")]
    [True, True, True, False, False]
    """
    text = answer_of(completion).strip()
    if _ESCAPED_TUNE.search(text):
        return False
    if fence := _FENCE.match(text):
        text, _, rest = _within_fence(text, fence)
        if rest:
            return False
    lines = LINE_END.split(text)
    start, end = _bounds(lines)
    before = [line for line in lines[:start] if not FIELD_LINE.match(line)]  # fields there are the header of a file
    around = [line for line in (*before, *lines[end:]) if line.strip() and not line.startswith("%")]
    return not around and sum(_starts_tune(line) for line in lines) <= 1


def lines_of_tune(abc: str) -> list[str]:
    r"""The lines of the first tune of a text.

    >>> lines_of_tune("X:1\nK:G\nGAB|\n\nEnjoy!")
    ['X:1', 'K:G', 'GAB|']
    """
    lines = LINE_END.split(abc)
    start, end = _bounds(lines)
    return lines[start:end]


def _text_of(completion: object) -> str:
    if isinstance(completion, str):
        return completion
    messages = completion if isinstance(completion, list | tuple) else [completion]
    said = [message for message in messages if isinstance(message, Mapping) and message.get("role", "assistant") == "assistant"]
    content = said[-1].get("content") if said else None
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list | tuple) else []
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def _without_thoughts(text: str) -> str:
    """What stands outside of thoughts; a thought may have begun in the prompt, or not have ended."""
    if "think>" not in text:
        return text
    said, *thoughts = text.split("<think>")
    kept = said.rpartition("</think>")[2]
    return kept + "".join(thought.partition("</think>")[2] for thought in thoughts)


def _unescaped(text: str) -> str | None:
    r"""A tune with its ``\n`` made line ends, where it stands within something else; the reader sees to a text that is all such a tune."""
    match = _ESCAPED_TUNE.search(text)
    if not match or (match.start() == 0 and "\n" not in text):
        return None
    tune = text[match.start() :]
    if text[: match.start()].endswith('"') and (string := _JSON_STRING.match(tune)):
        tune = string[0].replace('\\"', '"')
    return tune.replace("\\n", "\n")


def _fenced_blocks(text: str) -> Iterator[str]:
    """What stands between fences, in turn; the last block may lack its end."""
    while fence := _FENCE.search(text):
        block, has_end, text = _within_fence(text, fence)
        yield block
        if not has_end:
            return


def _within_fence(text: str, fence: re.Match[str]) -> tuple[str, bool, str]:
    """What stands between a fence and the next, whether there is a next, and what stands after it."""
    end = _FENCE_END.search(text, fence.end())
    block = text[fence.end() : end.start() if end else len(text)].lstrip("\r\n")
    return block, end is not None, text[end.end() :] if end else ""


def _first_tune_with_music(text: str) -> str:
    """A text from its first tune with music on, behind the header of the file."""
    lines = LINE_END.split(text)
    starts = [index for index, line in enumerate(lines) if _starts_tune(line)]
    if len(starts) < 2:
        return text
    for place, (start, end) in enumerate(pairwise([*starts[:_MAX_TUNES_TRIED], *starts[_MAX_TUNES_TRIED:][:1], len(lines)])):
        if _has_music("\n".join(lines[start:end])):
            return "\n".join([*lines[: starts[0]], *lines[start:]]) if place else text
    return text


def _has_music(text: str) -> bool:
    """Whether the reader finds music; what is plainly music is not read for that."""
    if any(looks_like_music(line) for line in LINE_END.split(text)):
        return True
    return not {"no-tune", "no-notation"} & {diagnostic.code for diagnostic in read_abc(text).diagnostics}


def _starts_tune(line: str) -> bool:
    return line.lstrip().startswith("X:")


def _bounds(lines: Sequence[str]) -> tuple[int, int]:
    """Where the first tune of some lines begins, and where the empty line stands that ends it."""
    starts = (index for index, line in enumerate(lines) if _starts_tune(line))
    start = next(starts, None)
    if start is None:
        start = next((index for index, line in enumerate(lines) if FIELD_LINE.match(line) or looks_like_music(line)), len(lines))
    music = next((index for index in range(start, len(lines)) if looks_like_music(lines[index])), len(lines))
    return start, next((index for index in range(music, len(lines)) if not lines[index].strip()), len(lines))
