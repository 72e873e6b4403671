"""Reading the column of references."""

import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.rewards.references import column_of, references_of
from transformers_abc.scoring.digest import digest

TUNE = "X:1\nM:2/4\nL:1/4\nK:G\nGA|Bc|]"


def test_texts_and_tunes_and_lists_of_them() -> None:
    laid_out = digest(TUNE)
    assert references_of(TUNE) == references_of(read_abc(TUNE)) == references_of(["", TUNE, None]) == (laid_out,)
    assert references_of((TUNE, read_abc(TUNE))) == (laid_out, laid_out)


@pytest.mark.parametrize("value", [None, "", "  ", "X:1\nK:C\n", "Flute, Bassoon", "A", "3/4", "G major", [], [None, ""], 3, {"abc": TUNE}])
def test_what_has_no_music_is_broken(value: object) -> None:
    assert references_of(value) == ()


def test_a_reference_is_read_once() -> None:
    assert references_of(TUNE)[0] is references_of("".join(TUNE))[0]


def test_the_dialect_counts() -> None:
    assert references_of("K:none\nA^2B|", "article") != references_of("K:none\nA^2B|")


def test_a_missing_column_is_named_beside_those_there_are() -> None:
    columns = {"question": [""], "abc": [TUNE], "prompts": [""], "trainer_state": None}
    with pytest.raises(ValueError, match=r"column 'answer', which the data set does not have \(its columns: abc, question\)"):
        column_of(columns, "answer", 1)
    with pytest.raises(ValueError, match=r"\(its columns: none\)"):
        column_of({"prompts": [""]}, "answer", 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([TUNE], "1 values for 2 completions"),
        ([TUNE] * 3, "3 values for 2 completions"),
        (TUNE, "but is a str"),
        (None, "but is a NoneType"),
        ({"a": TUNE, "b": TUNE}, "but is a dict"),
    ],
)
def test_a_column_has_a_value_for_each_completion(values: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"the column 'abc' .*{message}"):
        column_of({"abc": values}, "abc", 2)
