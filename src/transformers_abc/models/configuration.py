"""Configuration of the listener: what it hears, on which grid of time and pitch, and how large it is."""

from __future__ import annotations

from typing import Any

from transformers import PretrainedConfig

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS

INSTRUMENT_CODES = tuple(instrument.code for instrument in HEARD_INSTRUMENTS)


class AbcListenerConfig(PretrainedConfig):
    """Configuration of `AbcListener` and of the log-frequency input it expects.

    Args:
        sampling_rate: of the audio, in Hz.
        hop_length: samples between frames (400 at 16 kHz: 40 frames a second).
        window_lengths: samples of each analysis window, one input channel each: long ones tell low pitches apart, short ones onsets.
        lowest_pitch, num_pitches: the MIDI pitches that are heard; 21 and 88 are the piano's keys.
        bins_per_semitone: resolution of the input's frequency axis.
        harmonics: frequency ratios that are stacked so that each pitch sees its own overtones (0.5 is the octave below).
        hidden_channels: width of the convolutions.
        dilations: (time, pitch) dilation of each residual block.
        instruments: codes of `notation.instruments.HEARD_INSTRUMENTS`, in the order of the instrument head.
        instrument_stride: frames pooled into one step of the instrument head, since who plays changes slowly.
        instrument_channels, instrument_dilations: width and blocks of the instrument head, as above.
        decoding_thresholds: fields of `models.decoding.DecodingThresholds` that were chosen for these weights.

    >>> AbcListenerConfig().frame_s
    0.025
    """

    model_type = "abc_listener"

    def __init__(
        self,
        sampling_rate: int = 16_000,
        hop_length: int = 400,
        window_lengths: tuple[int, ...] = (8192, 3072, 1024),
        lowest_pitch: int = 21,
        num_pitches: int = 88,
        bins_per_semitone: int = 3,
        harmonics: tuple[float, ...] = (0.5, 1, 2, 3, 4, 5, 6, 7, 8),
        hidden_channels: int = 48,
        dilations: tuple[tuple[int, int], ...] = ((1, 1), (1, 12), (2, 1), (4, 12), (8, 1), (2, 7), (4, 1), (8, 12), (2, 5), (1, 1)),
        instruments: tuple[str, ...] = INSTRUMENT_CODES,
        instrument_stride: int = 8,
        instrument_channels: int = 128,
        instrument_dilations: tuple[tuple[int, int], ...] = ((1, 1), (2, 12), (4, 1), (8, 7), (2, 12), (1, 1)),
        decoding_thresholds: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        self.sampling_rate = sampling_rate
        self.hop_length = hop_length
        self.window_lengths = list(window_lengths)
        self.lowest_pitch = lowest_pitch
        self.num_pitches = num_pitches
        self.bins_per_semitone = bins_per_semitone
        self.harmonics = list(harmonics)
        self.hidden_channels = hidden_channels
        self.dilations = [list(pair) for pair in dilations]
        self.instruments = list(instruments)
        self.instrument_stride = instrument_stride
        self.instrument_channels = instrument_channels
        self.instrument_dilations = [list(pair) for pair in instrument_dilations]
        self.decoding_thresholds = decoding_thresholds or {}
        super().__init__(**kwargs)

    @property
    def frame_s(self) -> float:
        """Seconds between frames."""
        return self.hop_length / self.sampling_rate

    @property
    def num_bins(self) -> int:
        """Frequency bins of the input: from the lowest pitch to just below half the sampling rate of 16 kHz audio (MIDI 119)."""
        return (119 - self.lowest_pitch) * self.bins_per_semitone
