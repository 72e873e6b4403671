"""Clips as a listener hears them: played on a bank of sounds, recorded in a room, heard, and kept.

Clips take turns between the banks that are given, so that what is learned is no confusion of one of them. What a bank does not play comes
from another; what none plays is a random timbre, and such a clip says nothing of instruments.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from transformers_abc.data.given_audio import RecordedArray
from transformers_abc.listening import listen, read_notes, windows_of
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.notation.instruments import Instrument
from transformers_abc.outputs import write_whole
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.synthesis.rendering import render_span
from transformers_abc.synthesis.timbres import Orchestra, SoundSource
from transformers_abc.synthesis.training_banks import sounds_key, training_banks
from transformers_abc.training.voice_examples import CLIP_S, PlayedClip, VoiceExample, heard_example

TAIL_S = 0.5  # after the last note of a short clip
DIGITS = 4  # of what is kept
DECISIVE = ("model.safetensors", "config.json", "preprocessor_config.json")  # files of a listener; thresholds are in the configuration


class InTurn:
    """An orchestra of several banks: each instrument is played by the first that has it."""

    def __init__(self, banks: Sequence[Orchestra]) -> None:
        self._banks = tuple(banks)

    def plays(self, instrument: Instrument) -> bool:
        return any(bank.plays(instrument) for bank in self._banks)

    def source(self, instrument: Instrument, rng: np.random.Generator) -> SoundSource:
        return next(bank for bank in self._banks if bank.plays(instrument)).source(instrument, rng)


@dataclass(frozen=True)
class ClipHearer:
    """Plays and hears clips.

    Args:
        listener: a folder with a listener and its feature extractor.
        soundfont, samples: what is played on; one of them at least.
        cache: a folder for sounds and heard notes.

    Raises:
        FileNotFoundError, ValueError: as for training the listener.
    """

    listener: Path
    soundfont: Path | None
    samples: Path | None
    cache: Path

    def examples(self, clips: Sequence[PlayedClip], side: str, seed: int) -> list[VoiceExample]:
        """Hear clips, those that are not kept yet.

        Args:
            clips: of one seed and side.
            side: in the names of files.
            seed: of timbres and rooms.
        """
        folder = self.cache / "heard" / self._key()
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{side}-{seed}-{number}-{_digest(clip)}.json" for number, clip in enumerate(clips)]
        if not all(file.exists() for file in files):
            self._hear(clips, files, seed)
        return [_read(file, clip) for file, clip in zip(files, clips, strict=True)]

    def _hear(self, clips: Sequence[PlayedClip], files: Sequence[Path], seed: int) -> None:
        model = AbcListener.from_pretrained(self.listener, dtype=torch.float32, local_files_only=True).eval()
        model = model.to(memory_format=torch.channels_last)
        extractor = AbcFeatureExtractor.from_pretrained(self.listener, local_files_only=True)
        rate = model.config.sampling_rate
        banks = training_banks(self.soundfont, self.samples, rate, self.cache / "sounds")
        if not banks:
            raise ValueError("a listener needs something to hear: give --soundfont, --samples or both")
        for number, (clip, file) in enumerate(zip(clips, files, strict=True)):
            if file.exists():
                continue
            first = number % len(banks)
            rng = np.random.default_rng([seed, number, 1])
            end_s = min(CLIP_S, clip.performance.end_s + TAIL_S)
            audio, are_known = render_span(clip.performance, 0.0, end_s, InTurn([*banks[first:], *banks[:first]]), rng, rate)
            recording = RecordedArray(audio, rate)
            posteriors = [part for window in windows_of(recording, rate) for part in listen(model, extractor, [window])]
            _write(file, read_notes(posteriors, recording, model).notes, all(are_known))

    def _key(self) -> str:
        """Of all that decides what is heard beside the clip, its number and the seed: another listener or other sounds hear anew."""
        files = [sha256((self.listener / name).read_bytes()).hexdigest() for name in DECISIVE]
        return sha256(" ".join([*files, sounds_key(self.soundfont, self.samples)]).encode()).hexdigest()[:12]


def _digest(clip: PlayedClip) -> str:
    """Of what is played, so that nothing is kept of what was played otherwise once."""
    return sha256(repr(clip.voices).encode()).hexdigest()[:8]


def _write(file: Path, notes: Sequence[HeardNote], has_sounds: bool) -> None:
    rows = [[*map(_rounded, (n.onset_s, n.offset_s, n.pitch_midi, n.confidence)), [*map(_rounded, n.instruments)]] for n in notes]
    write_whole(file, json.dumps({"has_sounds": has_sounds, "notes": rows}))


def _rounded(number: float) -> float:
    return round(float(number), DIGITS)


def _read(file: Path, clip: PlayedClip) -> VoiceExample:
    kept = json.loads(file.read_text(encoding="utf-8"))
    notes = [HeardNote(onset_s, offset_s, int(pitch), sure, tuple(sound)) for onset_s, offset_s, pitch, sure, sound in kept["notes"]]
    return heard_example(clip, notes, kept["has_sounds"])
