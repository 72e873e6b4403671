"""The sets of the quality benchmark: clips of 15 to 25 s with their score and their notes in seconds.

A clip is a function of its split, its set and its number, so a set of 30 is the first half of one of 60. Works take turns, that none
counts more than another. Seconds count from the start of the audio; the music begins some tenths of a second later.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

import transformers_abc
from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.clips import cut_clips
from transformers_abc.data.urmp import piece_folders, read_notes, read_piece
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune, Voice, in_voice_order
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import write_whole
from transformers_abc.scoring.instrument_names import instrument_of
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.orchestration import instrument_for
from transformers_abc.synthesis.rendering import render_span
from transformers_abc.synthesis.tune_performance import TunePerformance, perform_tune

RATE = 16_000
SHORTEST_S, LONGEST_S = 15.0, 25.0
LEAD_S = (0.1, 0.8)  # of the room before the music
SEED = {"validation": 4_000_037, "test": 5_000_011}
MOST_ATTEMPTS = 200  # at a clip: passages that are too short, too sparse or out of an instrument's range
FEWEST_NOTES_S = 0.6  # a second and voice; sparser music is mostly rests
SOLO_SOUNDS = 0.7  # of the time at least: what accompanies others rests too much to stand alone
MIXED_VOICES = (3, 5)
STRINGS = ["Cello", "Viola", "Violin", "Violin"]
URMP_INSTRUMENTS = tuple(instrument for instrument in HEARD_INSTRUMENTS if not instrument.decays)
CUTTING = ("aligned.py", "clips.py", "tempo_fit.py")  # what decides the score of a clip beside its synthesis
FORMAT = 1  # of the files that are kept

EXCERPTS = "excerpts"


@dataclass(frozen=True, slots=True)
class ReferenceNote:
    """A note that is to be heard; `instrument` is a General MIDI name."""

    onset_s: float
    offset_s: float
    pitch_midi: int
    instrument: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording and all that is known of it.

    Attributes:
        name: the set and a number, or that of the excerpt.
        work: what is played.
        audio: a file.
        duration_s: its length.
        abc: its score.
        notes: by onset.
    """

    name: str
    work: str
    audio: Path
    duration_s: float
    abc: str
    notes: tuple[ReferenceNote, ...]

    @property
    def content(self) -> str:
        """What stands for the audio in names of what is kept of it."""
        return sha256(self.audio.read_bytes()).hexdigest()[:16]


@dataclass(frozen=True)
class Material:
    """What clips are made of.

    Attributes:
        split: validation or test.
        works: passages by work.
        soundfont: what plays them.
        cache: a folder that keeps clips and the notes of the SoundFont.
    """

    split: str
    works: dict[str, list[str]]
    soundfont: Path
    cache: Path

    @property
    def digest(self) -> str:
        """Of all that decides what a clip is."""
        package = Path(transformers_abc.__file__).parent
        sources = [Path(__file__), *sorted((package / "synthesis").glob("*.py")), *(package / "data" / name for name in CUTTING)]
        digest = sha256(json.dumps([FORMAT, self.split, self.soundfont.name, self.soundfont.stat().st_size, self.works]).encode())
        for path in sources:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]


def synthetic_set(name: str, count: int, material: Material) -> list[Clip]:
    """The first clips of a set.

    Args:
        name: one of `ARRANGEMENTS`.
        count: how many.
        material: what they are made of.

    Raises:
        ValueError: its works have no passage of which such a clip can be made.
    """
    folder = material.cache / "quality" / "clips" / material.digest
    folder.mkdir(parents=True, exist_ok=True)
    bank: list[SoundFontBank] = []  # loaded where a clip is not kept yet
    clips = []
    for number in tqdm(range(count), f"making {name}", delay=2.0, unit="clip"):
        kept = folder / f"{name}-{number}.json"
        if not kept.exists():
            bank = bank or [SoundFontBank(material.soundfont, RATE, material.cache)]
            _make(name, number, material, bank[0], kept)
        clips.append(_read(kept))
    return clips


def excerpts(root: Path, cache: Path) -> list[Clip]:
    """The real recordings below a folder in URMP's layout, up to where their last bar ends."""
    folder = cache / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    return [_excerpt(path, folder) for path in piece_folders(root) if list(path.glob("AuMix_*.wav"))]


def _make(name: str, number: int, material: Material, bank: SoundFontBank, kept: Path) -> None:
    """Write the audio of a clip, then what is known of it."""
    works = sorted(material.works)
    order = np.random.default_rng([SEED[material.split], _code(name)]).permutation(len(works))
    work = works[order[number % len(works)]]
    for attempt in range(MOST_ATTEMPTS):
        rng = np.random.default_rng([SEED[material.split], _code(name), number, attempt])
        passage = read_abc(material.works[work][int(rng.integers(len(material.works[work])))])
        arranged = ARRANGEMENTS[name](passage, rng)
        if arranged is None:
            continue
        performance = perform_tune(arranged, rng, reorchestrate=False)
        piece = AlignedPiece("", "", "synthetic", performance.score, performance.onsets_s, ())
        recording = PieceRecording(Path(), tuple(range(len(performance.notes))))
        try:
            clip = next(cut_clips(piece, recording, performance.end_s, LONGEST_S - LEAD_S[1]), None)
            abc = write_abc(_without_empty_voices(clip.tune)) if clip else ""
        except ValueError:  # too few onsets to tell a tempo by, or what ABC cannot say
            continue
        if clip is None or clip.end_s - clip.start_s < SHORTEST_S or len(read_abc(abc).voices) < len(arranged.voices):
            continue
        start_s = clip.start_s - float(rng.uniform(*LEAD_S))
        audio, _ = render_span(performance, start_s, clip.end_s, bank, rng, RATE)
        _write(kept, f"{name}-{number}", work, audio, abc, _played_notes(performance, start_s, clip.start_s, clip.end_s))
        return
    raise ValueError(f"{name}: no clip of {SHORTEST_S:g} to {LONGEST_S:g} s can be made of {work}")


def _code(name: str) -> int:
    return int.from_bytes(name.encode()[:6], "big")


def _played_notes(performance: TunePerformance, zero_s: float, start_s: float, end_s: float) -> list[ReferenceNote]:
    """The notes that begin in a clip."""
    earliest_s = start_s - LEAD_S[0]  # a first note may come before its time
    notes = [note for voice in performance.notes for note in voice if earliest_s <= note.onset_s < end_s]
    return sorted(
        (
            ReferenceNote(round(n.onset_s - zero_s, 4), round(min(n.offset_s, end_s) - zero_s, 4), n.pitch_midi, n.instrument.name)
            for n in notes
        ),
        key=lambda note: (note.onset_s, note.pitch_midi),
    )


def _without_empty_voices(tune: Tune) -> Tune:
    return replace(tune, voices=tuple(voice for voice in tune.voices if voice.notes))


# Who plays a passage: None where it does not suit.


def _quartet(passage: Tune, rng: np.random.Generator) -> Tune | None:
    """As written, where four players have something to say."""
    names = sorted(instrument_of(voice.name, voice.program) for voice in passage.voices)
    return passage if names == STRINGS and all(_is_busy(voice, passage) for voice in passage.voices) else None


def _solo(passage: Tune, rng: np.random.Generator) -> Tune | None:
    """One voice, on any instrument that can play it."""
    leading = [voice for voice in passage.voices if _sounding_wn(voice) >= SOLO_SOUNDS * passage.length_wn]
    return _arranged(replace(passage, voices=tuple(leading)), 1, HEARD_INSTRUMENTS, rng) if leading else None


def _mixed(passage: Tune, rng: np.random.Generator) -> Tune | None:
    """Three to five voices, or as many as there are from three on, on different instruments of URMP."""
    count = min(int(rng.integers(MIXED_VOICES[0], MIXED_VOICES[1] + 1)), len(passage.voices))
    return _arranged(passage, count, URMP_INSTRUMENTS, rng) if count >= MIXED_VOICES[0] else None


ARRANGEMENTS: dict[str, Callable[[Tune, np.random.Generator], Tune | None]] = {"solo": _solo, "quartet": _quartet, "mixed": _mixed}


def _arranged(passage: Tune, count: int, instruments: Sequence[Instrument], rng: np.random.Generator) -> Tune | None:
    """Some voices of a passage, on different instruments."""
    chosen = sorted(rng.permutation(len(passage.voices))[:count].tolist())
    left, voices = list(instruments), []
    for place in chosen:
        voice = passage.voices[place]
        given = _given(voice, left, rng) if _is_busy(voice, passage) else None
        if given is None:
            return None
        left = [instrument for instrument in left if instrument.name != given.name]
        voices.append(given)
    return replace(passage, voices=tuple(voices))


def _given(voice: Voice, instruments: Sequence[Instrument], rng: np.random.Generator) -> Voice | None:
    """A voice for one of these instruments, moved by octaves where needed; None where none of them can play it."""
    pitches = [note.pitch_midi for note in voice.notes]
    chord = max(Counter(note.onset_wn for note in voice.notes).values())
    if any(later.onset_wn < note.end_wn for note, later in zip(voice.notes, voice.notes[1:], strict=False)):
        chord = max(chord, 2)
    instrument, octaves = instrument_for(min(pitches), max(pitches), chord, rng, instruments)
    if instrument not in instruments:
        return None
    notes = in_voice_order(replace(note, pitch_midi=note.pitch_midi + octaves) for note in voice.notes)
    return replace(voice, notes=notes, name=instrument.name, program=instrument.program)


def _is_busy(voice: Voice, passage: Tune) -> bool:
    return len(voice.notes) >= FEWEST_NOTES_S * passage.seconds_at(passage.length_wn)


def _sounding_wn(voice: Voice) -> float:
    """How long a voice sounds, roughly: a chord counts once."""
    return float(sum({note.onset_wn: note.length_wn for note in voice.notes}.values()))


def _excerpt(folder: Path, out: Path) -> Clip:
    """A real recording from its start, and its bars at the tempo at which they were played."""
    piece = read_piece(folder).piece
    mix = next(recording for recording in piece.recordings if recording.path.name.startswith("AuMix"))
    samples, rate = soundfile.read(mix.path, dtype="float32")
    clip = next(cut_clips(piece, mix, len(samples) / rate, LONGEST_S))
    notes = []
    for number, voice in enumerate(piece.score.voices, 1):
        played = read_notes(next(folder.glob(f"Notes_{number}_*.txt")))
        rows = zip(played.onsets_s.tolist(), played.ends_s.tolist(), played.pitches.tolist(), strict=True)
        notes += [
            (onset_s, min(end_s, clip.end_s), round(pitch), voice.name) for onset_s, end_s, pitch in rows if 0 <= onset_s < clip.end_s
        ]
    kept = out / f"{folder.name}.json"
    audio = samples[: int(clip.end_s * rate)]
    _write(kept, folder.name, piece.family, audio, write_abc(clip.tune), [ReferenceNote(*note) for note in sorted(notes)], rate)
    return _read(kept)


def _write(kept: Path, name: str, work: str, audio: np.ndarray, abc: str, notes: Sequence[ReferenceNote], rate: int = RATE) -> None:
    sound = kept.with_suffix(".wav")
    soundfile.write(sound, audio, rate, subtype="PCM_16")
    known = {"name": name, "work": work, "audio": sound.name, "duration_s": len(audio) / rate, "abc": abc}
    write_whole(kept, json.dumps(known | {"notes": [asdict(note) for note in notes]}))


def _read(kept: Path) -> Clip:
    known = json.loads(kept.read_text(encoding="utf-8"))
    known["notes"] = tuple(ReferenceNote(**note) for note in known["notes"])
    return Clip(**known | {"audio": kept.parent / known["audio"]})
