"""The listener: a small convolutional network from a log-frequency spectrum to notes.

It answers five questions for every frame and pitch: does a note start here, does it sound, does it end here, do several sound at once (a
unison), and (at a lower frame rate) which instrument plays it. Each pitch sees its own harmonics stacked as channels, so that the same few
filters serve all pitches, an idea of Bittner et al., *Deep salience representations for F0 estimation in polyphonic music*, ISMIR 2017;
onset, frame and offset heads follow Hawthorne et al., *Onsets and Frames*, ISMIR 2018, and its successors. Ends and unisons are learned
beside the rest and are not decoded: frames tell ends as well, and a unison is too seldom right where it is likely (docs/LOG.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from transformers import PreTrainedModel
from transformers.utils import ModelOutput

from transformers_abc.models.configuration import AbcListenerConfig

# How much each head weighs in the loss. Onsets are rarer than frames, and a wrong instrument or end harms a score less than a wrong note.
ONSET_WEIGHT, FRAME_WEIGHT, OFFSET_WEIGHT, UNISON_WEIGHT, INSTRUMENT_WEIGHT = 1.0, 0.5, 0.2, 0.5, 1.0
# A frame at which some note starts is about forty times rarer than one without; a moderate weight keeps the posteriors usable as they are.
ONSET_POSITIVE_WEIGHT = 3.0
IGNORED_LABEL = -100  # no note, or nobody knows the instrument


@dataclass
class AbcListenerOutput(ModelOutput):
    """What the listener says of a batch of clips.

    Attributes:
        loss: weighted sum of the heads' losses, when labels were given.
        onset_logits, frame_logits, offset_logits, unison_logits: ``[batch, frames, pitches]``.
        instrument_logits: ``[batch, frames / instrument_stride (rounded up), pitches, instruments]``.
    """

    loss: torch.Tensor | None = None
    onset_logits: torch.Tensor | None = None
    frame_logits: torch.Tensor | None = None
    offset_logits: torch.Tensor | None = None
    unison_logits: torch.Tensor | None = None
    instrument_logits: torch.Tensor | None = None


class _ResidualBlock(nn.Module):
    """Norm, rectifier and a dilated convolution over (time, pitch), beside a shortcut."""

    def __init__(self, channels: int, dilation: tuple[int, int]) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.convolution = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden + self.convolution(F.relu(self.norm(hidden)))


class _Trunk(nn.Sequential):
    """Residual blocks, normed and rectified at the end."""

    def __init__(self, channels: int, dilations: Sequence[Sequence[int]]) -> None:
        super().__init__(*(_ResidualBlock(channels, (time, pitch)) for time, pitch in dilations), nn.BatchNorm2d(channels), nn.ReLU())


class AbcListener(PreTrainedModel):
    """Spectrum in, onset, frame, offset, unison and instrument logits out.

    Example:
        >>> model = AbcListener(AbcListenerConfig(hidden_channels=8, dilations=((1, 1),))).eval()
        >>> output = model(torch.zeros(1, 3, 41, 294))
        >>> output.onset_logits.shape, output.instrument_logits.shape
        (torch.Size([1, 41, 88]), torch.Size([1, 6, 88, 15]))
    """

    config_class = AbcListenerConfig
    main_input_name = "input_features"
    input_modalities = "audio"
    base_model_prefix = "listener"

    def __init__(self, config: AbcListenerConfig) -> None:
        super().__init__(config)
        width, instrument_width = config.hidden_channels, config.instrument_channels
        # One third of a semitone per input bin becomes one pitch per output column.
        self.stem = nn.Conv2d(
            len(config.window_lengths) * len(config.harmonics), width, (3, 5), stride=(1, config.bins_per_semitone), padding=(1, 1)
        )
        self.trunk = _Trunk(width, config.dilations)
        self.note_heads = nn.Conv2d(width, 4, 3, padding=1)  # onset, frame, offset, unison
        # Timbre is read from the stem too, since the trunk is busy with pitch.
        self.instrument_stem = nn.Conv2d(2 * width, instrument_width, 1)
        self.instrument_trunk = _Trunk(instrument_width, config.instrument_dilations)
        self.instrument_head = nn.Conv2d(instrument_width, len(config.instruments), 1)
        self.post_init()

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                # The rare-event prior: heads start out saying "nothing here", instead of spending the first steps on learning that.
                nn.init.constant_(module.bias, -4.0 if module is self.note_heads else 0.0)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(
        self,
        input_features: torch.Tensor,
        onset_labels: torch.Tensor | None = None,
        frame_labels: torch.Tensor | None = None,
        offset_labels: torch.Tensor | None = None,
        instrument_labels: torch.Tensor | None = None,
        unison_labels: torch.Tensor | None = None,
    ) -> AbcListenerOutput:
        """Run the network.

        Args:
            input_features: ``[batch, windows, frames, bins]`` of `AbcFeatureExtractor`.
            onset_labels, frame_labels, offset_labels: ``[batch, frames, pitches]`` in [0, 1]; all of them or none.
            instrument_labels: ``[batch, frames / instrument_stride (rounded up), pitches]``, an index or `IGNORED_LABEL`.
            unison_labels: ``[batch, frames, pitches]``, 1 where several notes sound at once.
        """
        stem = self.stem(self._stack_harmonics(input_features))
        hidden = self.trunk(stem)
        onset, frame, offset, unison = self.note_heads(hidden).float().unbind(1)
        both = torch.cat([F.relu(stem), hidden], dim=1)
        pooled = F.avg_pool2d(both, (self.config.instrument_stride, 1), ceil_mode=True)
        instrument = self.instrument_head(self.instrument_trunk(self.instrument_stem(pooled))).float().permute(0, 2, 3, 1)
        loss = None
        if len({labels is None for labels in (onset_labels, frame_labels, offset_labels)}) > 1:
            raise ValueError("a loss takes onset_labels, frame_labels and offset_labels together")
        if onset_labels is not None and frame_labels is not None and offset_labels is not None:
            loss = ONSET_WEIGHT * _per_frame_bce(onset, onset_labels, onset.new_tensor(ONSET_POSITIVE_WEIGHT))
            loss = loss + FRAME_WEIGHT * _per_frame_bce(frame, frame_labels) + OFFSET_WEIGHT * _per_frame_bce(offset, offset_labels)
            if unison_labels is not None:
                loss = loss + UNISON_WEIGHT * _per_frame_bce(unison, unison_labels)
            if instrument_labels is not None:
                loss = loss + INSTRUMENT_WEIGHT * _instrument_loss(instrument, instrument_labels)
        return AbcListenerOutput(loss, onset, frame, offset, unison, instrument)

    def _stack_harmonics(self, features: torch.Tensor) -> torch.Tensor:
        """``[batch, windows, frames, bins]`` to ``[batch, windows * harmonics, frames, pitches * bins_per_semitone]``."""
        per_octave = 12 * self.config.bins_per_semitone
        width = self.config.num_pitches * self.config.bins_per_semitone
        shifts = [round(per_octave * math.log2(ratio)) for ratio in self.config.harmonics]
        left, right = max(-min(shifts), 0), max(max(shifts) + width - features.shape[-1], 0)
        padded = F.pad(features, (left, right))
        return torch.cat([padded[..., left + shift : left + shift + width] for shift in shifts], dim=1)


def _per_frame_bce(logits: torch.Tensor, labels: torch.Tensor, pos_weight: torch.Tensor | None = None) -> torch.Tensor:
    """Summed over pitches, mean over frames, so that a frame's loss does not shrink with the silent pitches around it."""
    return F.binary_cross_entropy_with_logits(logits, labels, pos_weight=pos_weight, reduction="none").sum(-1).mean()


def _instrument_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean over what is labelled; 0 where nothing is."""
    known = (labels != IGNORED_LABEL).sum().clamp(min=1)
    return F.cross_entropy(logits.flatten(0, 2), labels.flatten(), ignore_index=IGNORED_LABEL, reduction="sum") / known
