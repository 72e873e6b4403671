"""Where text is cut: a table, and that nothing is lost whatever the text."""

import re

import pytest
from hypothesis import given, settings

from tokenization.signs import joins_bars
from tokenization.texts import LINE_BREAKS, any_text, composed
from transformers_abc.tokenization.pieces import abc_pieces


def pieces(text: str) -> list[str]:
    return [piece for piece, _ in abc_pieces().pre_tokenize_str(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("X:1\nK:C", ["X:1", "\nK:C"]),
        ("c d | e", ["c d", " | ", "e"]),
        ("c d|e", ["c d", "|", "e"]),
        ("c |]\n", ["c", " |]\n"]),
        ("c |\nd", ["c", " |\n", "d"]),
        ("c |\n[V:2] d", ["c", " |\n[V:2] ", "d"]),
        ("c |\nV:2\nd", ["c", " |", "\nV:2", "\n", "d"]),  # the break belongs to the field
        ("c |\n%%MIDI program 1\nd", ["c", " |", "\n%%MIDI program 1", "\n", "d"]),
        ("|: c :|2 d", ["|: ", "c", " :|2 ", "d"]),
        ("c :: d", ["c", " :: ", "d"]),
        ("c [1 d :|[2 e", ["c", " [1 ", "d", " :|[2 ", "e"]),
        ("c [1,3-4 d", ["c", " [1,3-4 ", "d"]),
        ("c .| d", ["c", " .| ", "d"]),
        ("[CEG]2 (c d)", ["[CEG]2 (c d)"]),  # a chord and a slur are music
        ("(3:2:3cde f", ["(3:2:3cde f"]),
        ("c [K:G] d", ["c", " ", "[K:G] ", "d"]),
        ('"Am"c !trill!d', ['"Am"', "c ", "!trill!", "d"]),
        ('V:1 clef=bass name="Cello"\n', ["V:1 clef=bass name=", '"Cello"', "\n"]),
        ('c"', ["c", '"']),
        ("c! d", ["c", "!", " d"]),
        ("c % rest | d\ne", ["c ", "% rest | d", "\n", "e"]),
        ("é🎵 c", ["é🎵 c"]),
        ("c   :x", ["c", "   ", ":", "x"]),  # spaces that lead to no music
        ("X:1\r\nK:C\r\nc |]\r\n", ["X:1", "\r", "\nK:C", "\r\n", "c", " |]\r\n"]),
        ("c |\r\n[V:2] d |\r\nV:3\r\ne", ["c", " |\r\n[V:2] ", "d", " |", "\r", "\nV:3", "\r\n", "e"]),
        ("c\r\n% rest\r\n\r\nd", ["c", "\r", "\n% rest", "\r\n", "\r\n", "d"]),
        ("w:a\rb\r\r\n", ["w:a\rb\r", "\r\n"]),  # alone it is no line break
    ],
)
def test_table(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize("line_break", LINE_BREAKS, ids=repr)
def test_pieces_are_the_text_with_any_line_break(line_break: str) -> None:
    text = line_break.join(("X:1", "K:G", "c |", "d", '"a', "% b", "[V:1] c", ""))
    assert "".join(pieces(text)) == text


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_no_piece_holds_music_on_both_sides_of_a_bar_line(text: str) -> None:
    assert not [piece for piece in pieces(text) if joins_bars(piece)]


def test_pieces_of_tunes_do_not_depend_on_what_stands_before() -> None:
    """So a tune that is read on from any bar line has the tokens it had, but for the header's first line, which follows no break."""
    for text in composed(10):
        cuts = [match.end() for match in re.finditer(r" \| ", text)]
        for cut in cuts[:: max(len(cuts) // 5, 1)]:
            assert pieces(text[:cut]) + pieces(text[cut:]) == pieces(text)
