"""The listener: a small convolutional network from a log-frequency spectrum to notes.

It answers three questions for every frame and pitch: does a note start here, does it sound, and (at a lower frame rate) which instrument
plays it. Each pitch sees its own harmonics stacked as channels, so that the same few filters serve all pitches, an idea of
Bittner et al., *Deep salience representations for F0 estimation in polyphonic music*, ISMIR 2017; onset and frame heads follow
Hawthorne et al., *Onsets and Frames*, ISMIR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from transformers import PreTrainedModel
from transformers.utils import ModelOutput

from transformers_abc.models.configuration import AbcListenerConfig

# How much each head weighs in the loss. Onsets are rarer than frames, and a wrong instrument harms a score less than a wrong note.
ONSET_WEIGHT, FRAME_WEIGHT, INSTRUMENT_WEIGHT = 1.0, 0.5, 0.2
# A frame at which some note starts is about forty times rarer than one without; a moderate weight keeps the posteriors usable as they are.
ONSET_POSITIVE_WEIGHT = 3.0
IGNORED_LABEL = -100  # no note, or nobody knows the instrument


@dataclass
class AbcListenerOutput(ModelOutput):
    """What the listener says of a batch of clips.

    Attributes:
        loss: weighted sum of the heads' losses, when labels were given.
        onset_logits, frame_logits: ``[batch, frames, pitches]``.
        instrument_logits: ``[batch, frames / instrument_stride (rounded up), pitches, instruments]``.
    """

    loss: torch.Tensor | None = None
    onset_logits: torch.Tensor | None = None
    frame_logits: torch.Tensor | None = None
    instrument_logits: torch.Tensor | None = None


class _ResidualBlock(nn.Module):
    """Convolution over (time, pitch) with dilation, batch norm and a shortcut."""

    def __init__(self, channels: int, dilation: tuple[int, int]) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden + F.relu(self.norm(self.convolution(hidden)))


class AbcListener(PreTrainedModel):
    """Spectrum in, onset, frame and instrument logits out.

    Example:
        >>> model = AbcListener(AbcListenerConfig(hidden_channels=8, dilations=((1, 1),))).eval()
        >>> output = model(torch.zeros(1, 3, 41, 294))
        >>> output.onset_logits.shape, output.instrument_logits.shape
        (torch.Size([1, 41, 88]), torch.Size([1, 6, 88, 15]))
    """

    config_class = AbcListenerConfig
    main_input_name = "input_features"
    base_model_prefix = "listener"

    def __init__(self, config: AbcListenerConfig) -> None:
        super().__init__(config)
        width = config.hidden_channels
        # One third of a semitone per input bin becomes one pitch per output column.
        self.stem = nn.Conv2d(
            len(config.window_lengths) * len(config.harmonics),
            width,
            (3, 5),
            stride=(1, config.bins_per_semitone),
            padding=(1, 1),
            bias=False,
        )
        self.stem_norm = nn.BatchNorm2d(width)
        self.blocks = nn.ModuleList(_ResidualBlock(width, (time, pitch)) for time, pitch in config.dilations)
        self.onset_head = nn.Conv2d(width, 1, 3, padding=1)
        self.frame_head = nn.Conv2d(width, 1, 3, padding=1)
        # Timbre is read from the stem too, since the blocks are busy with pitch.
        self.instrument_norm = nn.BatchNorm2d(2 * width)
        self.instrument_block = nn.Sequential(
            nn.Conv2d(2 * width, 2 * width, 3, padding=1, bias=False), nn.BatchNorm2d(2 * width), nn.ReLU()
        )
        self.instrument_head = nn.Conv2d(2 * width, len(config.instruments), (3, 1), padding=(1, 0))
        self.post_init()

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                # The rare-event prior: heads start out saying "nothing here", instead of spending the first steps on learning that.
                nn.init.constant_(module.bias, -4.0 if module.out_channels == 1 else 0.0)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(
        self,
        input_features: torch.Tensor,
        onset_labels: torch.Tensor | None = None,
        frame_labels: torch.Tensor | None = None,
        instrument_labels: torch.Tensor | None = None,
    ) -> AbcListenerOutput:
        """Run the network.

        Args:
            input_features: ``[batch, windows, frames, bins]`` of `AbcFeatureExtractor`.
            onset_labels, frame_labels: ``[batch, frames, pitches]`` in [0, 1].
            instrument_labels: ``[batch, frames / instrument_stride (rounded up), pitches]``, an index or `IGNORED_LABEL`.
        """
        stem = hidden = F.relu(self.stem_norm(self.stem(self._stack_harmonics(input_features))))
        for block in self.blocks:
            hidden = block(hidden)
        onset_logits = self.onset_head(hidden).squeeze(1)
        frame_logits = self.frame_head(hidden).squeeze(1)
        pooled = F.avg_pool2d(torch.cat([stem, hidden], dim=1), (self.config.instrument_stride, 1), ceil_mode=True)
        instrument_logits = self.instrument_head(self.instrument_block(self.instrument_norm(pooled))).permute(0, 2, 3, 1)
        loss = None
        if onset_labels is not None:
            loss = self._loss(onset_logits, frame_logits, instrument_logits, onset_labels, frame_labels, instrument_labels)
        return AbcListenerOutput(loss, onset_logits, frame_logits, instrument_logits)

    def _stack_harmonics(self, features: torch.Tensor) -> torch.Tensor:
        """``[batch, windows, frames, bins]`` to ``[batch, windows * harmonics, frames, pitches * bins_per_semitone]``."""
        per_octave = 12 * self.config.bins_per_semitone
        width = self.config.num_pitches * self.config.bins_per_semitone
        shifts = [round(per_octave * torch.log2(torch.tensor(float(ratio))).item()) for ratio in self.config.harmonics]
        left, right = max(-min(shifts), 0), max(max(shifts) + width - features.shape[-1], 0)
        padded = F.pad(features, (left, right))
        return torch.cat([padded[..., left + shift : left + shift + width] for shift in shifts], dim=1)

    @staticmethod
    def _loss(
        onset_logits: torch.Tensor,
        frame_logits: torch.Tensor,
        instrument_logits: torch.Tensor,
        onset_labels: torch.Tensor,
        frame_labels: torch.Tensor | None,
        instrument_labels: torch.Tensor | None,
    ) -> torch.Tensor:
        # Sums over pitches and means over frames, so that a frame's loss does not shrink with the silent pitches around it.
        weight = torch.tensor(ONSET_POSITIVE_WEIGHT, device=onset_logits.device)
        loss = ONSET_WEIGHT * _per_frame_bce(onset_logits, onset_labels, weight)
        if frame_labels is not None:
            loss = loss + FRAME_WEIGHT * _per_frame_bce(frame_logits, frame_labels)
        if instrument_labels is not None and (instrument_labels != IGNORED_LABEL).any():
            loss = loss + INSTRUMENT_WEIGHT * F.cross_entropy(
                instrument_logits.flatten(0, 2), instrument_labels.flatten(), ignore_index=IGNORED_LABEL
            )
        return loss


def _per_frame_bce(logits: torch.Tensor, labels: torch.Tensor, pos_weight: torch.Tensor | None = None) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(logits, labels, pos_weight=pos_weight, reduction="none").sum(-1).mean()
