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
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from token_learning_figures import BASELINE, table, unit_each
from token_model import SHAPE, batches, bits_of, framed, new_model, new_optimiser, rate_at, take_step
from token_samples import notes_of, quality, sampled
from tokens import ratio

from transformers_abc.outputs import write_whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

VOCABULARIES = (BASELINE, "shipped 2048", "shipped 4096", "gpt2 4096")
LEARNED_AT_MOST = 7_000  # merges; enough for 8,192 tokens
DEVELOPMENT, VALIDATION, DRAW_SEED = 80, 300, 6  # texts
CURVE_POINTS = 10
COST_BATCHES, COST_ROUNDS = 12, 3


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
        "model": SHAPE,
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
    most = max(len(encoding.ids) for encoding in job.tokenizer.encode_batch(list(texts.train)))
    return {**figures, "samples": sampled(model, job.tokenizer, settings.samples, most, job.seed), "curve": curve}


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


if __name__ == "__main__":
    main()
