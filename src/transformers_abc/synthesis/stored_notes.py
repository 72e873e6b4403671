"""Notes of instruments, stored as samples and replayed: what every bank of sounds has in common, wherever its notes come from.

Conventions: stored notes are 16-bit and sampled twice as densely as they are played, so that reading between them does not dull it.
Held instruments end in a loop, whose end was faded into what stands before its start; struck ones die away and stop.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.signal import correlate

from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.tones import BLOCK, Tone, border_seconds, joined, loudness_curve, pitch_seconds

DENSITY = 2  # stored samples for each one played
RELEASE_S = 0.2  # the end of a struck note, in which it is made to stop
PITCH_STEP = 2  # semitones; any note that near is replayed faster or slower instead of the right one
VELOCITIES = (50, 105)  # softer and louder layer; MIDI velocities
LOOP_S = 1.2  # about how much of a held note's end is repeated
LOOP_SHARE = 2 / 3  # of a short note that is repeated at most, since the attack must not be
FADE_S = 0.05  # crossfade at the end of a loop; partials drift apart and cancel in a longer one, by 13 dB in 0.3 s
SEARCH_S = 0.05  # how much shorter a loop may become
SHORTEST_LOOPED_S = 0.2  # a note of which a loop can be made
SLURRED_START_S = (0.08, 0.25)  # into the stored note: its own attack is left out
SOFTENED_PROBABILITY = 0.5  # of a note's attack being softened further
PADDING = 4 * BLOCK * DENSITY  # samples after each note, since a block may read past its end

_WITHIN = np.arange(BLOCK, dtype=np.float32)
_FULL_SCALE = np.float32(1 / 32767)


@dataclass(frozen=True, slots=True)
class StoredNote:
    """Where a note stands among all samples.

    Attributes:
        start, length: in samples.
        loop: how many samples of its end are repeated; 0 for a note that dies away.
        cents: how much higher it sounds than the pitch that it is stored for.
    """

    start: int
    length: int
    loop: int
    cents: int = 0


class SampledInstrument:
    """A sound source that replays stored notes.

    Args:
        samples: of all notes, int16.
        notes: by pitch and velocity, each pitch in all of `VELOCITIES`. One of several takes is drawn each time.
        sampling_rate: to play at, in Hz.
    """

    def __init__(self, samples: np.ndarray, notes: Mapping[tuple[int, int], tuple[StoredNote, ...]], sampling_rate: int) -> None:
        self._samples, self._notes, self._sampling_rate = samples, notes, sampling_rate
        self._pitches = np.array(sorted({pitch for pitch, _ in notes}))

    def note(self, tone: Tone, rng: np.random.Generator) -> np.ndarray:
        """Samples of a note; see `SoundSource`."""
        # A neighbouring pitch's sample, replayed faster or slower, is a different colour of the same instrument.
        distances = np.abs(self._pitches - tone.pitch_midi)
        near = self._pitches[distances <= max(PITCH_STEP, int(distances.min()))]
        neighbour = int(near[int(rng.random() * len(near))])
        takes = self._notes[neighbour, VELOCITIES[int(rng.random() < tone.loudness)]]
        stored = takes[0] if len(takes) == 1 else takes[int(rng.random() * len(takes))]
        seconds = border_seconds(tone.sounding_s, self._sampling_rate)
        rate = self._sampling_rate * DENSITY
        read = pitch_seconds(seconds, tone.expression) * (2.0 ** ((tone.pitch_midi - neighbour - stored.cents / 100) / 12) * rate)
        if tone.expression.is_slurred and stored.loop:
            read += rng.uniform(*SLURRED_START_S) * rate
        elif rng.random() < SOFTENED_PROBABILITY or tone.expression.is_slurred:
            pass
        else:
            tone = replace(tone, expression=replace(tone.expression, attack_s=0.002))
        sound = self._read(stored, read) * joined(loudness_curve(seconds, tone) * _FULL_SCALE)
        return sound.ravel()

    def _read(self, stored: StoredNote, read: np.ndarray) -> np.ndarray:
        """Samples ``[blocks, BLOCK]`` float32, full scale 32767, at places that are given for the block borders."""
        begins = read[:-1]
        if stored.loop:
            loop_start = stored.length - stored.loop
            begins = np.where(begins < loop_start, begins, loop_start + (begins - loop_start) % stored.loop)
        first = begins.astype(np.int64)
        place = np.multiply.outer(((read[1:] - read[:-1]) / BLOCK).astype(np.float32), _WITHIN)
        place += (begins - first).astype(np.float32)[:, None]
        index = place.astype(np.int32)
        place -= index
        index += (np.minimum(first, stored.length) + stored.start).astype(np.int32)[:, None]
        sound = self._samples.take(index, mode="clip").astype(np.float32)
        index += 1
        sound += (self._samples.take(index, mode="clip").astype(np.float32) - sound) * place
        return sound


def packed(kept: np.ndarray, loop: int) -> np.ndarray:
    """A note as it is stored, int16 and as loud as can be, with what a block may read after its end.

    >>> len(packed(np.ones(1000, dtype=np.float32), 300)) - PADDING
    1000
    """
    padding = np.resize(kept[-loop:], PADDING) if loop else np.zeros(PADDING)
    scaled = np.concatenate([kept, padding]) / (np.abs(kept).max() + 1e-6)
    return np.round(scaled * 32767).astype(np.int16)


def faded(note: np.ndarray, rate: int) -> np.ndarray:
    """A struck note that ends in silence.

    >>> faded(np.ones(1000, dtype=np.float32), 1000)[[0, 799, -1]].tolist()
    [1.0, 1.0, 0.0]
    """
    fade = min(round(RELEASE_S * rate), len(note))
    return np.concatenate([note[:-fade], note[-fade:] * np.linspace(1, 0, fade, dtype=np.float32)])


def with_loop(note: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
    """A held note that may go back by so many samples at its end without being heard to.

    The length of the loop is the one at which the end is most like what stands before the start, so that the crossfade does not cancel.

    Args:
        note: of at least `SHORTEST_LOOPED_S`; all of it is kept.
        rate: samples a second.

    >>> kept, loop = with_loop(np.sin(np.arange(3000, dtype=np.float32)), 1000)
    >>> len(kept), 1150 <= loop <= 1200
    (3000, True)
    """
    fade, end = int(FADE_S * rate), len(note)
    loop = min(int(LOOP_S * rate), int((end - fade) * LOOP_SHARE))
    ending = note[end - fade :]
    search = note[end - fade - loop : end - loop + int(SEARCH_S * rate)]
    power = np.cumsum(np.concatenate([[0.0], search.astype(np.float64) ** 2]))
    likeness = correlate(search, ending, mode="valid", method="fft") / np.sqrt(power[fade:] - power[:-fade] + 1e-9)
    loop -= int(np.argmax(likeness))
    weight = np.linspace(0, 1, fade, endpoint=False)
    kept = note.copy()
    kept[-fade:] = ending * (1 - weight) + note[end - fade - loop : end - loop] * weight
    return kept, loop


def cached(cache: Path | None, stem: str, state: str, make: Callable[[], tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """What `make` gives: all samples and a table, read from the cache without loading the samples, and first written there if need be.

    Args:
        cache: a folder; None to make them each time.
        stem: how the files' names begin.
        state: all that what is made depends on.
        make: gives them.
    """
    if cache is None:
        return make()
    name = f"{stem}-{sha256(state.encode()).hexdigest()[:12]}"
    samples_path, table_path = cache / f"{name}.samples.npy", cache / f"{name}.table.npy"
    if not (samples_path.exists() and table_path.exists()):
        cache.mkdir(parents=True, exist_ok=True)
        for target, array in zip((samples_path, table_path), make(), strict=True):
            buffer = io.BytesIO()
            np.save(buffer, array)
            write_whole(target, buffer.getvalue())
    return np.asarray(np.load(samples_path, mmap_mode="r")), np.load(table_path)
