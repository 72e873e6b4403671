"""Rewards for reinforcement learning: picklable callables that keep trl's contract, for GRPO, RLOO and PPO; docs/rewards.md tells more."""

from transformers_abc.rewards.comparing import (
    AbcReward,
    FormReward,
    InstrumentReward,
    KeyReward,
    MetreReward,
    PitchReward,
    RhythmReward,
    TempoReward,
)
from transformers_abc.rewards.completions import abc_of
from transformers_abc.rewards.well_formed import FormatReward

__all__ = [
    "AbcReward",
    "FormReward",
    "FormatReward",
    "InstrumentReward",
    "KeyReward",
    "MetreReward",
    "PitchReward",
    "RhythmReward",
    "TempoReward",
    "abc_of",
]
