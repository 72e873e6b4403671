"""What a reply says in the end, with numbers as digits, and without what it denies."""

import pytest

from transformers_abc.data.question_parts.reply_text import affirmed, conclusion

NUMBERS = [("zero", 0), ("seven", 7), ("twelve", 12), ("twenty", 20), ("ninety-nine", 99), ("forty two", 42), ("a hundred", 100)]
NUMBERS += [("one hundred and sixteen", 116), ("two hundred five", 205), ("One Hundred Thirty-Two", 132)]


@pytest.mark.parametrize(("words", "number"), NUMBERS)
def test_numbers_in_words(words: str, number: int) -> None:
    assert conclusion(f"about {words} or so") == f"about {number} or so"


def test_numbers_that_stand_beside_each_other_are_not_added() -> None:
    assert conclusion("six eight, twelve eight, three four") == "6 8, 12 8, 3 4"
    assert conclusion("a tone, someone, tender") == "a tone, someone, tender"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("<think>2/4, no</think> 3/4", "3/4"),
        ("Answer: 2/4? No. The answer is 3/4", "3/4"),
        ("<answer>3/4</answer>", "3/4"),
        ("¾ or F♯4 – *bold*", "3/4 or F#4 - bold"),
        ("The answer: ", "The"),  # nothing follows, so what stands before it counts
    ],
)
def test_conclusions(reply: str, said: str) -> None:
    assert conclusion(reply) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Not 3/4, but 4/4", "4/4"),
        ("It isn't 3/4; 4/4!", "4/4"),
        ("4/4 rather than 3/4", "4/4"),
        ("a viola instead of a cello, without a flute", "a viola"),
        ("115.5 bpm. Nothing", "115.5 bpm; Nothing"),
    ],
)
def test_denials(text: str, said: str) -> None:
    assert affirmed(text) == said
