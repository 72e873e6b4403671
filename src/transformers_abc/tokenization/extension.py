r"""Teach ABC to the tokenizer of a language model: a few hundred tokens more, that apply within a tune and nowhere else.

The tokenizer keeps every id it has. New tokens join what its own tokens make of music, so they are learned for each tokenizer anew, from
the counts of pieces that the package has (see `piece_counts`). Two things keep them inside ABC: music is cut as music only within a span
(see `spans`), and a token is taken only if its text never lies in one piece of other text, where the tokenizer's own cuts divide it.
So text without a tune becomes the ids that it did before, and everything stands in ``tokenizer.json``: a saved folder works, with the same
ids, where this package is absent.

For byte-level tokenizers that cut text by regular expressions (Qwen, Llama 3, GPT-2, Mistral's Tekken, Granite). A SentencePiece tokenizer
(Gemma, Llama 2) cuts nothing, so nothing would keep the tokens inside ABC: it is refused.

One trap of transformers 5: beside a ``config.json`` of some model types, such as ``qwen2`` (not ``qwen2_audio``) and ``qwen3_5``,
``AutoTokenizer`` builds the model's own class from the vocabulary and drops the cuts, in silence: tunes then get the ids that they had
before extending, and what is saved from there (as trainers do) is so for good. `is_extended` tells; ``TokenizersBackend.from_pretrained``
loads it right.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import PreTokenizer
from transformers import TokenizersBackend
from transformers.models.auto.tokenization_auto import tokenizer_class_from_name

from transformers_abc.tokenization.byte_pairs import Join, Word, joins
from transformers_abc.tokenization.learning import in_bytes, in_text, keeps_notes_whole
from transformers_abc.tokenization.piece_counts import read_piece_counts
from transformers_abc.tokenization.spans import CertainCuts, UnknownPipelineError, is_with_spans, with_spans

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from transformers_abc.tokenization.embedding_rows import FormerRows

MOST_TOKENS = 384
RECORD = "abc_extension"  # under which tokenizer_config.json keeps what undoing takes

_PARTS_OF_OTHER_BPE = ("byte_fallback", "continuing_subword_prefix", "end_of_word_suffix")
_PART_OF_A_CHARACTER = "\ufffd"  # what decoding makes of some bytes of one: there is no text to ask about
_JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AbcExtension:
    """What extending gave.

    Attributes:
        tokenizer: the extended one; the given one is as it was. A processor takes it by ``processor.tokenizer = extension.tokenizer``.
        token_ids: of the new tokens, in the order in which they are made: some are steps on the way to longer ones, and seldom stand alone.
        trainable_token_indices: for ``peft.LoraConfig``, to train the new rows and no others; empty without a model.
        saved: the share of its tokens by which the pieces learned from became shorter, 0 to 1. Of whole texts it is some hundredths
            less, since tokens that reached from one piece into the next no longer can.
        former_rows: what the model's embeddings were where they were changed; None without a model.
    """

    tokenizer: TokenizersBackend
    token_ids: tuple[int, ...]
    trainable_token_indices: dict[str, list[int]]
    saved: float
    former_rows: FormerRows | None

    def undo(self, model: PreTrainedModel | None = None) -> TokenizersBackend:
        """The tokenizer as it was; and the model that was extended with it, in place, has the rows that it had.

        For the model as `extend_tokenizer` had it, so unload an adapter first. What was trained of other weights stays. A tokenizer that
        was saved and loaded has `restore_tokenizer`.

        Raises:
            ValueError: the tokenizer was extended without a model, or the model has fewer rows than it had.
        """
        if model is not None:
            from transformers_abc.tokenization.embedding_rows import remove_rows

            if self.former_rows is None:
                raise ValueError("the tokenizer was extended without a model, so there is none to undo")
            remove_rows(model, self.former_rows)
        return restore_tokenizer(self.tokenizer)


def extend_tokenizer(
    tokenizer: TokenizersBackend,
    model: PreTrainedModel | None = None,
    *,
    most_tokens: int = MOST_TOKENS,
    pieces: Mapping[str, int] | None = None,
) -> AbcExtension:
    """Add the ABC tokens that save most.

    Args:
        tokenizer: of a language model; byte-level, see the module.
        model: gets a row for each new token, the mean of the rows that spelled it before, in its input and its output embeddings.
        most_tokens: how many new ones at most.
        pieces: counts of pieces to learn from, as `piece_counts.counted_pieces` gives them; the package's by default.

    Raises:
        UnknownPipelineError: the tokens of this tokenizer could not be held to ABC.
        TypeError: `pieces` are not counts.
        ValueError: it is extended already, the model has fewer rows than the tokenizer has tokens, `most_tokens` is below 1, or nothing in
            `pieces` is worth a token.
    """
    _check_arguments(tokenizer, most_tokens, pieces)
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    cut = with_spans(state["pre_tokenizer"])
    if state["model"]["type"] != "BPE" or any(state["model"][part] for part in _PARTS_OF_OTHER_BPE):
        raise UnknownPipelineError("only byte-level BPE tokenizers can be extended")
    known = max(tokenizer.get_vocab().values()) + 1
    if model is not None:
        from transformers_abc.tokenization.embedding_rows import add_rows, check_rows

        check_rows(model, known)  # first, since learning takes its time
    learned, saved = _learned(tokenizer.backend_tokenizer, read_piece_counts() if pieces is None else pieces, most_tokens)
    if not learned:
        raise ValueError("nothing in these pieces is worth a token")
    record = {
        "tokenizer_class": type(tokenizer).__name__,
        "pre_tokenizer": state["pre_tokenizer"],
        "into_vocabulary": _complete_vocabulary(state),
        "first_token_id": len(state["model"]["vocab"]),
        "merges": len(learned),
    }
    vocabulary = state["model"]["vocab"]
    for join in learned:
        vocabulary.setdefault("".join(join.pair), len(vocabulary))
    state["model"]["merges"] += [list(join.pair) for join in learned]
    state["pre_tokenizer"] = cut
    extended = _reloaded(tokenizer, state, TokenizersBackend, record)
    token_ids = tuple(range(record["first_token_id"], len(vocabulary)))
    _check_ids_kept(tokenizer, extended)
    trainable: dict[str, list[int]] = {}
    former_rows = None
    if model is not None:
        texts = (extended.backend_tokenizer.decode([token_id]) for token_id in token_ids)  # not extended's own: it may tidy spaces away
        spelled = {token_id: tokenizer.encode(text, add_special_tokens=False) for token_id, text in zip(token_ids, texts, strict=True)}
        trainable, former_rows = add_rows(model, spelled, known)
    return AbcExtension(extended, token_ids, trainable, saved, former_rows)


def restore_tokenizer(tokenizer: TokenizersBackend) -> TokenizersBackend:
    """The tokenizer that was extended, as it was; `AbcExtension.undo` does the same for its model, too.

    Tokens that were added after extending are kept, with other ids.

    Raises:
        ValueError: it was not extended.
    """
    record = tokenizer.init_kwargs.get(RECORD)
    if record is None:
        raise ValueError("this tokenizer is not extended")
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    bpe = state["model"]
    gone = set(record["into_vocabulary"])
    bpe["vocab"] = {token: index for token, index in bpe["vocab"].items() if index < record["first_token_id"] and index not in gone}
    bpe["merges"] = bpe["merges"][: len(bpe["merges"]) - record["merges"]]
    state["pre_tokenizer"] = record["pre_tokenizer"]
    return _reloaded(tokenizer, state, tokenizer_class_from_name(record["tokenizer_class"]) or TokenizersBackend, None)


def is_extended(tokenizer: TokenizersBackend) -> bool:
    """Whether a tokenizer has ABC tokens and applies them."""
    return RECORD in tokenizer.init_kwargs and is_with_spans(json.loads(tokenizer.backend_tokenizer.to_str())["pre_tokenizer"])


def _check_arguments(tokenizer: TokenizersBackend, most_tokens: int, pieces: object) -> None:
    if most_tokens < 1:
        raise ValueError(f"most_tokens must be at least 1, got {most_tokens}")
    if pieces is not None and not isinstance(pieces, Mapping):
        raise TypeError(f"pieces are counts by piece, as piece_counts.counted_pieces gives them of texts, not a {type(pieces).__name__}")
    if RECORD in tokenizer.init_kwargs:
        how = "" if is_extended(tokenizer) else ", though its cuts were lost in loading: TokenizersBackend.from_pretrained keeps them"
        raise ValueError(f"this tokenizer is extended already{how}; restore_tokenizer undoes that")


# --- What is worth a token ------------------------------------------------------------------------------------------------------------


def _learned(backend: Tokenizer, pieces: Mapping[str, int], most_tokens: int) -> tuple[list[Join], float]:
    """The joins that make so many new tokens, and the share of tokens that they save."""
    words: Counter[Word] = Counter()
    for piece, count in pieces.items():
        words[tuple(token.value for token in backend.model.tokenize(in_bytes(piece)))] += count
    known = set(backend.get_vocab())
    learned: list[Join] = []
    for join in joins(words, _may_join(backend.pre_tokenizer)):
        learned.append(join)
        most_tokens -= "".join(join.pair) not in known
        if not most_tokens:
            break
    before = sum(len(word) * count for word, count in words.items())
    return learned, sum(join.saved for join in learned) / max(before, 1)


def _may_join(cut: PreTokenizer) -> Callable[[str, str], bool]:
    """Whether a token of two is wanted: none that begins amid one note and reaches into another, none that other text could have."""
    is_always_cut = CertainCuts(cut)

    def may_join(left: str, right: str) -> bool:
        text = in_text(left + right)
        return keeps_notes_whole(text, space_ends=False) and _PART_OF_A_CHARACTER not in text and is_always_cut(text)

    return may_join


# --- tokenizer.json -------------------------------------------------------------------------------------------------------------------


def _complete_vocabulary(state: _JSON) -> list[int]:
    """Give every id below the new tokens a place in the model's vocabulary, since `tokenizers` counts on from its size; those added."""
    vocabulary = state["model"]["vocab"]
    before = set(vocabulary.values())
    for token in state["added_tokens"]:
        vocabulary.setdefault(token["content"], token["id"])
    taken = set(vocabulary.values())
    vocabulary |= {f"<|unused_{index}|>": index for index in range(max(taken)) if index not in taken}
    return sorted(set(vocabulary.values()) - before)


def _reloaded(tokenizer: TokenizersBackend, state: _JSON, as_class: type[TokenizersBackend], record: _JSON | None) -> TokenizersBackend:
    """A tokenizer with another backend and all other settings, by way of a saved folder: so it is what loading such a folder gives."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokenizer.save_pretrained(folder)
        (folder / "tokenizer.json").write_text(json.dumps(state), encoding="utf-8")
        settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        settings.pop(RECORD, None)
        settings |= {"tokenizer_class": as_class.__name__} | ({RECORD: record} if record else {})
        (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
        reloaded = as_class.from_pretrained(folder)
    # What may have been set since the tokenizer was made, and what a folder says of itself.
    reloaded.padding_side, reloaded.truncation_side = tokenizer.padding_side, tokenizer.truncation_side
    reloaded.name_or_path = tokenizer.name_or_path
    if "name_or_path" in tokenizer.init_kwargs:
        reloaded.init_kwargs["name_or_path"] = tokenizer.init_kwargs["name_or_path"]
    else:
        reloaded.init_kwargs.pop("name_or_path", None)
    return reloaded


def _check_ids_kept(tokenizer: TokenizersBackend, extended: TokenizersBackend) -> None:
    if not tokenizer.get_vocab().items() <= extended.get_vocab().items():
        raise UnknownPipelineError(f"{type(tokenizer).__name__} gives other ids to its tokens when it is loaded again")
