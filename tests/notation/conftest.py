"""Random tunes for the property tests."""

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import strategies as st

from transformers_abc.notation.tune import MODE_FIFTHS, Key, Metre, Note, Tempo, Tune, Voice, effective_changes

METRES = [Metre(*pair) for pair in ((4, 4), (3, 4), (2, 4), (6, 8), (5, 8), (3, 8), (9, 8), (12, 8), (2, 2), (5, 4), (7, 16))]
WHITE_KEYS = (0, 2, 4, 5, 7, 9, 11)
SHORTEST_WN = Fraction(1, 32)


def _chord(random: Random) -> tuple[tuple[int, int], ...]:
    """``(pitch_midi, alter)`` from low to high; none is a rest."""
    heads = [(random.randint(4, 8), random.choice(WHITE_KEYS), random.randint(-2, 2)) for _ in range(random.randint(0, 3))]
    return tuple(sorted({12 * octave + white_key + alter: alter for octave, white_key, alter in heads}.items()))


CHORDS = [(), *(_chord(Random(seed)) for seed in range(300))]  # a table, since every drawing of hypothesis is dear


@st.composite
def spans(draw: st.DrawFn, start_wn: Fraction, length_wn: Fraction, tuplets: tuple[int, ...]) -> list[Fraction]:
    """Where events start within a span: it is one event, or two halves, or a tuplet of such."""
    parts = draw(st.sampled_from((1, 1, 2, 2, *tuplets))) if length_wn > SHORTEST_WN else 1
    if parts == 1:
        return [start_wn]
    halves = tuplets if parts == 2 else ()
    part_wn = length_wn / parts
    return [time_wn for part in range(parts) for time_wn in draw(spans(start_wn + part * part_wn, part_wn, halves))]


@st.composite
def voices(draw: st.DrawFn, bars: list[tuple[Fraction, Fraction]], beat_wn: Fraction, tuplets: tuple[int, ...], plain: bool) -> Voice:
    """Chords and rests over a grid of bars; some last over beats and bar lines."""
    times_wn: list[Fraction] = []
    for start_wn, end_wn in bars:
        now_wn = start_wn
        while now_wn < end_wn:
            span_wn = min(draw(st.sampled_from((1, 2, 4, 8))) * beat_wn, end_wn - now_wn)
            times_wn += draw(spans(now_wn, span_wn, tuplets))
            now_wn += span_wn
    notes: list[Note] = []
    event: tuple[tuple[int, int], ...] = ()
    for start_wn, end_wn in pairwise([*times_wn, bars[-1][1]] if bars else []):
        if notes and event and draw(st.integers(0, 4)) == 0:  # the last event goes on
            held = len(event)
            notes[-held:] = [Note(n.onset_wn, end_wn - n.onset_wn, n.pitch_midi, n.alter) for n in notes[-held:]]
            continue
        event = draw(st.sampled_from(CHORDS))
        notes += [Note(start_wn, end_wn - start_wn, pitch, alter) for pitch, alter in event]
    name = draw(st.sampled_from(("", "Violin")) if plain else texts)
    return Voice(tuple(notes), name, draw(st.none() | st.integers(0, 127)), draw(st.sampled_from(("treble", "bass", "alto", "tenor"))))


@st.composite
def tunes(draw: st.DrawFn, tuplets: tuple[int, ...] = (3, 5, 7, 9), plain: bool = False) -> Tune:
    """Canonical tunes: what `read_abc` gives back as it is.

    Args:
        draw: given by hypothesis.
        tuplets: how many parts a tuplet may have.
        plain: only what every ABC program takes: whole beats a minute, no strange texts, beats from the first bar on.
    """
    metres, bar_lengths_wn = [(Fraction(0), draw(st.sampled_from(METRES)))], []
    now_wn = Fraction(0)
    for bar in range(draw(st.integers(1, 4))):
        if bar and draw(st.integers(0, 3)) == 0:
            metres.append((now_wn, draw(st.sampled_from(METRES))))
        metre = metres[-1][1]
        is_pickup = bar == 0 and draw(st.booleans())
        bar_lengths_wn.append(Fraction(1, metre.denominator) if is_pickup else metre.bar_wn)
        now_wn += bar_lengths_wn[-1]
    ends_wn = [Fraction(0), *accumulate(bar_lengths_wn)]
    bars = list(pairwise(ends_wn))
    beat_wn = Fraction(1, max(metre.denominator for _, metre in metres))
    keys = [(Fraction(0), draw(key_values))] + [(start_wn, draw(key_values)) for start_wn, _ in bars[1:] if draw(st.integers(0, 3)) == 0]
    tempo_values = st.builds(Tempo, st.sampled_from([Fraction(1, 4), Fraction(3, 8)]), st.integers(20, 300).map(Fraction))
    odd_tempos = st.builds(Tempo, st.just(Fraction(1, 4)), st.integers(1, 99999).map(lambda hundredths: Fraction(hundredths, 100)))
    times_wn = st.integers(0, int(now_wn / beat_wn) - 1).map(lambda beats: beats * beat_wn)
    tempos = draw(st.lists(st.tuples(times_wn, tempo_values if plain else tempo_values | odd_tempos), max_size=3))
    return Tune(
        voices=tuple(draw(st.lists(voices(bars, beat_wn, tuplets, plain), min_size=1, max_size=2))),
        bar_lengths_wn=tuple(bar_lengths_wn),
        metres=effective_changes(metres, now_wn),
        keys=effective_changes(keys, now_wn),
        tempos=effective_changes(tempos, now_wn),
        title="" if plain else draw(texts),
        composer="" if plain else draw(texts),
    )


# Texts without what the writer normalises: runs of white space, control characters, quotation marks.
texts = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"') | st.just(" "), max_size=12).map(
    lambda text: " ".join(text.split())
)
key_values = st.builds(Key, st.integers(-7, 7), st.sampled_from(sorted(MODE_FIFTHS)))


@pytest.fixture(scope="session")
def random_tunes() -> Callable[..., st.SearchStrategy[Tune]]:
    """The strategy `tunes`, for test modules that cannot import this file."""
    return tunes
