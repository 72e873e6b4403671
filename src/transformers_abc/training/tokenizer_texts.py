"""ABC as models are to write it, to learn a vocabulary from: passages of scores and composed tunes, each in several forms.

Every text is a function of the seed and its number, so any number of processes gives the same texts in the same order.

- a clip of two to eight bars as the dataset's answers are: other instruments, another key, bar by bar, no signs beside the notes;
- voices alone, as single-voice tunes; the first once more as people type it (see `hand_style`);
- of every fourth passage the score as it was written, with slurs, dynamics and articulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.tune_performance import perform_tune
from transformers_abc.training.hand_style import as_people_write

SHORTEST_CLIP, LONGEST_CLIP = 2, 8  # bars
VOICES_ALONE = 2  # of each passage
FEWEST_NOTES = 8  # of a voice that stands alone
WRITTEN_EVERY = 4  # passages
LARGEST_TRANSPOSITION = 5  # semitones
_AT_A_TIME = 50  # passages that a process is given


@dataclass(frozen=True)
class TokenizerTexts:
    r"""Texts by passage.

    Args:
        passages: ABC texts, as `synthesis.scores.load_passages` gives them.
        composed: tunes to compose beside them.
        seed: of keys, instruments, clips and composed tunes.

    >>> texts = TokenizerTexts(["X:1\nM:3/4\nL:1/4\nK:C\n" + "CEG|" * 9], composed=1)
    >>> len(texts), [len(texts.forms(number)) for number in range(len(texts))]
    (2, [4, 4])
    """

    passages: Sequence[str]
    composed: int
    seed: int = 0

    def __len__(self) -> int:
        return len(self.passages) + self.composed

    def forms(self, number: int) -> list[str]:
        """The texts of one passage or composed tune."""
        is_passage = number < len(self.passages)
        rng = np.random.default_rng([self.seed, number])
        tune = read_abc(self.passages[number]) if is_passage else compose_tune(rng)
        if not any(voice.notes for voice in tune.voices):
            return []
        semitones = int(rng.integers(-LARGEST_TRANSPOSITION, LARGEST_TRANSPOSITION + 1))
        played = _without_marks(perform_tune(tune, rng, semitones=semitones).score)
        alone = [voice for voice in played.voices if len(voice.notes) >= FEWEST_NOTES]
        singly = [write_abc(replace(played, voices=(voice,))) for voice in alone[:VOICES_ALONE]]
        texts = [_answer(_clip(played, rng)), *singly, *(as_people_write(text, rng) for text in singly[:1])]
        if is_passage and number % WRITTEN_EVERY == 0:
            texts.append(write_abc(tune, interleave=bool(rng.integers(2)), bars_per_line=1))
        return texts

    def all(self, processes: int = 1) -> Iterator[list[str]]:
        """The texts of every passage, in order."""
        if processes <= 1:
            yield from map(self.forms, range(len(self)))
            return
        with closing(get_context("spawn").Pool(processes)) as pool:
            yield from pool.imap(self.forms, range(len(self)), _AT_A_TIME)


def _without_marks(tune: Tune) -> Tune:
    return replace(tune, voices=tuple(replace(voice, marks=()) for voice in tune.voices))


def _clip(tune: Tune, rng: np.random.Generator) -> Tune:
    bars = len(tune.bar_lengths_wn)
    length = int(rng.integers(SHORTEST_CLIP, LONGEST_CLIP + 1))
    first = int(rng.integers(max(bars - length, 0) + 1))
    return clip_bars(tune, first, min(first + length, bars))


def _answer(tune: Tune) -> str:
    """As `data.questions` writes an answer."""
    in_turn = len(tune.voices) > 1
    return write_abc(tune, interleave=in_turn, bars_per_line=1 if in_turn else 4)
