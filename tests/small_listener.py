"""A listener that any test can afford: random weights, narrow, and quick to call something a note."""

from pathlib import Path

import torch

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener

# Untrained heads say 0.02 everywhere; what rises a little above that is a note, so that there is something to compare.
THRESHOLDS = {"onset": 0.03, "frame": 0.02, "unannounced_frame": 0.05, "unannounced_s": 0.1, "shortest_s": 0.04}


def small_listener() -> AbcListener:
    """The same weights each time."""
    torch.manual_seed(0)
    small = {"hidden_channels": 8, "dilations": ((1, 1),), "instrument_channels": 8, "instrument_dilations": ((1, 1),)}
    return AbcListener(AbcListenerConfig(**small, decoding_thresholds=THRESHOLDS)).eval()


def save_small_listener(folder: Path, dtype: torch.dtype = torch.float32) -> Path:
    """With its feature extractor."""
    small_listener().to(dtype).save_pretrained(folder)
    AbcFeatureExtractor().save_pretrained(folder)
    return folder
