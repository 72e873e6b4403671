"""Learning a vocabulary: what is learned is what the finished tokenizer does, and holds whole signs only."""

from itertools import islice, pairwise

import pytest
from hypothesis import given, settings

from tokenization.signs import BEGINS_AMID_A_NOTE, divided, joins_bars
from tokenization.texts import any_text, composed
from transformers_abc.tokenization.learning import build_tokenizer, in_bytes, in_text, keeps_notes_whole, learn_merges
from transformers_abc.tokenization.piece_counts import counted_pieces

SPECIAL = ["<|pad|>", "<|end|>"]
CORPUS = composed(30)
SIGNS = build_tokenizer(SPECIAL).get_vocab_size()
MERGES = list(islice(learn_merges(counted_pieces(CORPUS)), 200))
LEARNED = build_tokenizer(SPECIAL, MERGES)


def count(tokens: int) -> int:
    """How many tokens the corpus takes with so many merges."""
    return sum(len(encoding.ids) for encoding in build_tokenizer(SPECIAL, MERGES[:tokens]).encode_batch(CORPUS))


def test_ids_stand_in_order() -> None:
    ids = LEARNED.get_vocab()
    assert [ids[token] for token in SPECIAL] == [0, 1]
    signs = build_tokenizer(SPECIAL).get_vocab()
    assert {token: index for token, index in ids.items() if index < SIGNS} == signs
    assert [ids[token] for token in dict.fromkeys(map("".join, MERGES)) if token not in signs] == list(range(SIGNS, len(ids)))


def test_each_merge_shortens_the_corpus() -> None:
    lengths = [count(tokens) for tokens in (0, 1, 2, 5, 20, 100, 200)]
    assert all(fewer < more for more, fewer in pairwise(lengths)), lengths
    assert lengths[-1] < 0.75 * lengths[0]


def test_a_merge_saves_what_it_was_chosen_for() -> None:
    """The first merge joins the pair of signs that is most frequent, pieces that are whole tokens apart."""
    pairs: dict[tuple[str, str], int] = {}
    signs = build_tokenizer([])
    for text in CORPUS:
        encoding = signs.encode(text)
        in_order = list(zip(encoding.word_ids, encoding.tokens, strict=True))
        for (word, left), (next_word, right) in pairwise(in_order):
            if word == next_word and left != right and keeps_notes_whole(in_text(left + right)):
                pairs[left, right] = pairs.get((left, right), 0) + 1
    assert MERGES[0] == min(pairs, key=lambda pair: (-pairs[pair], pair))


@pytest.mark.parametrize("room", [0, 1, 17, 100])
def test_vocabulary_size(room: int) -> None:
    assert build_tokenizer(SPECIAL, MERGES, SIGNS + room).get_vocab_size() == SIGNS + room


def test_the_same_texts_give_the_same_file() -> None:
    again = build_tokenizer(SPECIAL, islice(learn_merges(counted_pieces(CORPUS[::-1])), 200))
    assert again.to_str() == LEARNED.to_str()


def test_learned_tokens_hold_whole_signs_and_no_two_bars() -> None:
    for text in CORPUS + composed(60)[30:]:
        assert not divided(text, LEARNED.encode(text).offsets)
    assert not [token for token in LEARNED.get_vocab() if joins_bars(token.replace("Ġ", " ").replace("Ċ", "\n"))]


def test_learned_tokens_begin_where_notes_begin() -> None:
    for token in map(in_text, map("".join, MERGES)):
        assert not BEGINS_AMID_A_NOTE.match(token), token


@pytest.mark.parametrize("text", ["cd", "c2 ", "c2 d2", "3/2 ", "^c'2", "[C", "(c", "{g}c", "c(3", " [1", "c]2 [", "|[1", ")"])
def test_tokens_that_keep_notes_whole(text: str) -> None:
    assert keeps_notes_whole(text)
    assert keeps_notes_whole(text, space_ends=False)


@pytest.mark.parametrize(
    "text",
    [
        *("2d", "/d", "][C", "-c", ") z", "'^c", "2_B", "2=c", "/2Z", ">x2", ",B,"),
        *("][", ")(", ") (", "] [", "2 [", "-]2 [", "]/2[", ") (3:2:3", "}{", "2."),
    ],
)
def test_tokens_that_divide_notes(text: str) -> None:
    assert not keeps_notes_whole(text)
    assert not keeps_notes_whole(text, space_ends=False)


def test_whose_the_space_is() -> None:
    for text in (" d", " [", " (3", " ^f"):
        assert not keeps_notes_whole(text)
        assert keeps_notes_whole(text, space_ends=False)


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_any_text_is_decoded_as_it_was(text: str) -> None:
    assert LEARNED.decode(LEARNED.encode(text).ids, skip_special_tokens=False) == text


@settings(max_examples=50, deadline=None)
@given(any_text)
def test_bytes_as_characters(text: str) -> None:
    assert len(in_bytes(text)) == len(text.encode())
    assert build_tokenizer([]).decoder.decode([in_bytes(text)]) == text
