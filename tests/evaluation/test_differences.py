"""What is coloured in a report: bars that differ, and notes as the pitch loss counts them."""

import pytest

from transformers_abc.evaluation.differences import MAX_LINES, NoteKind, coloured_notes, laid_out, line_pairs
from transformers_abc.scoring.compare import compare

HEAD = "X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n"


def test_only_the_bars_that_differ_are_marked() -> None:
    pairs = line_pairs("K:C\nCDEF | GABd | cBAG |]", "K:C\nCDEF | GABc | cBAG |]")
    assert [pair.is_same for pair in pairs] == [True, False]
    assert [[piece.text for piece in line or () if not piece.is_same] for line in (pairs[1].reference, pairs[1].prediction)] == [
        ["GABc"],
        ["GABd"],
    ]
    assert "".join(piece.text for piece in pairs[1].prediction or ()) == "CDEF | GABd | cBAG |]"


def test_lines_that_one_text_lacks_stand_alone() -> None:
    pairs = line_pairs("a\nc", "a\nb\nc")
    assert [(pair.reference is None, pair.prediction is None) for pair in pairs] == [(False, False), (False, True), (False, False)]
    assert all(pair.prediction is None for pair in line_pairs("", "a\nb"))


def test_titles_and_layout_do_not_differ() -> None:
    ours, theirs = HEAD + "CDEF|\nGABc|]", "X:9\nT:Name\nC:Someone\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\nC2D2E2F2|G2A2B2c2|]"
    assert all(pair.is_same for pair in line_pairs(laid_out(ours), laid_out(theirs)))


def test_long_texts_are_cut() -> None:
    pairs = line_pairs("x" * 10_000 + "\n" + "y\n" * 10_000, "z")
    assert len(pairs) <= MAX_LINES + 2
    assert max(len(piece.text) for pair in pairs for piece in pair.prediction or ()) < 500


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [
        (HEAD + "CDEF|", HEAD + "CDEF|"),
        (HEAD + "CDEG|A4|", HEAD + "CDEF|"),
        (HEAD + "V:1\nCDEF|\nV:2\nC,4|", HEAD + "V:1\nC,4|\nV:2\nCDEG|"),
        (HEAD + "V:1\nCDEF|", HEAD + "V:1\nC,4|\nV:2\nCDEG|"),
        ("", HEAD + "CDEF|"),
        (HEAD + "[CEG]2 [DF]2|", HEAD + "[CEGc]2 [DF]2|"),
    ],
)
def test_coloured_notes_are_those_of_the_pitch_loss(prediction: str, reference: str) -> None:
    """Edits are at least the notes that differ on either side and at most all of them: a note replaced is one edit and differs on both."""
    ours, theirs = coloured_notes(prediction, reference)
    added, missed = (sum(note.kind is not NoteKind.SAME for note in notes) for notes in (ours, theirs))
    edits = compare(prediction, reference).pitch_edits
    assert max(added, missed) <= edits <= added + missed
    assert len(ours) - added == len(theirs) - missed
    assert {note.kind for note in ours} <= {NoteKind.SAME, NoteKind.ADDED}
