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

# What belongs to a note that has begun before: its length, octave, tie, the end of a slur or chord.
_GOES_ON = re.compile(r"[0-9/,'><\-)\]}]")
# The next note or rest, and what opens it: an accidental, a chord, a slur or tuplet, grace notes, an ornament. [1 and [K: open no chord.
_BEGINS_A_NOTE = re.compile(r"[A-Ga-gxyzXZ^_={(.~H-Wh-w]|\[(?![1-9|]|[A-Za-z]:)")
_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
_SPELLED = decoders.ByteLevel()


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
    tokens = dict.fromkeys((*special_tokens, *signs_in_bytes()))
    merges = [(in_bytes(left), in_bytes(right)) for left, right in joined_signs()]
    for pair in learned:
        if len(tokens) == vocabulary_size and "".join(pair) not in tokens:
            break
        tokens["".join(pair)] = None
        merges.append(pair)
    # A piece that is a token as it stands needs no merges.
    model = models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges, ignore_merges=True)
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([abc_pieces(), _BYTES])
    tokenizer.decoder = _SPELLED
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special_tokens])
    return tokenizer


def signs_in_bytes() -> list[str]:
    """The tokens that are there before any is learned, but for special ones: bytes, then signs, in the spelling of the vocabulary.

    >>> tokens = signs_in_bytes()
    >>> len(tokens) == len(set(tokens)), tokens[256:258]
    (True, ['10', '11'])
    """
    joined = (in_bytes(left + right) for left, right in joined_signs())
    return list(dict.fromkeys((*sorted(_BYTES.alphabet()), *joined, *map(in_bytes, whole_pieces()))))


def keeps_notes_whole(text: str, *, space_ends: bool = True) -> bool:
    """Whether a token begins where a note begins, or lies within one: not if it begins amid one and reaches into the next.

    Args:
        text: of the token.
        space_ends: whether a space between notes belongs to the one before it; to the one behind it in the tokens of most language models.

    >>> [keeps_notes_whole(text) for text in ("c2 d", "2 ", "[ce][df]", "2 d", "]2 [")]
    [True, True, True, False, False]
    >>> keeps_notes_whole(" d"), keeps_notes_whole(" d", space_ends=False)
    (False, True)
    """
    goes_on = _GOES_ON.match(text) or (space_ends and text.startswith(" "))
    return not (goes_on and _BEGINS_A_NOTE.search(text))


def learn_merges(pieces: Mapping[str, int], may_be: Callable[[str], bool] = keeps_notes_whole) -> Iterator[Merge]:
    r"""The pairs of tokens that are worth joining, the most useful first, in the spelling of the vocabulary.

    Args:
        pieces: with how often each occurs; see `piece_counts`.
        may_be: whether a text may be a token.

    >>> from itertools import islice
    >>> list(islice(learn_merges({"c2 de c2 de": 9, " | ": 9}), 3))
    [('2', 'Ġ'), ('c', '2Ġ'), ('c2Ġ', 'd')]
    """
    signs = build_tokenizer([]).model
    words: Counter[Word] = Counter()
    for piece, count in pieces.items():
        words[tuple(token.value for token in signs.tokenize(in_bytes(piece)))] += count
    return (join.pair for join in joins(words, lambda left, right: may_be(in_text(left + right))))


def in_bytes(text: str) -> str:
    r"""Text as the vocabulary writes it: a character a byte (`` `` is ``Ġ``, a line break ``Ċ``)."""
    return "".join(piece for piece, _ in _BYTES.pre_tokenize_str(text))


def in_text(token: str) -> str:
    r"""The text of a token of the vocabulary; a part of a character is \ufffd.

    >>> in_text(in_bytes("é\n")) == "é\n", in_text(in_bytes("é")[0])
    (True, '\ufffd')
    """
    return _SPELLED.decode([token])
