"""Sound sources: how one note of an instrument sounds.

Two sources share one method, ``note(...) -> samples``: `SoundFontBank` plays samples of a SoundFont, `RandomTimbre` draws an instrument
that never existed (harmonic envelope, resonances, vibrato, noise), which costs nothing and cannot leak a test sound.

All audio is mono float32 at one sampling rate; a note's peak is about its loudness.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import mido
import numpy as np
import soundfile
import soxr

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument

TABLE_SIZE = 1024  # samples of one stored period
BANK_NOTE_S = 2.6  # how long the SoundFont is asked to hold a note
BANK_RELEASE_S = 0.5
BANK_PITCH_STEP = 2  # semitones between stored notes; those between are replayed faster or slower
BANK_VELOCITIES = (50, 105)  # softer and louder layer; MIDI velocities
LOOP_S = 1.2  # the last part of a held note, repeated with a crossfade for longer ones
LOUDEST_FREQUENCY = 0.47  # of the sampling rate; no harmonic above, so nothing aliases


@dataclass(frozen=True, slots=True)
class Expression:
    """How a note is played, drawn per note by `draw_expression`."""

    detune_cents: float
    vibrato_cents: float
    vibrato_hz: float
    glide_cents: float  # where the pitch starts, relative to where it settles
    attack_s: float
    release_s: float
    swell: float  # -1 dies away, +1 grows


class SoundSource(Protocol):
    """Renders one note: its samples start at the note's onset and run past its end by the release."""

    def note(self, pitch_midi: int, length_s: float, loudness: float, expression: Expression, rng: np.random.Generator) -> np.ndarray: ...


def draw_expression(instrument: Instrument, rng: np.random.Generator) -> Expression:
    """A way to play a note that suits the instrument: no vibrato where a string was struck or plucked."""
    vibrato = 0.0 if instrument.decays or rng.random() < 0.5 else rng.uniform(5, 45)
    glide = 0.0 if instrument.decays or rng.random() < 0.8 else rng.uniform(-120, 80)
    attack = rng.uniform(0.002, 0.01) if instrument.decays else rng.choice([rng.uniform(0.004, 0.03), rng.uniform(0.03, 0.11)])
    return Expression(
        rng.normal(0, 7), vibrato, rng.uniform(4.2, 7.2), glide, float(attack), rng.uniform(0.02, 0.18), rng.uniform(-0.6, 0.6)
    )


def _pitch_ratio(samples: int, sampling_rate: int, expression: Expression) -> np.ndarray:
    """Factor on the frequency at each sample: detuning, a glide into the note and a vibrato that sets in late."""
    seconds = np.arange(samples, dtype=np.float32) / sampling_rate
    cents = expression.detune_cents + expression.glide_cents * np.exp(-seconds / 0.03)
    if expression.vibrato_cents:
        onset = np.minimum(seconds / 0.25, 1)
        cents = cents + expression.vibrato_cents * onset * np.sin(2 * np.pi * expression.vibrato_hz * seconds)
    return np.exp2(cents / 1200).astype(np.float32)


def _envelope(samples: int, held: int, sampling_rate: int, expression: Expression) -> np.ndarray:
    """Attack, swell and release; `held` samples until the note ends."""
    envelope = np.ones(samples, dtype=np.float32)
    attack = max(min(int(expression.attack_s * sampling_rate), held), 1)
    envelope[:attack] = np.sin(np.linspace(0, np.pi / 2, attack, dtype=np.float32))
    envelope *= np.exp(expression.swell * np.linspace(-0.5, 0.5, samples, dtype=np.float32))
    envelope[held:] *= np.cos(np.linspace(0, np.pi / 2, samples - held, dtype=np.float32)) ** 2
    return envelope


class RandomTimbre:
    """An instrument drawn at random; every note of it shares spectrum, resonances and noise.

    Each note is read from two stored periods (one for the attack, one for the sustained sound) that are crossfaded, which is far
    cheaper than adding sines and lets the brightness change.
    """

    def __init__(self, rng: np.random.Generator, sampling_rate: int, decays: bool = False) -> None:
        self._sampling_rate = sampling_rate
        self._decay_s = rng.uniform(0.25, 2.5) if decays else np.inf
        self._rolloff = rng.uniform(0.5, 2.2)
        self._even_gain = rng.choice([1.0, rng.uniform(0.02, 0.5)], p=[0.75, 0.25])  # hollow tubes lack even harmonics
        self._resonances = [(np.exp(rng.uniform(np.log(200), np.log(5000))), rng.uniform(0.1, 0.6), rng.uniform(-6, 14)) for _ in range(5)]
        self._ripple = np.exp(rng.normal(0, rng.uniform(0, 0.6), size=64))
        self._attack_tilt = rng.uniform(-0.7, 0.7)
        self._brightening = rng.uniform(0, 0.8)  # louder notes are brighter
        self._noise_gain = 10 ** (rng.uniform(-70, -28) / 20)
        self._noise_colour = rng.uniform(0.0, 0.95)
        self._phases = rng.uniform(0, 2 * np.pi, size=64)

    def note(self, pitch_midi: int, length_s: float, loudness: float, expression: Expression, rng: np.random.Generator) -> np.ndarray:
        held = max(int(length_s * self._sampling_rate), 1)
        samples = held + int(expression.release_s * self._sampling_rate)
        hertz = 440.0 * 2 ** ((pitch_midi - 69) / 12)
        phase = np.cumsum(_pitch_ratio(samples, self._sampling_rate, expression) * (hertz / self._sampling_rate)) + rng.random()
        position = (phase % 1.0) * TABLE_SIZE
        index = position.astype(np.int32)
        fraction = (position - index).astype(np.float32)
        tilt = self._brightening * (loudness - 0.5)
        sustain = self._table(hertz, tilt)
        settle = np.exp(-np.arange(samples, dtype=np.float32) / (0.08 * self._sampling_rate))
        table = np.stack([sustain, self._table(hertz, tilt + self._attack_tilt) - sustain])
        value = table[:, index] * (1 - fraction) + table[:, index + 1] * fraction
        sound = value[0] + settle * value[1] + self._noise(samples, rng)
        if np.isfinite(self._decay_s):
            sound = sound * np.exp(-np.arange(samples, dtype=np.float32) / (self._sampling_rate * self._decay_s * (hertz / 262) ** -0.4))
        return sound * _envelope(samples, held, self._sampling_rate, expression) * loudness

    def _table(self, hertz: float, tilt: float) -> np.ndarray:
        """One period, with its first sample repeated at the end, peak 1."""
        harmonics = np.arange(1, max(min(int(LOUDEST_FREQUENCY * self._sampling_rate / hertz), 64), 1) + 1)
        frequencies = harmonics * hertz
        decibels = sum(gain * np.exp(-((np.log(frequencies / centre) / width) ** 2)) for centre, width, gain in self._resonances)
        gains = harmonics ** -(self._rolloff - tilt) * 10 ** (decibels / 20) * self._ripple[: len(harmonics)]
        gains[1::2] *= self._even_gain
        spectrum = np.zeros(TABLE_SIZE // 2 + 1, dtype=np.complex64)
        spectrum[1 : len(harmonics) + 1] = gains * np.exp(1j * self._phases[: len(harmonics)])
        period = np.fft.irfft(spectrum).astype(np.float32)
        period /= np.abs(period).max() + 1e-9
        return np.append(period, period[0])

    def _noise(self, samples: int, rng: np.random.Generator) -> np.ndarray:
        """Breath or bow: white noise, darkened by a difference with its neighbour."""
        white = rng.standard_normal(samples + 1, dtype=np.float32)
        return self._noise_gain * (white[1:] + self._noise_colour * white[:-1])


class SoundFontBank:
    """Notes of a SoundFont, rendered once for every instrument, pitch and velocity layer, then reused.

    Args:
        path: a ``.sf2`` or ``.sf3`` file.
        sampling_rate: of the notes, in Hz.

    Raises:
        FileNotFoundError: no such file, or the program fluidsynth is not installed.
        ValueError: it is no SoundFont.
    """

    def __init__(self, path: Path, sampling_rate: int) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"no SoundFont at {path}")
        self.name = path.name
        self._sampling_rate = sampling_rate
        self._notes = {i.code: _render_instrument(path, i, sampling_rate) for i in HEARD_INSTRUMENTS}

    def source(self, instrument: Instrument) -> SoundSource:
        """The sound of one instrument."""
        return _SampledInstrument(self._notes[instrument.code], instrument, self._sampling_rate)


class _SampledInstrument:
    def __init__(self, notes: dict[tuple[int, int], np.ndarray], instrument: Instrument, sampling_rate: int) -> None:
        self._notes, self._instrument, self._sampling_rate = notes, instrument, sampling_rate
        self._pitches = sorted({pitch for pitch, _ in notes})

    def note(self, pitch_midi: int, length_s: float, loudness: float, expression: Expression, rng: np.random.Generator) -> np.ndarray:
        # A neighbouring pitch's sample, replayed faster or slower, is a different colour of the same instrument.
        near = [pitch for pitch in self._pitches if abs(pitch - pitch_midi) <= BANK_PITCH_STEP] or [
            min(self._pitches, key=lambda p: abs(p - pitch_midi))
        ]
        neighbour = near[int(rng.integers(len(near)))]
        layer = BANK_VELOCITIES[int(rng.random() < loudness)]
        stored = self._notes[neighbour, layer]
        held = max(int(length_s * self._sampling_rate), 1)
        samples = held + int(expression.release_s * self._sampling_rate)
        ratio = _pitch_ratio(samples, self._sampling_rate, expression) * np.float32(2 ** ((pitch_midi - neighbour) / 12))
        position = np.cumsum(ratio, dtype=np.float64)
        if not self._instrument.decays:
            stored, position = _looped(stored, position, self._sampling_rate)
        sound = np.interp(position, np.arange(len(stored)), stored, right=0.0).astype(np.float32)
        # The sample has its own attack; half of the time it is softened further, as under a slur.
        attack_s = float(rng.choice([0.002, expression.attack_s]))
        return sound * _envelope(samples, held, self._sampling_rate, replace(expression, attack_s=attack_s)) * loudness


def _looped(stored: np.ndarray, position: np.ndarray, sampling_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the end of the held part, so that a note may last longer than its sample."""
    end, loop = int(BANK_NOTE_S * sampling_rate) - 1, int(LOOP_S * sampling_rate)
    if position[-1] < end - loop // 4:
        return stored, position
    fade = loop // 4
    weight = np.linspace(0, 1, fade, dtype=np.float32)
    looped = stored[:end].copy()
    # The last `fade` samples lead into what precedes the loop's start, so that jumping back is seamless.
    looped[-fade:] = looped[-fade:] * (1 - weight) + stored[end - loop - fade : end - loop] * weight
    wrapped = np.where(position < end - 1, position, end - loop + (position - end) % (loop - 1))
    return looped, wrapped


def _render_instrument(path: Path, instrument: Instrument, sampling_rate: int) -> dict[tuple[int, int], np.ndarray]:
    """Every other note of an instrument in each velocity layer, peak-normalised, as one long rendering cut apart."""
    pitches = range(instrument.lowest, instrument.highest + 1, BANK_PITCH_STEP)
    keys = [(pitch, velocity) for pitch in pitches for velocity in BANK_VELOCITIES]
    track = mido.MidiTrack([mido.Message("program_change", program=instrument.program)])
    for pitch, velocity in keys:
        track.append(mido.Message("note_on", note=pitch, velocity=velocity))
        track.append(mido.Message("note_off", note=pitch, time=round(BANK_NOTE_S * 1000)))
        track.append(mido.Message("control_change", control=3, time=round(BANK_RELEASE_S * 1000)))  # no such controller: only time passes
    audio = _fluidsynth(path, mido.MidiFile(ticks_per_beat=500, tracks=[track]), sampling_rate)  # 120 bpm: a tick is a millisecond
    slot = round((BANK_NOTE_S + BANK_RELEASE_S) * sampling_rate)
    audio = np.pad(audio, (0, max(slot * len(keys) - len(audio), 0)))
    notes = audio[: slot * len(keys)].reshape(len(keys), slot)
    return {key: note / (np.abs(note).max() + 1e-6) for key, note in zip(keys, notes, strict=True)}


def _fluidsynth(soundfont: Path, midi: mido.MidiFile, sampling_rate: int) -> np.ndarray:
    """Render MIDI as dry mono audio with the program fluidsynth (symusic 0.5.8 and 0.6.0 play FluidR3 at wrong pitches)."""
    with tempfile.TemporaryDirectory() as folder:
        midi_path, wav_path = Path(folder) / "bank.mid", Path(folder) / "bank.wav"
        midi.save(midi_path)
        quiet = ["-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(2 * sampling_rate)]
        try:
            subprocess.run(["fluidsynth", *quiet, "-F", wav_path, soundfont, midi_path], check=True, capture_output=True)
        except FileNotFoundError:
            raise FileNotFoundError("playing a SoundFont needs the program fluidsynth (Debian: apt install fluidsynth)") from None
        except subprocess.CalledProcessError as error:
            raise ValueError(f"fluidsynth could not play {soundfont}: {error.stderr.decode(errors='replace').strip()}") from None
        stereo, _ = soundfile.read(wav_path, dtype="float32")
    return soxr.resample(stereo.mean(axis=1), 2 * sampling_rate, sampling_rate)
