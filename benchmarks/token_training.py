"""The models of `token_learning.py`: which are to be trained, and what comes of each."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from token_learning_figures import unit_each
from token_model import batches, bits_of, framed, new_model, new_optimiser, rate_at, take_step
from token_samples import notes_of, sampled
from token_texts import Texts
from tokens import ratio

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

CURVE_POINTS = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the figures beside the constants of these modules.

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
class Job:
    """One model to train: to choose a learning rate by (no seed), or to measure; `cost` is in seconds a character."""

    name: str
    tokenizer: Tokenizer
    cost: float
    learning_rate: float
    seed: int | None


def pilot_jobs(tokenizers: Mapping[str, Tokenizer], results: Mapping[str, Any], settings: Settings) -> Iterator[Job]:
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
