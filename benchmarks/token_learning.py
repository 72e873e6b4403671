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

Time is counted by what steps cost, which is measured before training for all vocabularies in turn, on the same texts, best of some rounds;
one that is added later is put in the measure of those that were there (`token_costs`). So a busy machine makes a run longer but changes no
figure, while processor time as spent would (it stands beside as ``spent_s``).

Intervals are by bootstrap over texts; they say nothing about chance in training, which the seeds show. What is finished stands in the JSON
file and is not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from token_costs import missing_costs
from token_learning_figures import BASELINE, table
from token_model import SHAPE
from token_samples import notes_of, quality
from token_texts import Texts, read_texts
from token_training import Settings, measuring_jobs, pilot_jobs, run_all
from token_vocabularies import described, tokenizer_named

from transformers_abc.outputs import write_whole

VOCABULARIES = (BASELINE, "shipped 2048", "shipped 4096", "gpt2 4096")


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
        costs = missing_costs(tokenizers, {name: found["cost"] for name, found in results["vocabularies"].items()}, texts)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    for name, cost in costs.items():
        results["vocabularies"][name] = {**described(tokenizers[name], texts.validation), "cost": cost}
    save(options.out, results)
    texts = replace(texts, vocabulary=())  # they have served, and every process gets the texts
    pilots = partial(pilot_jobs, tokenizers, results, settings)
    for jobs in (pilots, partial(measuring_jobs, tokenizers, results, settings, options.seeds)):
        for job, figures in run_all(jobs(), texts, settings, options.processes):
            place = results["vocabularies"][job.name]["pilot" if job.seed is None else "runs"]
            place[f"{job.learning_rate:g}" if job.seed is None else str(job.seed)] = figures
            save(options.out, results)
    print(table(results))


def opened(path: Path, settings: Settings, texts: Texts) -> dict[str, Any]:
    """The results so far, or none yet.

    Raises:
        ValueError: they are of other settings or texts.
    """
    fixed = {
        "settings": {**asdict(settings), "learning_rates": list(settings.learning_rates)},
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


if __name__ == "__main__":
    main()
