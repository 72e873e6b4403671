"""The music on which tokenizers are measured: none of it is trained on.

- Single-voice tunes of the ABC collections in music21's corpus (``tests/oracles/install`` puts it where it is found), each *as found*,
  *canonical*, which is what our writer makes of it, and as a *transcription*, which lacks what no one can hear: titles, sources, words.
  They are drawn evenly from the collections; a collection with fewer gives all.
- Four-voice excerpts of 4 to 8 bars of OpenScore's quartets, of validation works only, drawn evenly from the works. Their text is the
  answer that the dataset would have: voices bar by bar, and named by General MIDI as in URMP.

music21's corpus holds encodings with licences of their own: tunes are read where they lie, and no text is kept. Excerpts of the quartets
(CC0) are kept in a cache, since reading ten quartets takes most of a minute.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from oracles.corpus import folder as corpus_folder  # found through the line above
from oracles.corpus import tunes as corpus_tunes
from transformers_abc.data.questions import transcription_question
from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.notation.marks import Lyric
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.scores import is_validation_work, passages_of, work_of
from transformers_abc.synthesis.tune_files import each_usable, read_tune_file, tune_files

T = TypeVar("T")

COLLECTIONS = ("essenFolksong", "oneills1850", "ryansMammoth", "airdsAirs", "miscFolk")
QUARTETS = "OpenScore quartets"
TUNES, EXCERPTS, SEED = 1_000, 200, 6
VOICES = 4
FEWEST_BARS, MOST_BARS = 4, 8  # of an excerpt
FEWEST_NOTES = 8  # of a tune; some entries of the collections are words or stubs
FORMAT = 1  # of the cached excerpts; changes when that does

_HEAD = re.compile(r"\A(?:[^\n]*\n)*?K:[^\n]*\n(?:(?:V:|%%)[^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """One way in which some music is written.

    Attributes:
        name: of the tune, as `oracles.corpus` calls it, or of the work and the excerpt's number in it.
        collection: where it comes from.
        unit: what is drawn as a whole when intervals are resampled: the tune, or the work of an excerpt.
        form: ``as found``, ``canonical``, ``transcription`` or ``answer``.
        text: the ABC.
        notes: sounding notes, ties merged; repeats are not played out and grace notes do not count.
        bars: of the grid that the voices share.
    """

    name: str
    collection: str
    unit: str
    form: str
    text: str
    notes: int
    bars: int

    @property
    def head(self) -> str:
        """All before the music (see `head_of`)."""
        return head_of(self.text)


def head_of(text: str) -> str:
    r"""The header up to its ``K:``, and the lines of voices and directives that stand between it and the music.

    >>> head_of('X:1\nV:1 name="Flute"\nK:D\nV:1\n%%MIDI program 73\nDEF|\nV:1\nGAB|\n')
    'X:1\nV:1 name="Flute"\nK:D\nV:1\n%%MIDI program 73\n'
    """
    found = _HEAD.match(text)
    return found[0] if found else ""


def folk_texts(count: int = TUNES, seed: int = SEED) -> list[MeasuredText]:
    """Tunes of one voice, three texts each.

    Args:
        count: how many tunes.
        seed: of the drawing.

    Returns:
        The tune as found, canonical and as a transcription, one after the other.

    Raises:
        FileNotFoundError: music21's corpus is not installed.
    """
    corpus = corpus_folder()
    if corpus is None:
        raise FileNotFoundError("music21's corpus is not installed: run tests/oracles/install")
    entries = defaultdict(list)
    for entry in corpus_tunes(corpus):
        entries[entry.name.split("/")[0]].append(entry)
    rng = Random(seed)
    shuffled = [rng.sample(entries[collection], len(entries[collection])) for collection in COLLECTIONS]
    usable = [filter(None, (_texts_of_tune(name, text) for name, text in tunes)) for tunes in sorted(shuffled, key=len)]
    return [text for texts in drawn_evenly(usable, count) for text in texts]


def quartet_texts(scores: Path, cache: Path, count: int = EXCERPTS, seed: int = SEED) -> list[MeasuredText]:
    """Excerpts of four voices, one text each.

    Args:
        scores: a folder of quartets in MusicXML.
        cache: a folder where excerpts are kept.
        count, seed: as for tunes.

    Raises:
        FileNotFoundError: `scores` holds no score.
    """
    paths = [path for path in tune_files(scores) if is_validation_work(work_of(path, scores))]
    key = sha256("".join([*(sha256(path.read_bytes()).hexdigest() for path in paths), f"{count} {seed} {FORMAT}"]).encode())
    stored = cache / f"token-excerpts-{key.hexdigest()[:16]}.json"
    if not stored.exists():
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(stored, json.dumps(list(_excerpts(paths, scores, count, seed)), indent=1) + "\n")
    return [_text_of_excerpt(name, work, read_abc(abc)) for name, work, abc in json.loads(stored.read_text(encoding="utf-8"))]


def drawn_evenly(sources: Sequence[Iterable[T]], count: int) -> list[T]:
    """As many from each source, in turn; what a source lacks comes from those after it, so put short ones first.

    >>> drawn_evenly([[1], [2, 3, 4, 5], [6, 7, 8, 9]], 7)
    [1, 2, 3, 4, 6, 7, 8]
    """
    drawn: list[T] = []
    for place, source in enumerate(sources):
        drawn += islice(source, (count - len(drawn)) // (len(sources) - place))
    return drawn


def _texts_of_tune(name: str, text: str) -> tuple[MeasuredText, ...]:
    """Its texts; none where there are several voices, or hardly any notes."""
    tune = read_abc(text)
    if len(tune.voices) != 1 or len(tune.voices[0].notes) < FEWEST_NOTES:
        return ()
    forms = {"as found": text.rstrip() + "\n", "canonical": write_abc(tune), "transcription": write_abc(_as_heard(tune))}
    counts = len(tune.voices[0].notes), len(tune.bar_lengths_wn)
    return tuple(MeasuredText(name, name.split("/")[0], name, form, written, *counts) for form, written in forms.items())


def _as_heard(tune: Tune) -> Tune:
    """Without texts."""
    voices = tuple(replace(voice, marks=tuple(mark for mark in voice.marks if not isinstance(mark[1], Lyric))) for voice in tune.voices)
    return replace(tune, voices=voices, title="", composer="", info=(), parts=(), part_order="")


def _excerpts(paths: Sequence[Path], scores: Path, count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Name, work and ABC of each excerpt."""
    rng = Random(seed)
    works = []
    for path, tunes in each_usable(paths, read_tune_file):
        passages = [passage for tune in tunes for passage in passages_of(tune)]
        excerpts = filter(_all_play, (_excerpt(passage, rng) for passage in rng.sample(passages, len(passages))))
        works.append((work_of(path, scores), list(excerpts)))
    works.sort(key=lambda work: len(work[1]))
    named = [[(f"{work}#{number}", work, write_abc(excerpt)) for number, excerpt in enumerate(excerpts, 1)] for work, excerpts in works]
    yield from drawn_evenly(named, count)


def _excerpt(passage: Tune, rng: Random) -> Tune:
    """Some bars of a passage, all of them where it is short."""
    bars = len(passage.bar_lengths_wn)
    length = min(rng.randint(FEWEST_BARS, MOST_BARS), bars)
    first = rng.randint(0, bars - length)
    return clip_bars(passage, first, first + length)


def _all_play(excerpt: Tune) -> bool:
    return len(excerpt.bar_lengths_wn) >= FEWEST_BARS and len(excerpt.voices) == VOICES and all(voice.notes for voice in excerpt.voices)


def _text_of_excerpt(name: str, work: str, excerpt: Tune) -> MeasuredText:
    """The answer of the dataset, whose voices are called by the General MIDI names of their programs."""
    named = tuple(voice if voice.program is None else replace(voice, name=PROGRAM_NAMES[voice.program]) for voice in excerpt.voices)
    answer = transcription_question(replace(excerpt, voices=named), seed=name).answer
    return MeasuredText(name, QUARTETS, work, "answer", answer, sum(len(voice.notes) for voice in named), len(excerpt.bar_lengths_wn))
