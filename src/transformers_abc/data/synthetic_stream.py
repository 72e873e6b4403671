"""Synthetic clips with their text, without end: what a language model that hears is trained on when no recording is at hand.

A clip is what `clips.cut_clips` makes of a recording, cut and written by the same rules: whole bars, or as many seconds as fit, which may
begin anywhere in a bar. Nothing is stored, and clip number `index` of a seed is always the same. So a run can stop and go on, and any
number of workers and machines can share the work.

    from datasets.distributed import split_dataset_by_node
    stream = SyntheticStream(seed=0, orchestra=SoundFontBank(training_soundfont(), 16_000, cache))
    dataset = iterable_dataset(stream, shards=64)
    for example in split_dataset_by_node(dataset, rank, world_size): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.clips import Clip, Cut, cut_clips
from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.rendering import render_span
from transformers_abc.synthesis.timbres import InventedOrchestra, Orchestra
from transformers_abc.synthesis.tune_performance import TunePerformance, perform_tune

if TYPE_CHECKING:
    from datasets import IterableDataset

COMPOSED_SHARE = 0.25  # of the clips, where there are passages of scores
BY_SECONDS_SHARE = 0.5  # of the clips, which may begin within a bar
LATER_SHARE = 0.5  # of the clips that are not the first of what is played, if there is another
LARGEST_TRANSPOSITION = 5  # semitones
PLAYED_SHARE = 2.0  # of clip_s that is played, at the written tempo, to cut one clip from
MOST_ATTEMPTS = 50  # at a clip: some passages have a single note, or rests only
VELOCITIES = 127


@dataclass(frozen=True)
class SyntheticStream:
    """Clips by number.

    Args:
        seed: of everything.
        passages: ABC texts to play, as `passages.load_passages` gives them; tunes are composed where there are none.
        orchestra: sounds of instruments, such as a `SoundFontBank`; an `InventedOrchestra` by default, whose instruments exist nowhere.
        orchestra_share: probability that a voice has its sound from the orchestra; otherwise a timbre is drawn for it, and since no one
            could tell what it is the text does not name it.
        sampling_rate: in Hz.
        clip_s: the longest clip.
        interleave: write voices bar by bar rather than one after another, as language models do best.

    Example:
        >>> example = SyntheticStream(seed=0, clip_s=5.0)[3]
        >>> sorted(example), example["audio"].dtype.name, example["audio"].ndim
        (['abc', 'audio', 'index', 'notes', 'sampling_rate'], 'float32', 1)
        >>> sorted(example["notes"])
        ['instrument', 'offset_s', 'onset_s', 'part', 'pitch_midi', 'velocity']
    """

    seed: int = 0
    passages: Sequence[str] = ()
    orchestra: Orchestra | None = None
    orchestra_share: float = 1.0
    sampling_rate: int = 16_000
    clip_s: float = 10.0
    interleave: bool = True

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self.from_index(0)

    def from_index(self, first: int) -> Iterator[dict[str, Any]]:
        """All clips from one on."""
        return (self[index] for index in count(first))

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One clip.

        Returns:
            ``audio`` is ``[samples]`` float32. ``notes`` has a list for each of its keys, with one entry for each note that sounds in the
            clip, by onset, which is negative where the note began before: those the text does not have. ``instrument`` is the General MIDI
            name, empty where the sound is nobody's; ``part`` the place of the voice in the text, from 0; ``velocity`` is 1 to 127. ``abc``
            is the text.

        Raises:
            ValueError: no clip can be made of these passages.
        """
        performance, clip, rng = self._played(index)
        orchestra = self.orchestra or _invented_orchestra(self.sampling_rate)
        audio, is_instrument = render_span(performance, clip.start_s, clip.end_s, orchestra, rng, self.sampling_rate, self.orchestra_share)
        return {
            "index": index,
            "audio": audio,
            "sampling_rate": self.sampling_rate,
            "notes": _notes(performance, is_instrument, clip),
            "abc": write_abc(_without_unheard_names(clip.tune, is_instrument), interleave=self.interleave),
        }

    def _played(self, index: int) -> tuple[TunePerformance, Clip, np.random.Generator]:
        """A performance, the clip of it, and the generator that goes on to decide how it sounds."""
        for attempt in range(MOST_ATTEMPTS):
            rng = np.random.default_rng([self.seed, index, attempt])
            performance = self._performance(rng)
            clip = self._clip(performance, rng) if performance else None
            if performance and clip:
                return performance, clip, rng
        raise ValueError(f"no clip of {self.clip_s:g} s can be made of these passages: give longer clips, or passages with more notes")

    def _performance(self, rng: np.random.Generator) -> TunePerformance | None:
        """A part of a tune, played; None where all voices rest in it."""
        if not self.passages or rng.random() < COMPOSED_SHARE:
            tune = compose_tune(rng)
        else:
            tune = read_abc(self.passages[int(rng.integers(len(self.passages)))])
        bars = len(tune.bar_lengths_wn)
        played_bars = min(max(int(bars * PLAYED_SHARE * self.clip_s / max(tune.seconds_at(tune.length_wn), 1.0)), 1), bars)
        first = int(rng.integers(bars - played_bars + 1))
        if played_bars < bars:
            tune = clip_bars(tune, first, first + played_bars)
        if not any(voice.notes for voice in tune.voices):
            return None
        return perform_tune(tune, rng, semitones=_transposition(tune, rng))

    def _clip(self, performance: TunePerformance, rng: np.random.Generator) -> Clip | None:
        """One of the clips that the performance can be cut into; None where it has too few notes to tell time by."""
        recording = PieceRecording(Path(), tuple(range(len(performance.notes))))
        piece = AlignedPiece("", "", "synthetic", performance.score, performance.onsets_s, (recording,))
        cut: Cut = "seconds" if rng.random() < BY_SECONDS_SHARE else "bars"
        try:
            clips = cut_clips(piece, recording, performance.end_s, self.clip_s, cut)
            first = next(clips, None)
            # Of later clips notes sound at the start that are not in the text, as in recordings.
            return next(clips, first) if rng.random() < LATER_SHARE else first
        except ValueError:
            return None


def iterable_dataset(stream: SyntheticStream, shards: int = 64, first: int = 0) -> IterableDataset:
    """The stream as an endless `datasets.IterableDataset`.

    Shard `k` holds the clips `first + k`, `first + k + shards` and so on. Shards are what DataLoader workers and nodes share among them; a
    worker draws on one of them alone, since that never ends, so there should be at least as many as workers. ``state_dict`` and
    ``load_state_dict`` go on at the next clip without making those before again.

    Args:
        stream: what makes the clips.
        shards: how many.
        first: the clip to begin with.

    >>> dataset = iterable_dataset(SyntheticStream(clip_s=3.0), shards=2)
    >>> [example["index"] for example in dataset.take(3)]
    [0, 2, 4]
    """
    from datasets import IterableDataset

    # Numbers are generated and clips mapped from them: to go on, the numbers before are skipped, which costs nothing.
    numbers = IterableDataset.from_generator(_numbers, gen_kwargs={"shard": list(range(shards)), "shards": shards, "first": first})
    return numbers.map(_Example(stream))


@lru_cache(maxsize=4)
def _invented_orchestra(sampling_rate: int) -> InventedOrchestra:
    return InventedOrchestra(sampling_rate)


@dataclass(frozen=True)
class _Example:
    """Makes the clip of a row; a class, so that it can be sent to another process."""

    stream: SyntheticStream

    def __call__(self, row: dict[str, int]) -> dict[str, Any]:
        return self.stream[row["index"]]


def _numbers(shard: list[int], shards: int, first: int) -> Iterator[dict[str, int]]:
    for index in count(first + shard[0], shards):
        yield {"index": index}


def _transposition(tune: Tune, rng: np.random.Generator) -> int:
    """Semitones within the pitches of a piano."""
    pitches = [note.pitch_midi for voice in tune.voices for note in voice.notes]
    lowest, highest = max(-LARGEST_TRANSPOSITION, 21 - min(pitches)), min(LARGEST_TRANSPOSITION, 108 - max(pitches))
    return int(rng.integers(lowest, highest + 1)) if lowest <= highest else 0


def _notes(performance: TunePerformance, is_instrument: Sequence[bool], clip: Clip) -> dict[str, list[Any]]:
    sounding = sorted(
        (note for voice in performance.notes for note in voice if note.onset_s < clip.end_s and note.offset_s > clip.start_s),
        key=lambda note: (note.onset_s, note.pitch_midi),
    )
    return {
        "onset_s": [note.onset_s - clip.start_s for note in sounding],
        "offset_s": [min(note.offset_s, clip.end_s) - clip.start_s for note in sounding],
        "pitch_midi": [note.pitch_midi for note in sounding],
        "velocity": [max(round(note.loudness * VELOCITIES), 1) for note in sounding],
        "instrument": [note.instrument.name if is_instrument[note.part] else "" for note in sounding],
        "part": [note.part for note in sounding],
    }


def _without_unheard_names(tune: Tune, is_instrument: Sequence[bool]) -> Tune:
    voices = (voice if known else replace(voice, name="", program=None) for voice, known in zip(tune.voices, is_instrument, strict=True))
    return replace(tune, voices=tuple(voices))
