r"""What a small language model learns of ABC in the same time, by the vocabulary that it writes with.

    python benchmarks/token_learning.py --texts texts.jsonl --out docs/results/token_learning.json

`texts.jsonl`, which `token_texts.py` writes, has a text a line, ``{"text": "X:1\n…", "split": "train"}``. Models learn ``train``;
vocabularies are learned from ``train`` and ``vocabulary``; ``validation`` is of other works. A vocabulary is named by its kind and size:

    signs         signs and bytes alone, nothing learned
    shipped 4096  the first tokens of the vocabulary that the package has
    whole 4096    byte pairs over signs, learned as the shipped ones, but from the texts of this experiment
    free 4096     the same without that rule; pieces are kept
    gpt2 4096     byte-pair encoding as GPT-2 has it, without signs or pieces of ours: what one would do otherwise

Every model has the same layers and gets the same *processor time* on one core, so a vocabulary that makes sequences shorter sees more
music, and one with more tokens pays for its output layer. A batch has the same characters, not tokens, and the batches of a seed are the
same texts in the same order. The learning rate is chosen for each vocabulary by short runs, on development texts that nothing else is
reported on.

- *Bits a note*: -log2 p of whole texts with their ends, by their sounding notes. The texts are the same for all, so figures compare
  exactly. A text counts with its canonical tokens alone; what a model keeps for other spellings of it is lost, so for a learned vocabulary
  this is an upper bound.
- *Samples* are drawn at temperature 1 without a cut. One may have the tokens of the longest training text. *Reads*: it ended, and reading
  it gives no error. *Sums*: moreover no bar is too long or too short.
- *Recoded*: encoding the decoded text gives other tokens than were sampled, as happens wherever a text is encoded anew for a reward.

Time is counted by what steps cost, which is measured before training for all vocabularies in turn, on the same texts, best of some rounds.
So a busy machine makes a run longer but changes no figure, while processor time as spent would (it stands beside as ``spent_s``).

Intervals are by bootstrap over texts; they say nothing about chance in training, which the seeds show. What is finished stands in the JSON
file and is not run again.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import numpy as np
from tokens import ratio

from transformers_abc.outputs import write_whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.optim import AdamW
    from transformers import LlamaForCausalLM

BASELINE = "signs"
VOCABULARIES = (BASELINE, "shipped 2048", "shipped 4096", "gpt2 4096")
LEARNED_AT_MOST = 7_000  # merges; enough for 8,192 tokens
LAYERS, HEADS, WIDTH, FEED_FORWARD = 4, 4, 160, 432
CONTEXT = 4_096  # tokens; more than any text has
BATCH_CHARACTERS, POOL = 2_000, 128  # texts of a pool are put together by length, so that little is padding
WARM_UP, LAST_RATE = 0.05, 0.05  # shares of the time and of the learning rate
WEIGHT_DECAY, BETAS, CLIP = 0.1, (0.9, 0.95), 1.0
DEVELOPMENT, VALIDATION, DRAW_SEED = 80, 300, 6  # texts
CURVE_POINTS = 10
SAMPLED_AT_A_TIME = 20
COST_BATCHES, COST_ROUNDS = 12, 3
BAR_CODES = ("bar-too-long", "bar-too-short")
COUNTS = {"reads": "samples read without error", "recoded": "recoded"}  # of samples, in the table
Z = 1.96  # standard deviations of a 95 % interval


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the figures beside the constants above.

    Attributes:
        seconds, pilot_seconds: of processor time for a model, and for a run that tries a learning rate.
        learning_rates: from which each vocabulary's is chosen; one is taken without trying.
        samples: texts sampled of each model.
    """

    seconds: float
    pilot_seconds: float
    learning_rates: tuple[float, ...]
    samples: int


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by what they are for (see the module)."""

    train: tuple[str, ...]
    vocabulary: tuple[str, ...]
    development: tuple[str, ...]
    validation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One model to train: to choose a learning rate by (no seed), or to measure; `cost` is in seconds a character."""

    name: str
    tokenizer: Tokenizer
    cost: float
    learning_rate: float
    seed: int | None


def main() -> None:
    """Train what is not in the file yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=Path, required=True, help="JSON lines of texts and their splits")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write, or to go on with")
    parser.add_argument("--vocabularies", nargs="+", default=VOCABULARIES, metavar="NAME", help="(default: %(default)s)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N", help="one model each (default: 0)")
    parser.add_argument("--seconds", type=float, default=300, help="processor time for a model (default: %(default)s)")
    parser.add_argument("--pilot-seconds", type=float, default=40, help="for trying a learning rate (default: %(default)s)")
    parser.add_argument("--learning-rates", nargs="+", type=float, default=[1e-3, 2e-3, 4e-3], help="(default: %(default)s)")
    parser.add_argument("--samples", type=int, default=200, help="texts to sample of each model (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=1, help="models at a time, one core each (default: %(default)s)")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="where learned merges are kept")
    options = parser.parse_args()
    settings = Settings(options.seconds, options.pilot_seconds, tuple(options.learning_rates), options.samples)
    try:
        texts = read_texts(options.texts)
        results = opened(options.out, settings, texts)
        tokenizers = {name: tokenizer_named(name, texts, options.cache) for name in options.vocabularies}
    except (OSError, ValueError) as error:
        parser.error(str(error))
    for name, tokenizer in tokenizers.items():
        results["vocabularies"].setdefault(name, described(tokenizer, texts.validation))
    for name, cost in costs({name: tokenizers[name] for name in tokenizers if "cost" not in results["vocabularies"][name]}, texts).items():
        results["vocabularies"][name]["cost"] = cost
    save(options.out, results)
    texts = replace(texts, vocabulary=())  # they have served, and every process gets the texts
    for jobs in (pilot_jobs, measuring_jobs):
        for job, figures in run_all(jobs(tokenizers, results, settings, options.seeds), texts, settings, options.processes):
            place = results["vocabularies"][job.name]["pilot" if job.seed is None else "runs"]
            place[f"{job.learning_rate:g}" if job.seed is None else str(job.seed)] = figures
            save(options.out, results)
    print(table(results))


def read_texts(path: Path) -> Texts:
    """Texts of a file; development and validation texts are drawn from one split.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: too few texts of a split.
    """
    splits: dict[str, list[str]] = {"train": [], "vocabulary": [], "validation": []}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            splits[entry["split"]].append(entry["text"])
    if len(splits["validation"]) < DEVELOPMENT + VALIDATION or not splits["train"]:
        raise ValueError(f"{path}: there must be texts of split train, and {DEVELOPMENT + VALIDATION} of split validation")
    order = np.random.default_rng(DRAW_SEED).permutation(len(splits["validation"]))
    held_out = [splits["validation"][place] for place in order[: DEVELOPMENT + VALIDATION]]
    return Texts(tuple(splits["train"]), tuple(splits["vocabulary"]), tuple(held_out[:DEVELOPMENT]), tuple(held_out[DEVELOPMENT:]))


def opened(path: Path, settings: Settings, texts: Texts) -> dict[str, Any]:
    """The results so far, or none yet.

    Raises:
        ValueError: they are of other settings or texts.
    """
    fixed = {
        "settings": {"seconds": settings.seconds, "pilot_seconds": settings.pilot_seconds, "samples": settings.samples},
        "model": {"layers": LAYERS, "heads": HEADS, "width": WIDTH, "feed_forward": FEED_FORWARD, "batch_characters": BATCH_CHARACTERS},
        "texts": {split: set_of(getattr(texts, split)) for split in ("train", "development", "validation")},
    }
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        machine = {"cpus": os.cpu_count(), "processor": processor(), "python": platform.python_version()}
        notes = [notes_of(text) for text in texts.validation]
        return {"machine": machine, **fixed, "validation": {**quality(texts.validation), "text_notes": notes}, "vocabularies": {}}
    results = json.loads(path.read_text(encoding="utf-8"))
    changed = [name for name, value in fixed.items() if results[name] != value]
    if changed:
        raise ValueError(f"{path} holds results of other {', '.join(changed)}: give another file, or remove it")
    return results


def set_of(texts: Sequence[str]) -> dict[str, Any]:
    """What a set of texts is, so that figures of another day can be told to be of the same."""
    return {
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "notes": sum(map(notes_of, texts)),
        "sha256": sha256(json.dumps(texts).encode()).hexdigest()[:16],
    }


def notes_of(text: str) -> int:
    r"""Sounding notes, ties merged.

    >>> notes_of("X:1\nL:1/4\nK:C\nCE-|E[CE]|\n")
    4
    """
    from transformers_abc.notation.reader import read_abc

    return sum(len(voice.notes) for voice in read_abc(text).voices)


def processor() -> str:
    """What the system calls the processor, where it says."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else None
    return found[1] if found else platform.processor()


def save(path: Path, results: Mapping[str, Any]) -> None:
    """Write the results, a list of numbers on one line."""
    indented = json.dumps(results, indent=1)
    write_whole(path, re.sub(r"\[\n[\s\d.,e-]+\]", lambda numbers: re.sub(r"\s+", " ", numbers[0]), indented) + "\n")


def tokenizer_named(name: str, texts: Texts, cache: Path) -> Tokenizer:
    """The tokenizer of a vocabulary.

    Raises:
        ValueError: there is no such kind of vocabulary, or it lacks its size.
    """
    from transformers_abc.tokenization.learning import build_tokenizer
    from transformers_abc.tokenization.tokenization_abc import SPECIAL_TOKENS, abc_tokenizer

    kind, _, size = name.partition(" ")
    if kind == BASELINE and not size:
        return build_tokenizer(SPECIAL_TOKENS)
    if kind not in ("shipped", "whole", "free", "gpt2") or not size.isdecimal():
        raise ValueError(f"{name!r} is no vocabulary: signs, or shipped, whole, free or gpt2 with a number of tokens, such as 'whole 4096'")
    if kind == "shipped":
        return abc_tokenizer(int(size)).backend_tokenizer
    learned_from = texts.train + texts.vocabulary
    if kind == "gpt2":
        return gpt2_like(learned_from, int(size), SPECIAL_TOKENS)
    return build_tokenizer(SPECIAL_TOKENS, cached_merges(kind, learned_from, cache), int(size))


def cached_merges(kind: str, texts: Sequence[str], cache: Path) -> list[tuple[str, str]]:
    """Merges in the order in which they are learned, with the rule of ``whole`` or none; learning them takes minutes."""
    from transformers_abc.tokenization.learning import build_tokenizer, keeps_notes_whole, learn_merges
    from transformers_abc.tokenization.piece_counts import counted_pieces

    pieces = counted_pieces(texts)
    key = sha256(json.dumps([kind, sorted(pieces.items()), build_tokenizer([]).to_str()]).encode()).hexdigest()[:16]
    stored = cache / f"merges-{key}.json"
    if not stored.exists():
        may_join = keeps_notes_whole if kind == "whole" else lambda left, right: True
        merges = list(islice(learn_merges(pieces, may_join), LEARNED_AT_MOST))
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(stored, json.dumps(merges))
    return [(left, right) for left, right in json.loads(stored.read_text(encoding="utf-8"))]


def gpt2_like(texts: Iterable[str], size: int, special_tokens: Sequence[str]) -> Tokenizer:
    """A byte-level BPE with GPT-2's pre-tokenizer, by the trainer of `tokenizers`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special_tokens), initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def described(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Any]:
    """Its size, what texts take without start and end, and places for figures."""
    tokens = [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
    notes = [notes_of(text) for text in texts]
    figures = {"tokens_per_text": round(float(np.mean(tokens)), 1), "tokens_per_note": ratio(tokens, notes, unit_each(texts))}
    return {"size": tokenizer.get_vocab_size(), **figures, "pilot": {}, "runs": {}}


def unit_each(texts: Sequence[str]) -> list[str]:
    """Every text is drawn by itself when intervals are resampled."""
    return [str(place) for place in range(len(texts))]


def costs(tokenizers: Mapping[str, Tokenizer], texts: Texts) -> dict[str, float]:
    """Seconds of processor time that a training step takes for each character of its batch."""
    import torch

    torch.set_num_threads(1)
    chosen = list(islice(batches([len(text) for text in texts.train], seed=0), COST_BATCHES))
    models = {name: new_model(tokenizer.get_vocab_size(), seed=0) for name, tokenizer in tokenizers.items()}
    optimisers = {name: new_optimiser(model) for name, model in models.items()}
    least_s: dict[str, float] = dict.fromkeys(tokenizers, 0.0)
    for batch in chosen:
        rounds = []
        for _ in range(COST_ROUNDS):
            rounds.append({})
            for name, model in models.items():
                ids = [framed(tokenizers[name], texts.train[place]) for place in batch]
                started = time.process_time()
                take_step(model, optimisers[name], ids, 0.0)
                rounds[-1][name] = time.process_time() - started
        for name in least_s:
            least_s[name] += min(seconds[name] for seconds in rounds)
    characters = sum(len(texts.train[place]) for batch in chosen for place in batch)
    return {name: float(f"{seconds / characters:.3g}") for name, seconds in least_s.items()}


def pilot_jobs(tokenizers: Mapping[str, Tokenizer], results: Mapping[str, Any], settings: Settings, seeds: Sequence[int]) -> Iterator[Job]:
    """Learning rates that have not been tried; none where there is no choice."""
    for name, tokenizer in tokenizers.items():
        found = results["vocabularies"][name]
        rates = settings.learning_rates if len(settings.learning_rates) > 1 else ()
        yield from (Job(name, tokenizer, found["cost"], rate, None) for rate in rates if f"{rate:g}" not in found["pilot"])


def measuring_jobs(
    tokenizers: Mapping[str, Tokenizer], results: Mapping[str, Any], settings: Settings, seeds: Sequence[int]
) -> Iterator[Job]:
    """Models that have not been measured, with the learning rate that was best; all vocabularies of a seed before the next."""
    for seed in seeds:
        for name, tokenizer in tokenizers.items():
            found = results["vocabularies"][name]
            if str(seed) not in found["runs"]:
                best = min(settings.learning_rates, key=lambda rate: found["pilot"].get(f"{rate:g}", math.inf))
                yield Job(name, tokenizer, found["cost"], best, seed)


def run_all(jobs: Iterable[Job], texts: Texts, settings: Settings, processes: int) -> Iterator[tuple[Job, Any]]:
    """Jobs and their figures, as they are done."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running = {pool.submit(run, job, texts, settings): job for job in jobs}
        for done in as_completed(running):
            job = running[done]
            print(job.name, f"learning rate {job.learning_rate:g}", "pilot" if job.seed is None else f"seed {job.seed}", file=sys.stderr)
            yield job, done.result()


def run(job: Job, texts: Texts, settings: Settings) -> Any:
    """Figures of a model; of a pilot its bits a note on the development texts."""
    import torch

    torch.set_num_threads(1)
    if job.seed is None:
        _, curve = trained(job, texts, settings.pilot_seconds, points=1)
        return curve[-1]["bits_per_note"]
    model, curve = trained(job, texts, settings.seconds, CURVE_POINTS)
    parameters = sum(weights.numel() for weights in model.parameters())
    sizes = {"parameters": parameters, "parameters_without_embeddings": parameters - model.get_input_embeddings().weight.numel()}
    figures = {"learning_rate": job.learning_rate, **sizes, **held_out(model, job.tokenizer, texts.validation)}
    return {**figures, "samples": sampled(model, job, texts, settings.samples), "curve": curve}


def trained(job: Job, texts: Texts, seconds: float, points: int) -> tuple[LlamaForCausalLM, list[dict[str, Any]]]:
    """A model after so much processor time, and what it had learned at so many times, on the development texts."""
    model = new_model(job.tokenizer.get_vocab_size(), job.seed or 0)
    optimiser = new_optimiser(model)
    ids = [framed(job.tokenizer, text) for text in texts.train]
    notes = sum(map(notes_of, texts.development))
    seen, spent_s, curve = {"steps": 0, "texts": 0, "characters": 0, "tokens": 0}, 0.0, []
    for batch in batches([len(text) for text in texts.train], job.seed or 0):
        started = time.process_time()
        progress = seen["characters"] * job.cost / seconds
        take_step(model, optimiser, [ids[place] for place in batch], job.learning_rate * rate_at(progress))
        spent_s += time.process_time() - started
        seen["steps"] += 1
        seen["texts"] += len(batch)
        seen["characters"] += sum(len(texts.train[place]) for place in batch)
        seen["tokens"] += sum(len(ids[place]) - 1 for place in batch)
        counted_s = seen["characters"] * job.cost
        if counted_s >= seconds * (len(curve) + 1) / points:
            bits = sum(sum(found) for found in bits_of(model, [framed(job.tokenizer, text) for text in texts.development]))
            times = {"cpu_s": round(counted_s, 1), "spent_s": round(spent_s, 1)}
            curve.append({**times, **seen, "bits_per_note": round(bits / notes, 4)})
        if counted_s >= seconds:
            break
    return model, curve


def take_step(model: LlamaForCausalLM, optimiser: AdamW, texts: Sequence[Sequence[int]], learning_rate: float) -> None:
    """Learn from a batch."""
    import torch

    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    token_losses(texts, model).mean().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimiser.step()
    optimiser.zero_grad()


def new_optimiser(model: LlamaForCausalLM) -> AdamW:
    """Of all weights."""
    import torch

    return torch.optim.AdamW(model.parameters(), betas=BETAS, weight_decay=WEIGHT_DECAY)


def new_model(vocabulary_size: int, seed: int) -> LlamaForCausalLM:
    """A decoder whose output layer is its embedding."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary_size,
            hidden_size=WIDTH,
            intermediate_size=FEED_FORWARD,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
        )
    )


def framed(tokenizer: Tokenizer, text: str) -> list[int]:
    """The ids of a text between its start and its end."""
    from transformers_abc.tokenization.tokenization_abc import END, START

    return [tokenizer.token_to_id(START), *tokenizer.encode(text).ids, tokenizer.token_to_id(END)]


def batches(lengths: Sequence[int], seed: int) -> Iterator[list[int]]:
    """Places of texts, again and again, at least `BATCH_CHARACTERS` characters together; where a pool ends there may be fewer.

    >>> first = next(batches([1500] * 300, seed=0))
    >>> len(first), max(first) < 300
    (2, True)
    """
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(lengths))
        for pool in np.split(order, range(POOL, len(order), POOL)):
            batch: list[int] = []
            cut = []
            for place in sorted(pool.tolist(), key=lengths.__getitem__):
                batch.append(place)
                if sum(lengths[text] for text in batch) >= BATCH_CHARACTERS:
                    cut.append(batch)
                    batch = []
            cut += [batch] if batch else []
            yield from (cut[place] for place in rng.permutation(len(cut)))


def rate_at(progress: float) -> float:
    """The share of the learning rate at a share of the time: up in a line, down by half a cosine.

    >>> [round(rate_at(progress), 2) for progress in (0.025, 0.05, 0.525, 1)]
    [0.53, 1.0, 0.52, 0.05]
    """
    if progress < WARM_UP:
        return LAST_RATE + (1 - LAST_RATE) * progress / WARM_UP
    down = (1 + math.cos(math.pi * min((progress - WARM_UP) / (1 - WARM_UP), 1))) / 2
    return LAST_RATE + (1 - LAST_RATE) * down


def token_losses(texts: Sequence[Sequence[int]], model: LlamaForCausalLM) -> Tensor:
    """-ln p of each token but the first of each text, one text after the other: [tokens].

    Padding stands behind a text and attention looks back, so it needs no mask.
    """
    import torch

    rows = torch.nn.utils.rnn.pad_sequence([torch.tensor(ids) for ids in texts], batch_first=True)  # [texts, tokens]
    is_text = torch.arange(rows.shape[1] - 1) < torch.tensor([[len(ids) - 1] for ids in texts])
    hidden = model.model(input_ids=rows[:, :-1], use_cache=False).last_hidden_state[is_text]  # [tokens, width]
    return torch.nn.functional.cross_entropy(model.lm_head(hidden), rows[:, 1:][is_text], reduction="none")


def bits_of(model: LlamaForCausalLM, texts: Sequence[Sequence[int]]) -> list[list[float]]:
    """-log2 p of each token but the first, by text."""
    import torch

    found: list[list[float]] = []
    with torch.inference_mode():
        for ids in texts:
            found.append((token_losses([ids], model).double() / math.log(2)).tolist())
    return found


def held_out(model: LlamaForCausalLM, tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Any]:
    """Bits of texts in all, and of head and music apart; a token that lies in both counts as head, the end as music."""
    from token_corpora import head_of

    bits = bits_of(model, [framed(tokenizer, text) for text in texts])
    in_head = [sum(start < len(head_of(text)) for start, _ in tokenizer.encode(text).offsets) for text in texts]
    whole = [sum(found) for found in bits]
    heads = [sum(found[:count]) for found, count in zip(bits, in_head, strict=True)]
    music = [every - head for every, head in zip(whole, heads, strict=True)]
    notes, characters, units = [notes_of(text) for text in texts], [len(text) for text in texts], unit_each(texts)
    return {
        "n": len(texts),
        "bits_per_note": ratio(whole, notes, units),
        "bits_per_character": ratio(whole, characters, units),
        "music_bits_per_note": ratio(music, notes, units),
        "head_bits_per_text": ratio(heads, [1] * len(texts), units),
        "text_bits": [round(every, 2) for every in whole],
    }


def sampled(model: LlamaForCausalLM, job: Job, texts: Texts, count: int) -> dict[str, Any]:
    """Figures of texts that a model writes."""
    import torch

    from transformers_abc.tokenization.tokenization_abc import END, PAD, START

    start, end, pad = map(job.tokenizer.token_to_id, (START, END, PAD))
    most = max(len(encoding.ids) for encoding in job.tokenizer.encode_batch(list(texts.train)))
    torch.manual_seed(job.seed or 0)
    rows: list[list[int]] = []
    while len(rows) < count:  # a few at a time, since the last to end holds up all
        first = torch.full((min(SAMPLED_AT_A_TIME, count - len(rows)), 1), start)
        found = model.generate(
            first,
            attention_mask=torch.ones_like(first),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=most + 1,
            eos_token_id=end,
            pad_token_id=pad,
        )
        rows += found[:, 1:].tolist()
    written = [ids[: ids.index(end)] if end in ids else ids for ids in rows]
    whole = [job.tokenizer.decode(ids) for ids, row in zip(written, rows, strict=True) if end in row]
    recoded = [foreign_tokens(job.tokenizer, ids) for ids in written]
    return {
        "n": count,
        "most_tokens": most,
        "ended": len(whole),
        **quality(whole),
        "recoded": sum(found > 0 for found in recoded),
        "recoded_tokens_share": round(sum(recoded) / sum(map(len, written)), 5),
        "tokens_per_text": round(float(np.mean([len(ids) for ids in written])), 1),
        "examples": whole[:2],
    }


def quality(texts: Sequence[str]) -> dict[str, Any]:
    """How many texts read, and read with bars that all sum; and the notes of a text that reads."""
    from transformers_abc.notation.diagnostics import Severity
    from transformers_abc.notation.reader import read_abc

    findings = [read_abc(text).diagnostics for text in texts]
    reads = [all(finding.severity != Severity.ERROR for finding in found) for found in findings]
    sums = [good and all(finding.code not in BAR_CODES for finding in found) for good, found in zip(reads, findings, strict=True)]
    notes = [notes_of(text) for text, good in zip(texts, reads, strict=True) if good]
    return {
        "texts": len(texts),
        "reads": sum(reads),
        "sums": sum(sums),
        "notes_per_text": round(float(np.mean(notes)), 1) if notes else 0.0,
    }


def foreign_tokens(tokenizer: Tokenizer, ids: Sequence[int]) -> int:
    """How many tokens are not those that their text is encoded as.

    >>> from transformers_abc.tokenization.learning import build_tokenizer
    >>> tokenizer = build_tokenizer([], [("c", "2")])
    >>> foreign_tokens(tokenizer, [tokenizer.token_to_id(token) for token in ("c2", "c", "2")])
    2
    """
    canonical = tokenizer.encode(tokenizer.decode(list(ids), skip_special_tokens=False)).ids
    spans = set(spans_of(tokenizer, canonical))
    return sum(span not in spans for span in spans_of(tokenizer, ids)) if canonical != list(ids) else 0


def spans_of(tokenizer: Tokenizer, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Where tokens begin and end, in bytes (a token of the vocabulary has a character for each byte)."""
    ends = list(accumulate(len(tokenizer.id_to_token(token)) for token in ids))
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


def mean_bits(results: Mapping[str, Any], name: str, seeds: Sequence[str]) -> np.ndarray:
    """Bits of each validation text, mean of some models: [texts]."""
    runs = results["vocabularies"][name]["runs"]
    return np.mean([runs[seed]["text_bits"] for seed in seeds], axis=0)


def bits_a_note(results: Mapping[str, Any], name: str, other: str | None = None) -> dict[str, Any] | None:
    """Of the models of a vocabulary, or what they need more than another's on the same texts; None where no seed is measured of both."""
    runs = [results["vocabularies"][each]["runs"] for each in (name, other or name) if each in results["vocabularies"]]
    seeds = sorted(set(runs[0]) & set(runs[-1]))
    if not seeds:
        return None
    bits = mean_bits(results, name, seeds) - (mean_bits(results, other, seeds) if other else 0)
    notes = results["validation"]["text_notes"]
    return ratio(bits.tolist(), notes, unit_each(notes))


def table(results: Mapping[str, Any]) -> str:
    """What each vocabulary's models have learned."""
    head = ("vocabulary", "tokens", "tokens a text", "texts learned from", "bits a note", f"against {BASELINE}", *COUNTS.values(), "seeds")
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, vocabulary in results["vocabularies"].items():
        runs = [vocabulary["runs"][seed] for seed in sorted(vocabulary["runs"])]
        whole = bits_a_note(results, name)
        if whole is None:
            continue
        difference = bits_a_note(results, name, BASELINE) if name != BASELINE and BASELINE in results["vocabularies"] else None
        cells = [
            name,
            f"{vocabulary['size']:,}",
            f"{vocabulary['tokens_per_text']:.0f}",
            f"{mean(run['curve'][-1]['texts'] for run in runs):,.0f}",
        ]
        cells += [with_interval(whole, ".2f"), with_interval(difference, "+.2f") if difference else ""]
        cells += [share(sum(run["samples"][count] for run in runs), sum(run["samples"]["n"] for run in runs)) for count in COUNTS]
        rows.append(f"| {' | '.join([*cells, str(len(runs))])} |")
    return "\n".join(rows) + "\n\n" + note(results)


def note(results: Mapping[str, Any]) -> str:
    """What stands below the table."""
    texts, settings, validation = results["texts"], results["settings"], results["validation"]
    reads, sums = (share(validation[count], validation["texts"]) for count in ("reads", "sums"))
    return (
        f"{settings['seconds']:.0f} s of processor time for each model on one core; {texts['validation']['texts']} held-out texts of "
        f"{texts['validation']['notes']:,} notes; {settings['samples']} samples of each model. In brackets 95 % intervals: by bootstrap "
        f"over texts (means of the seeds), for shares by Wilson. Of the held-out texts themselves {reads} read and {sums} sum.\n"
    )


def with_interval(figure: Mapping[str, Any], form: str) -> str:
    low, high = figure["interval_95"]
    return f"{figure['value']:{form}} ({low:{form}} to {high:{form}})"


def share(count: int, n: int) -> str:
    """In per cent, with Wilson's interval.

    >>> share(90, 100)
    '90 % (83 to 94)'
    """
    middle, half = (count + Z**2 / 2) / (n + Z**2), Z * math.sqrt(count * (n - count) / n + Z**2 / 4) / (n + Z**2)
    return f"{count / n:.0%} ({100 * (middle - half):.0f} to {100 * (middle + half):.0f})".replace("%", " %")


if __name__ == "__main__":
    main()
