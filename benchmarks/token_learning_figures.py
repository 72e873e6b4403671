"""The table of `token_learning.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np
from tokens import ratio

BASELINE = "signs"
COUNTS = {"reads": "samples read without error", "recoded": "recoded"}  # of samples, in the table
Z = 1.96  # standard deviations of a 95 % interval


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
    sizes = [run["parameters"] / 1e6 for vocabulary in results["vocabularies"].values() for run in vocabulary["runs"].values()]
    reads, sums = (share(validation[count], validation["texts"]) for count in ("reads", "sums"))
    return (
        f"Models of {min(sizes):.1f} to {max(sizes):.1f} million parameters; {settings['seconds']:.0f} s of processor time for each on one "
        f"core; {texts['validation']['texts']} held-out texts of "
        f"{texts['validation']['notes']:,} notes; {settings['samples']} samples of each model. In brackets 95 % intervals: by bootstrap "
        f"over texts (means of the seeds), for shares by Wilson. Of the held-out texts themselves {reads} read and {sums} sum.\n"
    )


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


def unit_each(texts: Sequence[str]) -> list[str]:
    """Every text is drawn by itself when intervals are resampled."""
    return [str(place) for place in range(len(texts))]


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
