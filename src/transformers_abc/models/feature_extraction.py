"""Log-frequency input of the listener: several short-time spectra on one grid of thirds of a semitone.

Output: ``input_features`` of shape ``[batch, windows, frames, bins]``, float32 in [0, 1]: 0 is `DYNAMIC_RANGE_DB` below the loudest bin of
the clip, 1 is the loudest bin. The scale is relative, so the level of a recording does not matter; a clip quieter than `SILENCE_DB`
is scaled as if it reached that level, so noise stays noise. Frame ``t`` is centred on sample ``t * hop_length``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from transformers import BatchFeature, FeatureExtractionMixin

from transformers_abc.models.configuration import AbcListenerConfig

DYNAMIC_RANGE_DB = 80.0
SILENCE_DB = -60.0  # relative to a full-scale sine


class AbcFeatureExtractor(FeatureExtractionMixin):
    """Turns mono audio into the listener's input. The arguments are those of `AbcListenerConfig`.

    Example:
        >>> extractor = AbcFeatureExtractor()
        >>> extractor(np.zeros(16000, dtype=np.float32), sampling_rate=16000)["input_features"].shape
        torch.Size([1, 3, 41, 294])
    """

    model_input_names = ["input_features"]  # noqa: RUF012  (the name and type that transformers reads)

    def __init__(
        self,
        sampling_rate: int = 16_000,
        hop_length: int = 400,
        window_lengths: tuple[int, ...] = (8192, 3072, 1024),
        lowest_pitch: int = 21,
        bins_per_semitone: int = 3,
        num_bins: int = 294,
        **kwargs: Any,
    ) -> None:
        self.sampling_rate = sampling_rate
        self.hop_length = hop_length
        self.window_lengths = list(window_lengths)
        self.lowest_pitch = lowest_pitch
        self.bins_per_semitone = bins_per_semitone
        self.num_bins = num_bins
        super().__init__(**kwargs)

    @classmethod
    def for_listener(cls, config: AbcListenerConfig) -> AbcFeatureExtractor:
        """The extractor whose output a listener of this configuration takes."""
        shared = ("sampling_rate", "hop_length", "window_lengths", "lowest_pitch", "bins_per_semitone", "num_bins")
        return cls(**{name: getattr(config, name) for name in shared})

    def __call__(
        self,
        audio: np.ndarray | torch.Tensor | list[np.ndarray],
        sampling_rate: int | None = None,
        return_tensors: str = "pt",
        tuning: float = 0.0,
    ) -> BatchFeature:
        """Compute the features of clips of equal length.

        Args:
            audio: ``[samples]`` or ``[batch, samples]``, mono, float in [-1, 1].
            sampling_rate: of `audio`; must be the extractor's own, since nothing is resampled here.
            return_tensors: only ``"pt"``.
            tuning: semitones by which the music is tuned above A = 440 Hz (see `models.tuning`); the bins move with it.

        Raises:
            ValueError: another sampling rate or tensor type was asked for.
        """
        if sampling_rate is not None and sampling_rate != self.sampling_rate:
            raise ValueError(f"the listener hears audio at {self.sampling_rate} Hz, got {sampling_rate} Hz: resample it first")
        if return_tensors != "pt":
            raise ValueError(f"only return_tensors='pt' is supported, got {return_tensors!r}")
        waveforms = torch.as_tensor(np.asarray(audio) if isinstance(audio, list) else audio, dtype=torch.float32)
        waveforms = waveforms.reshape(-1, waveforms.shape[-1])
        channels = [self._log_frequency_magnitude(waveforms, length, tuning) for length in self.window_lengths]
        return BatchFeature({"input_features": _relative_decibels(torch.stack(channels, dim=1))})

    def _log_frequency_magnitude(self, waveforms: torch.Tensor, window_length: int, tuning: float) -> torch.Tensor:
        """Magnitudes ``[batch, frames, bins]``; a full-scale sine gives about 1 whatever the window."""
        window = torch.hann_window(window_length, device=waveforms.device)
        padded = torch.nn.functional.pad(waveforms, (window_length // 2, window_length // 2))
        spectrum = torch.stft(padded, window_length, self.hop_length, window=window, center=False, return_complex=True)
        magnitude = spectrum.abs().transpose(1, 2) * (2 / window.sum())
        lower, fraction = self._bin_positions(window_length, tuning, waveforms.device)
        return magnitude[..., lower] * (1 - fraction) + magnitude[..., lower + 1] * fraction

    def _bin_positions(self, window_length: int, tuning: float, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """For each log-frequency bin the linear bin below it, and how far it lies towards the next."""
        pitches = self.lowest_pitch + tuning + torch.arange(self.num_bins, device=device, dtype=torch.float64) / self.bins_per_semitone
        hertz = 440.0 * 2 ** ((pitches - 69) / 12)
        position = (hertz * window_length / self.sampling_rate).clamp(max=window_length // 2 - 1)
        lower = position.floor().long()
        return lower, (position - lower).float()


def _relative_decibels(magnitude: torch.Tensor) -> torch.Tensor:
    decibels = 20 * torch.log10(magnitude.clamp(min=1e-7))
    loudest = decibels.amax(dim=(1, 2, 3), keepdim=True).clamp(min=SILENCE_DB)
    return ((decibels - loudest) / DYNAMIC_RANGE_DB + 1).clamp(min=0)
