"""Notes of a SoundFont: every instrument, pitch and velocity layer rendered once, then replayed.

Conventions: stored notes are 16-bit and sampled twice as densely as they are played, so that reading between them does not dull it.
Held instruments end in a loop, whose end was faded into what stands before its start; struck ones die away and stop.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import mido
import numpy as np
import soundfile
import soxr
from scipy.signal import correlate

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.timbres import SoundSource
from transformers_abc.synthesis.tones import BLOCK, Tone, border_seconds, joined, loudness_curve, pitch_seconds

DENSITY = 2  # stored samples for each one played
HELD_S, DECAYING_S = 2.6, 5.0  # how long the SoundFont is asked to hold a note
RELEASE_S = 0.2  # after which a rendered note is made to stop
STOPPED_S = 0.02  # from then to the next, so that nothing of the one is heard in the other
PITCH_STEP = 2  # semitones between stored notes; those between are replayed faster or slower
VELOCITIES = (50, 105)  # softer and louder layer; MIDI velocities
BAND = 1.1  # sampling rate, of the one to play at, that the notes are first rendered at: its filter leaves all that can be played
LOOP_S = 1.2  # about how much of a held note's end is repeated
FADE_S = 0.05  # crossfade at the end of a loop; partials drift apart and cancel in a longer one, by 13 dB in 0.3 s
SLURRED_START_S = (0.08, 0.25)  # into the stored note: its own attack is left out
SOFTENED_PROBABILITY = 0.5  # of a note's attack being softened further
SILENCE = 1e-6
MISSING = 1e-3  # of the loudest note of its instrument; what is softer lies where the SoundFont has none
FORMAT = 3  # of the cache; changes when what is stored does

_WITHIN = np.arange(BLOCK, dtype=np.float32)
_FULL_SCALE = np.float32(1 / 32767)


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a note stands among all samples; ``loop`` is 0 for a note that dies away."""

    start: int
    length: int
    loop: int


class SoundFontBank:
    """Notes of a SoundFont, for every instrument that is heard.

    Args:
        path: a ``.sf2`` or ``.sf3`` file.
        sampling_rate: of the notes to play, in Hz.
        cache: a folder to keep the rendered notes in (about 150 MB at 16 kHz), since to render them takes about 20 s. Processes that read
            them from there share them, and a bank travels to another process by its name only.

    Raises:
        FileNotFoundError: no such file, or the program fluidsynth is not installed.
        ValueError: it is no SoundFont, or has no sound for one of the instruments.
    """

    def __init__(self, path: Path, sampling_rate: int, cache: Path | None = None) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"no SoundFont at {path}")
        self.name = path.name
        self._path, self._sampling_rate, self._cache = path, sampling_rate, cache
        self._samples, table = _rendered(path, sampling_rate) if cache is None else _cached(path, sampling_rate, cache)
        self._notes: dict[str, dict[tuple[int, int], _Stored]] = {instrument.code: {} for instrument in HEARD_INSTRUMENTS}
        for number, pitch, velocity, *place in table.tolist():
            self._notes[HEARD_INSTRUMENTS[number].code][pitch, velocity] = _Stored(*place)

    def source(self, instrument: Instrument) -> SoundSource:
        """The sound of one instrument."""
        return _SampledInstrument(self._samples, self._notes[instrument.code], self._sampling_rate)

    def __reduce__(self) -> str | tuple[object, ...]:
        if self._cache is None:
            return super().__reduce__()
        return SoundFontBank, (self._path, self._sampling_rate, self._cache)


class _SampledInstrument:
    def __init__(self, samples: np.ndarray, notes: dict[tuple[int, int], _Stored], sampling_rate: int) -> None:
        self._samples, self._notes, self._sampling_rate = samples, notes, sampling_rate
        self._pitches = np.array(sorted({pitch for pitch, _ in notes}))

    def note(self, tone: Tone, rng: np.random.Generator) -> np.ndarray:
        """Samples of a note; see `SoundSource`."""
        # A neighbouring pitch's sample, replayed faster or slower, is a different colour of the same instrument.
        distances = np.abs(self._pitches - tone.pitch_midi)
        near = self._pitches[distances <= max(PITCH_STEP, int(distances.min()))]
        neighbour = int(near[int(rng.random() * len(near))])
        stored = self._notes[neighbour, VELOCITIES[int(rng.random() < tone.loudness)]]
        seconds = border_seconds(tone.sounding_s, self._sampling_rate)
        rate = self._sampling_rate * DENSITY
        read = pitch_seconds(seconds, tone.expression) * (2.0 ** ((tone.pitch_midi - neighbour) / 12) * rate)
        if tone.expression.is_slurred and stored.loop:
            read += rng.uniform(*SLURRED_START_S) * rate
        elif rng.random() < SOFTENED_PROBABILITY or tone.expression.is_slurred:
            pass
        else:
            tone = replace(tone, expression=replace(tone.expression, attack_s=0.002))
        sound = self._read(stored, read) * joined(loudness_curve(seconds, tone) * _FULL_SCALE)
        return sound.ravel()

    def _read(self, stored: _Stored, read: np.ndarray) -> np.ndarray:
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
        sound = self._samples.take(index).astype(np.float32)
        index += 1
        sound += (self._samples.take(index).astype(np.float32) - sound) * place
        return sound


def _cached(path: Path, sampling_rate: int, cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """What `_rendered` gives, read from the cache without loading it, and first written there if need be."""
    about = path.stat()
    state = f"{FORMAT} {path.name} {about.st_size} {about.st_mtime_ns} {sampling_rate}"
    stem = f"{path.stem}-{sampling_rate}-{sha256(state.encode()).hexdigest()[:12]}"
    samples_path, table_path = cache / f"{stem}.samples.npy", cache / f"{stem}.table.npy"
    if not (samples_path.exists() and table_path.exists()):
        cache.mkdir(parents=True, exist_ok=True)
        for target, array in zip((samples_path, table_path), _rendered(path, sampling_rate), strict=True):
            buffer = io.BytesIO()
            np.save(buffer, array)
            write_whole(target, buffer.getvalue())
    return np.asarray(np.load(samples_path, mmap_mode="r")), np.load(table_path)


def _rendered(path: Path, sampling_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """All samples one after another, int16, and a row for each note: instrument number, pitch, velocity and its `_Stored`."""
    chunks: list[np.ndarray] = []
    rows: list[tuple[int, ...]] = []
    length = 0
    for number, instrument in enumerate(HEARD_INSTRUMENTS):
        for (pitch, velocity), note in _render_instrument(path, instrument, sampling_rate * DENSITY).items():
            kept, loop = (_faded(note, sampling_rate * DENSITY), 0) if instrument.decays else _with_loop(note, sampling_rate * DENSITY)
            padding = kept[-loop:][: 4 * BLOCK * DENSITY] if loop else np.zeros(4 * BLOCK * DENSITY)  # a block may read past the end
            scaled = np.concatenate([kept, padding]) / (np.abs(kept).max() + 1e-6)
            rows.append((number, pitch, velocity, length, len(kept), loop))
            chunks.append(np.round(scaled * 32767).astype(np.int16))
            length += len(chunks[-1])
    return np.concatenate(chunks), np.array(rows)


def _faded(note: np.ndarray, rate: int) -> np.ndarray:
    """A struck note that ends in silence."""
    fade = round(RELEASE_S * rate)
    return np.concatenate([note[:-fade], note[-fade:] * np.linspace(1, 0, fade, dtype=np.float32)])


def _with_loop(note: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
    """A held note, cut where it may go back by so many samples without being heard to.

    The length of the loop is the one at which the end is most like what stands before the start, so that the crossfade does not cancel.
    """
    end, fade, loop = int(HELD_S * rate) - rate // 50, int(FADE_S * rate), int(LOOP_S * rate)
    ending = note[end - fade : end]
    search = note[end - fade - loop : end - loop + rate // 20]  # loops up to 50 ms shorter
    power = np.cumsum(np.concatenate([[0.0], search.astype(np.float64) ** 2]))
    likeness = correlate(search, ending, mode="valid", method="fft") / np.sqrt(power[fade:] - power[:-fade] + 1e-9)
    loop -= int(np.argmax(likeness))
    weight = np.linspace(0, 1, fade, endpoint=False)
    kept = note[:end].copy()
    kept[-fade:] = ending * (1 - weight) + note[end - fade - loop : end - loop] * weight
    return kept, loop


def _render_instrument(path: Path, instrument: Instrument, rate: int) -> dict[tuple[int, int], np.ndarray]:
    """Every other note of an instrument in each velocity layer, as one long rendering cut apart; those that the SoundFont has."""
    held_s = DECAYING_S if instrument.decays else HELD_S
    band = round(rate / DENSITY * BAND)
    pitches = range(instrument.lowest, instrument.highest + 1, PITCH_STEP)
    keys = [(pitch, velocity) for pitch in pitches for velocity in VELOCITIES]
    track = mido.MidiTrack([mido.Message("program_change", program=instrument.program)])
    for pitch, velocity in keys:
        track.append(mido.Message("note_on", note=pitch, velocity=velocity))
        track.append(mido.Message("note_off", note=pitch, time=round(held_s * 1000)))
        track.append(mido.Message("control_change", control=120, time=round(RELEASE_S * 1000)))  # all sound off
        track.append(mido.Message("control_change", control=3, time=round(STOPPED_S * 1000)))  # no such controller: only time passes
    audio = _fluidsynth(path, mido.MidiFile(ticks_per_beat=500, tracks=[track]), band)  # 120 bpm: a tick is a millisecond
    if not np.abs(audio).max(initial=0.0) > SILENCE:
        raise ValueError(f"{path}: has no sound for {instrument.name}: give a SoundFont with all of General MIDI")
    audio = soxr.resample(audio, band, rate)
    slot, kept = (round(seconds * rate) for seconds in (held_s + RELEASE_S + STOPPED_S, held_s + RELEASE_S))
    audio = np.pad(audio, (0, max(slot * len(keys) - len(audio), 0)))
    notes = dict(zip(keys, audio[: slot * len(keys)].reshape(len(keys), slot)[:, :kept], strict=True))
    missing = {pitch for (pitch, _), note in notes.items() if np.abs(note).max() < MISSING * np.abs(audio).max()}
    return {key: note for key, note in notes.items() if key[0] not in missing}


def _fluidsynth(soundfont: Path, midi: mido.MidiFile, sampling_rate: int) -> np.ndarray:
    """Render MIDI as dry mono audio with the program fluidsynth (symusic 0.5.8 and 0.6.0 play FluidR3 at wrong pitches)."""
    with tempfile.TemporaryDirectory() as folder:
        midi_path, wav_path = Path(folder) / "bank.mid", Path(folder) / "bank.wav"
        midi.save(midi_path)
        rate = 2 * sampling_rate  # what lies above the band must not fold into it
        quiet = ["-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(rate)]
        try:
            done = subprocess.run(["fluidsynth", *quiet, "-F", wav_path, soundfont, midi_path], check=True, capture_output=True)
        except FileNotFoundError:
            raise FileNotFoundError("playing a SoundFont needs the program fluidsynth (Debian: apt install fluidsynth)") from None
        except subprocess.CalledProcessError as error:
            raise ValueError(f"fluidsynth could not play {soundfont}: {error.stderr.decode(errors='replace').strip()}") from None
        if b"Failed to load" in done.stderr:  # it then plays its default SoundFont instead, which may be a test sound, and exits with 0
            raise ValueError(f"{soundfont}: fluidsynth cannot load it, so it is damaged or no SoundFont: give another")
        stereo, _ = soundfile.read(wav_path, dtype="float32")
    return soxr.resample(stereo.mean(axis=1), rate, sampling_rate)
