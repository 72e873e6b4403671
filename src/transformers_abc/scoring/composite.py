"""Losses put together: two presets of weights, and the gate that keeps a header without music from earning anything.

- **article**: the published reward's weights, for figures that can be compared over time.
- **full** (the default, and what is trained on): what else makes a transcription right, and a gate: what a prediction earns by anything but
  notes counts in proportion to ``min(1, 2 * (1 - pitch))``, so all of it counts from half of the pitches right on.

The constants are fixed. docs/scoring.md gives each its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

PARTS = ("pitch", "rhythm", "metre", "tempo", "key", "instrument", "form")
PRESETS: dict[str, dict[str, float]] = {
    "article": {"pitch": 0.50, "metre": 0.15, "tempo": 0.15, "instrument": 0.20},
    "full": {"pitch": 0.30, "rhythm": 0.25, "metre": 0.10, "tempo": 0.10, "key": 0.05, "instrument": 0.15, "form": 0.05},
}
DEFAULT_PRESET = "full"
GATED_PARTS = {"article": frozenset[str](), "full": frozenset({"metre", "tempo", "key", "instrument", "form"})}
GATE_SLOPE = 2.0  # all counts where half of the pitches are right

Parts = Mapping[str, float | None]


def total_loss(parts: Parts, preset: str) -> float:
    """The weighted mean of the parts that a preset has; one that the reference says nothing about (None) is left out.

    Args:
        parts: a loss in 0 to 1 for each of `PARTS`; pitch is never None.
        preset: a key of `PRESETS`.

    >>> header_only = dict.fromkeys(PARTS, 0.0) | {"pitch": 1.0, "rhythm": 1.0}
    >>> total_loss(header_only, "article"), total_loss(header_only, "full")
    (0.5, 1.0)
    """
    weights = PRESETS[preset]
    gate = min(1.0, GATE_SLOPE * (1.0 - (parts["pitch"] or 0.0)))
    loss = weight = 0.0
    for part, share in weights.items():
        value = parts[part]
        if value is not None:
            loss += share * (1.0 - (1.0 - value) * gate if part in GATED_PARTS[preset] else value)
            weight += share
    return min(loss / weight, 1.0)
