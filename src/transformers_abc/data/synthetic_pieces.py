"""Pieces for a dataset that need no recordings: a tune, someone who plays it, and a room, as files like those of a real collection.

Each piece is a function of (seed, number). Tunes are composed, or excerpts of scores of your own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Tune
from transformers_abc.outputs import OutputError
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.rendering import render_performance
from transformers_abc.synthesis.timbres import InventedOrchestra, Orchestra
from transformers_abc.synthesis.tune_performance import perform_tune

SAMPLING_RATE = 16_000
EXCERPT_S = 60.0  # of a score, about, at its own tempo


@dataclass(frozen=True, slots=True)
class SyntheticSettings:
    """How pieces are made.

    Attributes:
        seed: of everything.
        soundfont: None for an invented orchestra.
        sampling_rate: in Hz.
        bank_cache: a folder in which the SoundFont's notes are kept for other processes.
    """

    seed: int = 0
    soundfont: Path | None = None
    sampling_rate: int = SAMPLING_RATE
    bank_cache: Path | None = None


def composed_piece(number: int, settings: SyntheticSettings, folder: Path) -> AlignedPiece:
    """A tune of no composer, played."""
    rng = np.random.default_rng([settings.seed, number])
    name = f"composed_{number:05d}"
    return _recorded(compose_tune(rng), name, name, rng, settings, folder, mode_is_certain=True)


def excerpt_piece(
    number: int, tune: Tune, family: str, settings: SyntheticSettings, folder: Path, *, mode_is_certain: bool
) -> AlignedPiece:
    """About a minute of a score, played.

    Raises:
        ValueError: there is no music in it.
    """
    rng = np.random.default_rng([settings.seed, number])
    return _recorded(
        _excerpt(expand_repeats(tune), rng), f"{family}_{number:05d}", family, rng, settings, folder, mode_is_certain=mode_is_certain
    )


def _excerpt(tune: Tune, rng: np.random.Generator) -> Tune:
    """Whole bars from anywhere; voices that rest in them are left out."""
    bars = len(tune.bar_lengths_wn)
    length = max(round(bars * min(EXCERPT_S / max(tune.seconds_at(tune.length_wn), 1.0), 1.0)), 1)
    first = int(rng.integers(bars - length + 1))
    excerpt = clip_bars(tune, first, first + length)
    return replace(excerpt, voices=tuple(voice for voice in excerpt.voices if voice.notes))


def _recorded(
    tune: Tune, name: str, family: str, rng: np.random.Generator, settings: SyntheticSettings, folder: Path, mode_is_certain: bool
) -> AlignedPiece:
    """Play a tune into files: the mix, and where there are several players each alone."""
    performance = perform_tune(tune, rng)
    rendered = render_performance(performance, _orchestra(settings), rng, settings.sampling_rate)
    voices = tuple(range(len(performance.score.voices)))
    tracks = [(f"mix_{name}.wav", rendered.mix, voices)]
    if len(voices) > 1:
        tracks += [(f"stem_{place + 1}_{name}.wav", stem, (place,)) for place, stem in enumerate(rendered.stems)]
    recordings = []
    for file_name, samples, heard in tracks:
        try:
            soundfile.write(folder / file_name, samples, settings.sampling_rate, subtype="PCM_16")
        except soundfile.LibsndfileError as error:
            raise OutputError(f"{folder / file_name}: cannot be written: {error.error_string}") from error
        recordings.append(PieceRecording(folder / file_name, heard))
    return AlignedPiece(name, family, "synthetic", performance.score, performance.onsets_s, tuple(recordings), mode_is_certain)


@lru_cache(maxsize=1)
def _orchestra(settings: SyntheticSettings) -> Orchestra:
    if settings.soundfont is None:
        return InventedOrchestra(settings.sampling_rate)
    return SoundFontBank(settings.soundfont, settings.sampling_rate, settings.bank_cache)
