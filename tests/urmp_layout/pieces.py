"""Write pieces in URMP's layout: composed scores, played unevenly after some silence, as sines."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import soundfile

from transformers_abc.data.urmp_splits import PIECES
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.notation.tune import Tune
from transformers_abc.synthesis.composition import compose_tune

RATE = 8000
TICKS_PER_QUARTER, NOMINAL_TEMPO_US = 960, 600_000  # every score of URMP says 100 quarters a minute
SUNG_SHARE = 0.9  # of a note's length


@dataclass(frozen=True)
class GeneratedPiece:
    """A piece on disk and what is in it.

    Attributes:
        tune: as written, without the rest before the music.
        quarter_bpm: at which it was played, on average.
        onsets_s: of each note of each part.
    """

    folder: Path
    tune: Tune
    quarter_bpm: float
    onsets_s: tuple[np.ndarray, ...]


def write_urmp(root: Path, names: tuple[str, ...] | None = None) -> dict[str, GeneratedPiece]:
    """Write all 44 pieces, or those named; pieces of one family have one score."""
    every = [name for names_of_split in PIECES.values() for name in names_of_split]
    return {name: write_piece(root / name, seed=_seed(name)) for name in sorted(every) if names is None or name in names}


def _seed(name: str) -> int:
    return sum(map(ord, name.split("_")[1]))


def write_piece(folder: Path, seed: int = 0, quarter_bpm: float = 115.0, silence_s: float = 2.5) -> GeneratedPiece:
    """Write one piece; who plays follows from the folder's name. Tempo drifts by some per cent, onsets by some milliseconds."""
    codes = folder.name.split("_")[2:]
    rng = np.random.default_rng(seed)
    tune = _in_range(compose_tune(rng, voices=len(codes)), codes)
    played = tuple(_played(voice_notes, rng, quarter_bpm, silence_s) for voice_notes in _quarters(tune))
    folder.mkdir(parents=True)
    _score(tune).save(folder / f"Sco_{folder.name}.mid")
    number, name, *_ = folder.name.split("_")
    stems = [_sines(notes) for notes in played]
    length = max(len(stem) for stem in stems)
    stems = [np.pad(stem, (0, length - len(stem))) for stem in stems]
    for part, (code, notes, stem) in enumerate(zip(codes, played, stems, strict=True), 1):
        written = "tpt" if (folder.name, part) == ("15_Surprise_tpt_tpt_tbn", 3) else code  # a fault of URMP
        suffix = f"{part}_{written}_{number}_{name}"
        lines = (f"{on:.3f}\t\t{440 * 2 ** ((pitch - 69) / 12):.3f}\t\t{length_s:.3f}\n" for on, pitch, length_s in notes)
        (folder / f"Notes_{suffix}.txt").write_text("".join(lines), encoding="utf-8")
        soundfile.write(folder / f"AuSep_{suffix}.wav", stem, RATE, subtype="PCM_16")
    mix = sum(stems) / len(stems)
    is_stereo = int(number) % 2 == 0  # of URMP's mixes some are
    soundfile.write(folder / f"AuMix_{folder.name}.wav", np.stack([mix, mix], axis=1) if is_stereo else mix, RATE, subtype="PCM_16")
    return GeneratedPiece(folder, tune, quarter_bpm, tuple(notes[:, 0] for notes in played))


def _in_range(tune: Tune, codes: list[str]) -> Tune:
    """Each voice in the octaves of its instrument."""
    voices = []
    for voice, code in zip(tune.voices, codes, strict=True):
        instrument = INSTRUMENT_BY_CODE[code]
        middle = np.median([note.pitch_midi for note in voice.notes])
        octaves = 12 * round(((instrument.lowest + instrument.highest) / 2 - middle) / 12)
        voices.append(replace(voice, notes=tuple(replace(note, pitch_midi=note.pitch_midi + octaves) for note in voice.notes)))
    return replace(tune, voices=tuple(voices))


def _quarters(tune: Tune) -> list[np.ndarray]:
    """Per voice ``[notes, 3]`` of onset and length in quarters, and pitch."""
    return [np.array([(float(n.onset_wn * 4), float(n.length_wn * 4), n.pitch_midi) for n in voice.notes]) for voice in tune.voices]


def _played(notes: np.ndarray, rng: np.random.Generator, quarter_bpm: float, silence_s: float) -> np.ndarray:
    """``[notes, 3]`` of onset in seconds, measured pitch and length in seconds."""

    def seconds(quarters: np.ndarray) -> np.ndarray:
        even = quarters * 60 / quarter_bpm
        return silence_s + even + 0.1 * np.sin(even / 4)

    onsets, ends = seconds(notes[:, 0]), seconds(notes[:, 0] + SUNG_SHARE * notes[:, 1])
    onsets = onsets + rng.normal(0, 0.01, len(onsets))
    return np.stack([onsets, notes[:, 2] + 0.1 + rng.normal(0, 0.05, len(onsets)), np.maximum(ends - onsets, 0.03)], axis=1)


def _score(tune: Tune) -> mido.MidiFile:
    """Like URMP's: a control track, a track a part, programs that say nothing, a nominal tempo, a rest of a bar before the music."""
    metre, key = tune.metres[0][1], tune.keys[0][1]
    control = mido.MidiTrack(
        [
            mido.MetaMessage("time_signature", numerator=metre.numerator, denominator=metre.denominator),
            mido.MetaMessage("key_signature", key=_major_of(key.fifths)),
            mido.MetaMessage("set_tempo", tempo=NOMINAL_TEMPO_US),
        ]
    )
    rest_wn = _rest_before(tune)
    tracks = [control]
    for voice in tune.voices:
        events = [(rest_wn + note.onset_wn, 1, note.pitch_midi) for note in voice.notes]
        events += [(rest_wn + note.end_wn, 0, note.pitch_midi) for note in voice.notes]
        track, now = mido.MidiTrack([mido.Message("program_change", program=1)]), 0
        for time_wn, is_on, pitch in sorted(events):
            tick = round(time_wn * 4 * TICKS_PER_QUARTER)
            track.append(mido.Message("note_on", note=pitch, velocity=64 * is_on, time=tick - now))
            now = tick
        tracks.append(track)
    return mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER, tracks=tracks)


def _rest_before(tune: Tune) -> Fraction:
    """What fills up the bar of the pickup, or a bar."""
    bar_wn = tune.metres[0][1].bar_wn
    return bar_wn - tune.bar_lengths_wn[0] if tune.bar_lengths_wn[0] < bar_wn else bar_wn


def _major_of(fifths: int) -> str:
    return {-4: "Ab", -3: "Eb", -2: "Bb", -1: "F", 0: "C", 1: "G", 2: "D", 3: "A", 4: "E"}[fifths]


def _sines(notes: np.ndarray) -> np.ndarray:
    samples = np.zeros(int((notes[:, 0] + notes[:, 2]).max() * RATE) + RATE)
    for onset_s, pitch, length_s in notes:
        start, count = int(onset_s * RATE), int(length_s * RATE)
        tone = 0.3 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * np.arange(count) / RATE)
        samples[start : start + count] += tone * np.minimum(1, np.arange(count)[::-1] / (0.01 * RATE))
    return samples
