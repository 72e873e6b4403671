"""HeardNote: what a listener reports, before anything is known of beats, bars or voices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class HeardNote:
    """A note in seconds.

    Attributes:
        onset_s, offset_s: start and end, in seconds from the start of the recording.
        pitch_midi: the nearest MIDI pitch.
        confidence: the listener's probability that a note starts here, 0 to 1.
        instruments: probability of each of `notation.instruments.HEARD_INSTRUMENTS`, in that order; empty if nothing is known.
    """

    onset_s: float
    offset_s: float
    pitch_midi: int
    confidence: float = 1.0
    instruments: tuple[float, ...] = ()

    @property
    def duration_s(self) -> float:
        return self.offset_s - self.onset_s
