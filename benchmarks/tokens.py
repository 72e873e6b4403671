"""How many tokens music takes, by the tokenizers of language models and by ours, and how fast they come.

    python benchmarks/tokens.py --scores openscore_quartets/ --out docs/results/tokens.json

Texts are those of `token_corpora`: 1,000 single-voice tunes in three forms, 200 four-voice excerpts as the dataset writes them.
GPT-2, Llama 3 and Qwen2 are the real ones (`oracles.vocabularies`; npm and pip fetch them once). No special tokens are counted.

- Tokens a note and a bar are sums over sums: all tokens of a set by all its notes. Intervals are by bootstrap over tunes, or over the works
  that excerpts are of: ten, so these are rough.
- *Music* is a text without its head (`token_corpora.head_of`). A tokenizer may treat music by what stands before it, so whole texts are
  encoded; the ids that the head alone begins with, too, are taken away. ``heads_cut`` counts texts whose head and music share a token.
- A text is *exact* if decoding its ids gives it back, character by character. Of those that are not, the first three are named.
- Speed is in MB (10^6 bytes of UTF-8) a second of processor time on one core, best of three, through transformers' call: each text by
  itself, and all in one call.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from token_figures import ALL, FORMS, table

from transformers_abc.scoring.corpus import bootstrap_interval

if TYPE_CHECKING:
    from token_corpora import MeasuredText
    from transformers import PreTrainedTokenizerBase

ROUNDS = 3
QWEN2 = "Qwen2"

Encode = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Encoder:
    """What turns text into ids and back.

    Attributes:
        encode, decode: of one text.
        encode_all: of many in one call; None for characters and bytes, whose speed means nothing.
        vocabulary: how many ids there are; None where that is not fixed.
    """

    encode: Encode
    decode: Callable[[list[int]], str]
    encode_all: Callable[[list[str]], object] | None = None
    vocabulary: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """What a text takes: ids in all and of its music, whether it comes back, and whether its head shares a token with the music."""

    tokens: int
    music_tokens: int
    is_exact: bool
    is_head_cut: bool


def main() -> None:
    """Measure and write one JSON file."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # both are read when tokenizers first encodes
    os.environ["RAYON_NUM_THREADS"] = "1"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scores", type=Path, required=True, help="folder of MusicXML string quartets")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="where excerpts are kept")
    options = parser.parse_args()
    from token_corpora import folk_texts, quartet_texts  # here, since figures.py wants the tables alone

    from oracles.places import oracles_folder
    from oracles.vocabularies import VocabularyError

    try:
        texts = [*folk_texts(), *quartet_texts(options.scores, options.cache)]
        encoders = dict(available_encoders(oracles_folder() / "vocabularies"))
    except (FileNotFoundError, VocabularyError) as error:
        parser.error(str(error))
    results = measured(texts, encoders)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))


def available_encoders(vocabularies: Path) -> Iterator[tuple[str, Encoder]]:
    """Every tokenizer by its name."""
    from transformers import TokenizersBackend

    from oracles.vocabularies import gpt2_tokenizer, llama3_tokenizer, qwen2_tokenizer
    from transformers_abc.tokenization import abc_tokenizer, extend_tokenizer
    from transformers_abc.tokenization.tokenization_abc import SIGNS

    yield "characters", Encoder(lambda text: [ord(character) for character in text], lambda ids: "".join(map(chr, ids)))
    yield "UTF-8 bytes", Encoder(lambda text: list(text.encode()), lambda ids: bytes(ids).decode())
    yield "GPT-2", of_transformers(TokenizersBackend(tokenizer_object=gpt2_tokenizer(vocabularies)))
    yield "Llama 3", of_transformers(TokenizersBackend(tokenizer_object=llama3_tokenizer(vocabularies)))
    yield QWEN2, of_transformers(qwen2_tokenizer(vocabularies))
    yield "Qwen2 extended", of_transformers(extend_tokenizer(qwen2_tokenizer(vocabularies)).tokenizer)
    yield "AbcTokenizer without BPE", of_transformers(abc_tokenizer(SIGNS))
    yield "AbcTokenizer, half", of_transformers(abc_tokenizer(len(abc_tokenizer()) // 2))
    yield "AbcTokenizer", of_transformers(abc_tokenizer())


def of_transformers(tokenizer: PreTrainedTokenizerBase) -> Encoder:
    """Any tokenizer of transformers, without the special tokens that it puts around a text."""
    return Encoder(
        lambda text: tokenizer(text, add_special_tokens=False)["input_ids"],
        lambda ids: tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False),
        lambda texts: tokenizer(texts, add_special_tokens=False),
        len(tokenizer),
    )


def measured(texts: Sequence[MeasuredText], encoders: dict[str, Encoder]) -> dict[str, Any]:
    """All figures of some texts."""
    counts = {name: counted(name, encoder, texts) for name, encoder in encoders.items()}
    return {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "vocabulary": {name: encoder.vocabulary for name, encoder in encoders.items()},
        "sets": {form: described([text for text in texts if text.form == form]) for form in FORMS},
        "tokens": {form: figures_of_form(form, texts, counts) for form in FORMS},
        "mb_per_s": {name: speeds(encoder, [text.text for text in texts]) for name, encoder in encoders.items() if encoder.encode_all},
    }


def counted(name: str, encoder: Encoder, texts: Sequence[MeasuredText]) -> list[Count]:
    """The counts of each text; the first few that do not come back are named."""
    counts = [count(text.head, text.text, encoder) for text in texts]
    lost = [f"{text.name} ({text.form})" for text, found in zip(texts, counts, strict=True) if not found.is_exact]
    if lost:
        print(f"{name}: {len(lost)} texts do not come back as they were, such as {', '.join(lost[:3])}", file=sys.stderr)
    return counts


def count(head: str, text: str, encoder: Encoder) -> Count:
    r"""The counts of one text.

    >>> in_pairs = Encoder(lambda text: [ord(text[place]) for place in range(0, len(text), 2)], lambda ids: "".join(map(chr, ids)))
    >>> count("K:C\n", "K:C\nDEFG|\n", in_pairs)
    Count(tokens=5, music_tokens=3, is_exact=False, is_head_cut=False)
    """
    ids, head_ids = encoder.encode(text), encoder.encode(head)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(head_ids, ids, strict=False)))
    return Count(len(ids), len(ids) - shared, encoder.decode(ids) == text, shared < len(head_ids))


def described(texts: Sequence[MeasuredText]) -> dict[str, Any]:
    """What a set is, so that figures of another day can be told to be of the same."""
    return {
        "texts": len(texts),
        "units": len({text.unit for text in texts}),
        "notes": sum(text.notes for text in texts),
        "bars": sum(text.bars for text in texts),
        "bytes": sum(len(text.text.encode()) for text in texts),
        "sha256": sha256(json.dumps([text.text for text in texts]).encode()).hexdigest()[:16],
    }


def figures_of_form(form: str, texts: Sequence[MeasuredText], counts: dict[str, list[Count]]) -> dict[str, dict[str, Any]]:
    """Figures by collection and tokenizer; all collections first, and alone where there is one."""
    chosen = [place for place, text in enumerate(texts) if text.form == form]
    collections = sorted({texts[place].collection for place in chosen})
    groups = {ALL: chosen}
    if len(collections) > 1:
        groups |= {collection: [place for place in chosen if texts[place].collection == collection] for collection in collections}
    return {label: figures_of_group([texts[place] for place in places], _at(counts, places)) for label, places in groups.items()}


def figures_of_group(texts: Sequence[MeasuredText], counts: dict[str, list[Count]]) -> dict[str, Any]:
    """Figures of some texts by every tokenizer."""
    notes, bars, units = [text.notes for text in texts], [text.bars for text in texts], [text.unit for text in texts]
    plain = [found.tokens for found in counts[QWEN2]] if QWEN2 in counts else None
    figures: dict[str, Any] = {}
    for name, found in counts.items():
        exact, heads_cut = sum(each.is_exact for each in found), sum(each.is_head_cut for each in found)
        figures[name] = {"texts": len(texts), "exact": exact, "heads_cut": heads_cut}
        for part, tokens in (("whole", [each.tokens for each in found]), ("music", [each.music_tokens for each in found])):
            figures[name][part] = {"tokens_per_note": ratio(tokens, notes, units), "tokens_per_bar": ratio(tokens, bars, units)}
        if plain:
            figures[name]["share_of_qwen2"] = ratio([each.tokens for each in found], plain, units)
    return figures


def ratio(numerators: Sequence[int], denominators: Sequence[int], units: Sequence[str]) -> dict[str, Any]:
    """A sum by a sum, with its 95 % interval when whole units are drawn.

    Every note (bar, token) of a text gets the text's own ratio, so that the mean over a resample is the ratio of its sums.

    >>> ratio([6, 2], [2, 2], ["a tune", "another"])
    {'value': 2.0, 'interval_95': [1.0, 3.0]}
    """
    weights = np.asarray(denominators)
    values = np.repeat(np.asarray(numerators) / weights, weights)
    interval = bootstrap_interval(values, np.repeat(np.asarray(units), weights).tolist())
    return {"value": round(sum(numerators) / sum(denominators), 4), "interval_95": [round(bound, 4) for bound in interval]}


def speeds(encoder: Encoder, texts: list[str]) -> dict[str, float]:
    """Megabytes a second of processor time."""
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    one_by_one = best_s(lambda: [encoder.encode(text) for text in texts])
    together = best_s(lambda: encoder.encode_all(texts)) if encoder.encode_all else one_by_one
    return {"one at a time": round(megabytes / one_by_one, 2), "batch": round(megabytes / together, 2)}


def best_s(call: Callable[[], object]) -> float:
    """Seconds of processor time, the least of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return min(seconds)


def _at(counts: dict[str, list[Count]], places: Sequence[int]) -> dict[str, list[Count]]:
    return {name: [found[place] for place in places] for name, found in counts.items()}


if __name__ == "__main__":
    main()
