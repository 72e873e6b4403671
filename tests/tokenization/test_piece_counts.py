"""Counts of pieces, and the file that holds them."""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tokenization.texts import any_text, composed
from transformers_abc.tokenization.piece_counts import counted_pieces, piece_counts_file, read_piece_counts
from transformers_abc.tokenization.pieces import abc_pieces


def test_counts_add_up() -> None:
    texts = composed(5)
    counts = counted_pieces(texts)
    assert sum(len(piece) * count for piece, count in counts.items()) == sum(map(len, texts))
    assert counts == counted_pieces(texts[:2]) + counted_pieces(texts[2:])
    assert sum(counts.values()) == sum(len(abc_pieces().pre_tokenize_str(text)) for text in texts)


@settings(max_examples=60)
@given(any_text)
def test_no_character_is_lost(text: str) -> None:
    assert sum(len(piece) * count for piece, count in counted_pieces([text]).items()) == len(text)


def test_nothing() -> None:
    assert counted_pieces([]) == counted_pieces([""]) == {}


@settings(max_examples=60)
@given(st.dictionaries(st.text(min_size=1), st.integers(1, 10**6), max_size=8))
def test_a_file_gives_the_counts_back(counts: dict[str, int]) -> None:
    """Pieces may hold tabs, line breaks and what else ends a line for Python; order and time leave no trace."""
    content = piece_counts_file(counts)
    assert content == piece_counts_file(dict(reversed(counts.items())))
    with TemporaryDirectory() as folder:  # tmp_path would be one for all examples
        path = Path(folder) / "pieces.tsv.gz"
        path.write_bytes(content)
        assert read_piece_counts(path) == counts


def test_the_file_is_read_by_eye() -> None:
    content = piece_counts_file({"c2 d2 ": 1, "\nK:G": 3, " | ": 3})
    assert gzip.decompress(content).decode() == '3\t"\\nK:G"\n3\t" | "\n1\t"c2 d2 "\n'


def test_the_packaged_counts_are_of_pieces() -> None:
    counts = read_piece_counts()
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert min(counts.values()) > 0
    cut = abc_pieces().pre_tokenize_str
    frequent = [piece for piece, count in counts.items() if count > 20]
    assert len(frequent) > 100
    # a piece that begins with a line break may be cut otherwise at the start of a text, so it gets a line before it
    assert all(cut(f"%\n%{piece}")[-1][0] == piece for piece in frequent if piece.startswith("\n"))
    assert all(len(cut(piece)) == 1 for piece in frequent if not piece.startswith("\n"))
