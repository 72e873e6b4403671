"""References to score against: random tunes that need nothing installed, and excerpts of real ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.pitch_spelling import alter_in
from transformers_abc.notation.reader import read_tunes
from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune, Voice

METRES = (Metre(4, 4), Metre(4, 4), Metre(3, 4), Metre(2, 4), Metre(6, 8))
RHYTHMS_WN = tuple(Fraction(1, n) for n in (4, 4, 8, 8, 8, 16, 2))
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)


def random_tune(seed: int, voices: int | None = None, bars: int = 8) -> Tune:
    """Voices that walk up and down a scale, each in the range of an instrument."""
    random = Random(seed)
    metre, fifths = random.choice(METRES), random.randint(-4, 4)
    instruments = random.sample(HEARD_INSTRUMENTS, voices or random.randint(1, 4))
    length_wn = metre.bar_wn * bars
    parts = []
    for instrument in instruments:
        tonic = (7 * fifths) % 12
        pitches = [p for p in range(instrument.lowest, instrument.highest) if (p - tonic) % 12 in MAJOR_SCALE]
        place, now_wn, notes = len(pitches) // 2, Fraction(0), []
        while now_wn < length_wn:
            step_wn = min(random.choice(RHYTHMS_WN), length_wn - now_wn)
            if random.random() > 0.08:
                notes.append(spelled(now_wn, step_wn, pitches[place], fifths))
            place = min(max(place + random.choice((-2, -1, -1, 1, 1, 2, 3, -3)), 0), len(pitches) - 1)
            now_wn += step_wn
        parts.append(Voice(tuple(notes), instrument.name, instrument.program))
    tempo = Tempo(Fraction(1, 4), Fraction(random.randint(50, 160)))
    start = Fraction(0)
    return Tune(tuple(parts), (metre.bar_wn,) * bars, ((start, metre),), ((start, Key(fifths)),), ((start, tempo),))


def spelled(onset_wn: Fraction, length_wn: Fraction, pitch_midi: int, fifths: int = 0) -> Note:
    """A note with a spelling that suits a key."""
    return Note(onset_wn, length_wn, pitch_midi, alter_in(Key(fifths), pitch_midi))


def quartet_excerpts(paths: Iterable[Path], bars: int = 8, per_score: int = 1) -> Iterator[tuple[str, Tune]]:
    """Excerpts from the middle of scores in MusicXML, with the names of their files."""
    for path in paths:
        tune = read_musicxml(path)
        for number in range(per_score):
            first = (number + 1) * len(tune.bar_lengths_wn) // (per_score + 1)
            excerpt = clip_bars(tune, first, first + bars)
            if sum(len(voice.notes) for voice in excerpt.voices) >= 4 * bars:
                yield path.stem, _with_tempo(excerpt)


def folk_tunes(paths: Iterable[Path]) -> Iterator[Tune]:
    """Tunes of ABC files that have notes in them."""
    for path in paths:
        for tune in read_tunes(path.read_text(encoding="utf-8", errors="replace")):
            if tune.voices and len(tune.voices[0].notes) >= 16:
                yield _with_tempo(tune)


def _with_tempo(tune: Tune) -> Tune:
    """A tempo where the source gives none, so that every part of the loss has something to say; drawn from its length."""
    if tune.tempos:
        return tune
    return replace(tune, tempos=((Fraction(0), Tempo(Fraction(1, 4), Fraction(Random(int(tune.length_wn * 64)).randint(60, 140)))),))
