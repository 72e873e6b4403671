"""The reward for well-formed ABC."""

import pytest

from transformers_abc.rewards import FormatReward

TUNE = "X:1\nM:2/4\nL:1/4\nK:G\nGA|Bc|de|d2|]"
TWO_VOICES = "X:1\nM:2/4\nL:1/4\nK:G\nV:1\nV:2\n[V:1] GA|Bc|]\n[V:2] G2|G2|]\n"


@pytest.mark.parametrize(
    ("completion", "header", "errors", "bars", "end", "alone"),
    [
        (TUNE, 1, 1, 1, 1, 1),
        (TUNE.replace("X:1\n", ""), 2 / 3, 1, 1, 1, 1),
        (TUNE.replace("K:G\n", ""), 2 / 3, 1, 1, 1, 1),
        (TUNE.replace("L:1/4\n", "").replace("2/4", "2/16"), 1, 1, 1, 1, 1),  # the length of a note has a default
        (TUNE.replace("M:2/4\n", "").replace("L:1/4", "L:1/2"), 2 / 3, 1, 1, 1, 1),  # the bars are measured as 4/4
        (TUNE.replace("GA|", "GA#|"), 1, 3 / 4, 1, 1, 1),
        (TUNE.replace("GA|", "GA????|").replace("|", "$|#"), 1, 0, 1, 0, 1),  # more errors than bars
        (TUNE.replace("Bc", "Bcd"), 1, 1, 3 / 4, 1, 1),
        (TUNE.removesuffix("|]"), 1, 1, 1, 0, 1),
        (TUNE + " % the end\n", 1, 1, 1, 1, 1),
        (TUNE + "\nw:la la\n", 1, 1, 1, 1, 1),
        (TUNE.replace("|]", ":|"), 1, 1, 1, 1, 1),
        (TWO_VOICES, 1, 1, 1, 1, 1),
        (TWO_VOICES.removesuffix("|]\n"), 1, 1, 1, 0, 1),  # cut off
        (f"```abc\n{TUNE}\n```", 1, 1, 1, 1, 1),
        (f"<think>In G?</think>{TUNE}", 1, 1, 1, 1, 1),
        (f"Here you are:\n{TUNE}", 1, 1, 1, 1, 0),
        (f"{TUNE}\n\nEnjoy!", 1, 1, 1, 1, 0),
        (f"{TUNE}\n\n{TUNE}", 1, 1, 1, 1, 0),
    ],
)
def test_grades(completion: str, header: float, errors: float, bars: float, end: float, alone: float) -> None:
    assert FormatReward()(completions=[completion]) == [pytest.approx((header + errors + bars + end + alone) / 5)]


@pytest.mark.parametrize("completion", ["", "X:1\nM:2/4\nK:G\n", "none", "Flute, Bassoon", None])
def test_without_music_there_is_nothing_to_grade(completion: object) -> None:
    assert FormatReward()(completions=[completion]) == [0.0]


def test_no_column_is_needed() -> None:
    assert FormatReward()(prompts=["?"], completions=[TUNE], completion_ids=[[1]], trainer_state=None) == [1.0]


def test_the_dialect() -> None:
    article = TUNE.replace("GA|", "GA#|")
    assert FormatReward(dialect="article")(completions=[article]) == [1.0]
    with pytest.raises(ValueError, match="the dialect is one of standard, article"):
        FormatReward(dialect="mine")
