r"""Byte-pair encoding over the signs of ABC: which runs of signs become one token.

The merges that build the signs come first in the finished tokenizer, so all signs are whole before the first learned merge applies, and a
learned token is a run of whole signs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from transformers_abc.tokenization.alphabet import Merge, joined_signs, whole_pieces
from transformers_abc.tokenization.byte_pairs import Word, joins
from transformers_abc.tokenization.pieces import abc_pieces

# What ends a note that has begun before: its length, octave, tie, the end of a slur or chord, the space behind it.
_GOES_ON = re.compile(r"[0-9/,'><\-)\]}Ġ]")
_BEGINS_A_NOTE = re.compile(r"[A-Ga-gzxZ]")
_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def build_tokenizer(special_tokens: Sequence[str], learned: Iterable[Merge] = (), vocabulary_size: int | None = None) -> Tokenizer:
    r"""The tokenizer of ABC: special tokens, bytes, signs, then what was learned, with ids in this order.

    Args:
        special_tokens: text that stands for itself anywhere.
        learned: pairs of tokens to join, the most useful first, as `learn_merges` gives them.
        vocabulary_size: how many tokens there are at most; learned merges beyond are left out.

    >>> tokenizer = build_tokenizer(["<|end|>"], [("^c'", "3/2")])
    >>> tokenizer.encode("^c'3/2 d|<|end|>").tokens
    ["^c'3/2", 'Ġ', 'd', '|', '<|end|>']
    >>> tokenizer.decode(tokenizer.encode("Ünïcode?").ids)
    'Ünïcode?'
    """
    signs = [(in_bytes(left), in_bytes(right)) for left, right in joined_signs()]
    tokens = dict.fromkeys((*special_tokens, *sorted(_BYTES.alphabet()), *map("".join, signs), *map(in_bytes, whole_pieces())))
    merges = list(signs)
    for pair in learned:
        if len(tokens) == vocabulary_size and "".join(pair) not in tokens:
            break
        tokens["".join(pair)] = None
        merges.append(pair)
    # A piece that is a token as it stands needs no merges.
    model = models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges, ignore_merges=True)
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([abc_pieces(), _BYTES])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special_tokens])
    return tokenizer


def keeps_notes_whole(left: str, right: str) -> bool:
    """Whether a token of both would begin where a note begins, or lie within one: of ``c2 d`` not ``2 d``.

    >>> keeps_notes_whole("c2Ġ", "d"), keeps_notes_whole("2", "Ġ"), keeps_notes_whole("2Ġ", "d")
    (True, True, False)
    """
    return not (_GOES_ON.match(left) and _BEGINS_A_NOTE.search(right))


def learn_merges(pieces: Mapping[str, int], may_join: Callable[[str, str], bool] = keeps_notes_whole) -> Iterator[Merge]:
    r"""The pairs of tokens that are worth joining, the most useful first, in the spelling of the vocabulary.

    Args:
        pieces: with how often each occurs; see `piece_counts`.
        may_join: whether two tokens may become one.

    >>> from itertools import islice
    >>> list(islice(learn_merges({"c2 de c2 de": 9, " | ": 9}), 3))
    [('2', 'Ġ'), ('c', '2Ġ'), ('c2Ġ', 'd')]
    """
    signs = build_tokenizer([]).model
    words: Counter[Word] = Counter()
    for piece, count in pieces.items():
        words[tuple(token.value for token in signs.tokenize(in_bytes(piece)))] += count
    return (join.pair for join in joins(words, may_join))


def in_bytes(text: str) -> str:
    r"""Text as the vocabulary writes it: a character a byte (`` `` is ``Ġ``, a line break ``Ċ``)."""
    return "".join(piece for piece, _ in _BYTES.pre_tokenize_str(text))
