r"""How often each piece of ABC text occurs: what a vocabulary is learned from.

The package has such counts, of OpenScore's string quartets (CC0) and composed tunes, so that another tokenizer can be extended without a
corpus at hand. The file has a line for each piece, the most frequent first: its count, a tab, the piece as JSON writes a string.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from transformers_abc.tokenization.pieces import abc_pieces

PIECES_FILE = "pieces.tsv.gz"
PACKAGED = Path(__file__).with_name("abc_tokenizer") / PIECES_FILE


def counted_pieces(texts: Iterable[str]) -> Counter[str]:
    r"""Count the pieces of texts.

    >>> counted_pieces(["X:1\nK:C\nCDE|CDE|", "X:1\nK:G\nGAB|"]).most_common(2)
    [('|', 3), ('X:1', 2)]
    """
    cut = abc_pieces().pre_tokenize_str
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(piece for piece, _ in cut(text))
    return counts


def piece_counts_file(counts: Mapping[str, int]) -> bytes:
    """The content of a file; the same for the same counts."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return gzip.compress("".join(f"{count}\t{json.dumps(piece)}\n" for piece, count in ordered).encode(), mtime=0)


def read_piece_counts(path: Path = PACKAGED) -> dict[str, int]:
    """The counts of a file that `piece_counts_file` made; by default the package's.

    >>> counts = read_piece_counts()
    >>> counts[" | "] > counts['"Oboe"']
    True
    """
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return {json.loads(piece): int(count) for count, piece in (line.split("\t", 1) for line in lines)}
