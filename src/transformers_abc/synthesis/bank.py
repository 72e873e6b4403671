"""Notes of a SoundFont: every instrument, pitch and velocity layer rendered once, then replayed (`stored_notes`)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
import soxr

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.synthesis.stored_notes import (
    DENSITY,
    PITCH_STEP,
    RELEASE_S,
    VELOCITIES,
    SampledInstrument,
    StoredNote,
    cached,
    faded,
    packed,
    with_loop,
)
from transformers_abc.synthesis.timbres import SoundSource

HELD_S, DECAYING_S = 2.6, 5.0  # how long the SoundFont is asked to hold a note
STOPPED_S = 0.02  # between a note and the next, so that nothing of the one is heard in the other
BAND = 1.1  # sampling rate, of the one to play at, that the notes are first rendered at: its filter leaves all that can be played
SILENCE = 1e-6
MISSING = 1e-3  # of the loudest note of its instrument; what is softer lies where the SoundFont has none
FORMAT = 3  # of the cache; changes when what is stored does


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
        about = path.stat()
        state = f"{FORMAT} {path.name} {about.st_size} {about.st_mtime_ns} {sampling_rate}"
        self._samples, table = cached(cache, f"{path.stem}-{sampling_rate}", state, lambda: _rendered(path, sampling_rate))
        self._notes: dict[str, dict[tuple[int, int], tuple[StoredNote, ...]]] = {instrument.code: {} for instrument in HEARD_INSTRUMENTS}
        for number, pitch, velocity, *place in table.tolist():
            self._notes[HEARD_INSTRUMENTS[number].code][pitch, velocity] = (StoredNote(*place),)

    def plays(self, instrument: Instrument) -> bool:
        """Whether there are notes of an instrument: of all that are heard."""
        return instrument.code in self._notes

    def source(self, instrument: Instrument, rng: np.random.Generator | None = None) -> SoundSource:
        """The sound of one instrument; there is nothing to draw."""
        return SampledInstrument(self._samples, self._notes[instrument.code], self._sampling_rate)

    def __reduce__(self) -> str | tuple[object, ...]:
        if self._cache is None:
            return super().__reduce__()
        return SoundFontBank, (self._path, self._sampling_rate, self._cache)


def _rendered(path: Path, sampling_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """All samples one after another, int16, and a row for each note: instrument number, pitch, velocity and its `StoredNote`."""
    chunks: list[np.ndarray] = []
    rows: list[tuple[int, ...]] = []
    length, rate = 0, sampling_rate * DENSITY
    for number, instrument in enumerate(HEARD_INSTRUMENTS):
        for (pitch, velocity), note in _render_instrument(path, instrument, rate).items():
            kept, loop = (faded(note, rate), 0) if instrument.decays else with_loop(note[: int(HELD_S * rate) - rate // 50], rate)
            rows.append((number, pitch, velocity, length, len(kept), loop))
            chunks.append(packed(kept, loop))
            length += len(chunks[-1])
    return np.concatenate(chunks), np.array(rows)


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
