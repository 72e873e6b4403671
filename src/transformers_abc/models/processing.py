"""The processor: the listener's feature extractor and the ABC tokenizer, in one folder and under one name.

The listener alone needs no tokenizer. A processor serves what has both sound and ABC: one folder that `AutoProcessor` loads for a model
that hears and one that writes, and training examples of the two (``processor(audio=..., text=...)`` gives the text as ``labels``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BatchFeature, ProcessorMixin
from transformers.utils import cached_file

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.decoding import DecodingThresholds, decode_notes
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListenerOutput
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.tokenization.tokenization_abc import AbcTokenizer, abc_tokenizer


class AbcProcessor(ProcessorMixin):
    r"""`AbcFeatureExtractor` for audio, `AbcTokenizer` for text.

    Example:
        >>> processor = AbcProcessor(AbcFeatureExtractor(), abc_tokenizer())
        >>> batch = processor(audio=np.zeros(16_000, dtype=np.float32), text="X:1\nK:G\nG3|", sampling_rate=16_000)
        >>> batch["input_features"].shape, processor.decode(batch["labels"][0])
        (torch.Size([1, 3, 41, 294]), 'X:1\nK:G\nG3|')
    """

    feature_extractor: AbcFeatureExtractor
    tokenizer: AbcTokenizer

    def __init__(self, feature_extractor: AbcFeatureExtractor, tokenizer: AbcTokenizer | None = None, **kwargs: Any) -> None:
        """Without a tokenizer it is the one that ships with the package."""
        super().__init__(feature_extractor, tokenizer or abc_tokenizer(), **kwargs)

    def __call__(  # sound and text, no pictures
        self,
        audio: np.ndarray | torch.Tensor | list[np.ndarray] | None = None,
        text: str | list[str] | None = None,
        *,
        sampling_rate: int | None = None,
        tuning: float = 0.0,
        padding: bool = True,
    ) -> BatchFeature:
        """Prepare clips of equal length, their ABC, or both.

        Args:
            audio, sampling_rate, tuning: as for `AbcFeatureExtractor`.
            text: ABC, one for each clip.
            padding: of the text's tokens to the longest.

        Returns:
            Tensors: ``input_features`` of the audio, and ``input_ids`` with ``attention_mask`` of the text; beside audio the text is
            ``labels`` instead, in which padding is -100.

        Raises:
            ValueError: neither was given, or as many texts as clips were not.
        """
        if audio is None and text is None:
            raise ValueError("give audio, text or both")
        features = {} if audio is None else dict(self.feature_extractor(audio, sampling_rate, tuning=tuning))
        if text is None:
            return BatchFeature(features)
        encoded = self.tokenizer([text] if isinstance(text, str) else list(text), padding=padding, return_tensors="pt")
        if audio is None:
            return BatchFeature(dict(encoded))
        if len(encoded["input_ids"]) != len(features["input_features"]):
            raise ValueError(f"as many texts as clips are expected, got {len(encoded['input_ids'])} and {len(features['input_features'])}")
        labels = encoded["input_ids"].masked_fill(encoded["attention_mask"] == 0, -100)
        return BatchFeature({**features, "labels": labels})

    def post_process_notes(self, outputs: AbcListenerOutput, config: AbcListenerConfig) -> list[list[HeardNote]]:
        """The notes of each clip of a batch, in seconds from its start.

        Args:
            outputs: of `AbcListener`.
            config: of the same listener, with its decoding thresholds.
        """
        onset, frame = (outputs[name].detach().float().sigmoid().cpu().numpy() for name in ("onset_logits", "frame_logits"))
        instrument = outputs["instrument_logits"].detach().float().softmax(-1).cpu().numpy()
        thresholds = DecodingThresholds(**config.decoding_thresholds)
        return [
            decode_notes(*clip, config.frame_s, config.instrument_stride, thresholds, config.lowest_pitch)
            for clip in zip(onset, frame, instrument, strict=True)
        ]

    @classmethod
    def _load_tokenizer_from_pretrained(
        cls, sub_processor_type: str, pretrained_model_name_or_path: str | Path, subfolder: str = "", **kwargs: Any
    ) -> AbcTokenizer:
        """The folder's tokenizer; the packaged one where there is none, as beside the listener that ships."""
        files = ("tokenizer_config.json", "tokenizer.json")
        where: dict[str, Any] = {"subfolder": subfolder, "_raise_exceptions_for_missing_entries": False}
        where |= {name: kwargs[name] for name in ("cache_dir", "force_download", "token", "revision", "local_files_only") if name in kwargs}
        if not any(cached_file(pretrained_model_name_or_path, name, **where) for name in files):
            return abc_tokenizer()
        return super()._load_tokenizer_from_pretrained(sub_processor_type, pretrained_model_name_or_path, subfolder, **kwargs)
