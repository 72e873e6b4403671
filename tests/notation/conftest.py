"""Random tunes for the property tests."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import strategies as st

from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Grace, GraceNote, Lyric, Mark, Slur, sorted_marks
from transformers_abc.notation.tune import (
    FIFTHS_ORDER,
    MODE_FIFTHS,
    BarLine,
    Key,
    Metre,
    Note,
    Tempo,
    Timed,
    Tune,
    Voice,
    effective_changes,
)

METRES = [Metre(*pair) for pair in ((4, 4), (3, 4), (2, 4), (6, 8), (5, 8), (3, 8), (9, 8), (12, 8), (2, 2), (5, 4), (7, 16))]
ODD_METRES = [Metre(4, 4, "C"), Metre(2, 2, "C|"), Metre(5, 8, "2+3/8"), Metre(4, 4, "none")]
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
def marked(draw: st.DrawFn, voice: Voice, end_wn: Fraction) -> Voice:
    """A voice with marks; words stand where notes do, slurs do not touch each other, and the rest stands anywhere on a grid."""
    anywhere = st.integers(0, max(int(end_wn * 16) - 1, 0)).map(lambda sixteenths: Fraction(sixteenths, 16))
    marks: list[tuple[Fraction, Mark]] = draw(st.lists(st.tuples(anywhere, signs), max_size=6))
    edges_wn = sorted(draw(st.sets(anywhere, max_size=4)))
    if len(edges_wn) == 4 and draw(st.booleans()):  # one within the other
        edges_wn = [edges_wn[place] for place in (0, 3, 1, 2)]
    marks += [(start_wn, Slur(slur_end_wn - start_wn)) for start_wn, slur_end_wn in zip(edges_wn[::2], edges_wn[1::2], strict=False)]
    if sung_wn := sorted({note.onset_wn for note in voice.notes}):
        syllables = draw(st.dictionaries(st.tuples(st.sampled_from(sung_wn), st.integers(1, 3)), words, max_size=6))
        marks += [(onset_wn, Lyric(text, verse, draw(st.booleans()) and text != "_")) for (onset_wn, verse), text in syllables.items()]
    return replace(voice, marks=sorted_marks(marks))


def together(first: Voice, second: Voice) -> Voice:
    """Both players on one staff; their notes may sound one pitch twice at a time."""
    notes = sorted((*first.notes, *second.notes), key=lambda note: (note.onset_wn, note.pitch_midi, note.length_wn))
    return replace(first, notes=tuple(notes))


@st.composite
def bar_lines(draw: st.DrawFn, edges_wn: list[Fraction]) -> Timed[BarLine]:
    """Bar lines that say something, at some of the edges."""
    lines = []
    for edge_wn in edges_wn:
        is_first, is_last = edge_wn == edges_wn[0], edge_wn == edges_wn[-1]
        starts = draw(st.booleans()) and not is_last
        plays = 1 if is_first else draw(st.sampled_from((1, 1, 2, 3)))
        endings = () if is_last else draw(st.sampled_from(((), (), (1,), (2,), (1, 3))))
        style = "" if starts or plays > 1 or is_first or is_last else draw(st.sampled_from(("", "||", "|]", "[|")))
        line = BarLine(plays, starts, endings, style)
        if line != BarLine() and draw(st.booleans()):
            lines.append((edge_wn, line))
    return tuple(lines)


@st.composite
def with_what_is_written(draw: st.DrawFn, tune: Tune) -> Tune:
    """The tune with marks, overlays, bar lines, parts and texts."""
    edges_wn = [Fraction(0), *accumulate(tune.bar_lengths_wn)]
    voices = tune.voices
    if len(voices) > 1 and draw(st.booleans()):
        voices = (together(*voices[:2]), *voices[2:])
    beats_wn = st.integers(0, max(int(edges_wn[-1] * 8) - 1, 0)).map(lambda eighths: Fraction(eighths, 8))
    parts = draw(st.dictionaries(st.sampled_from(edges_wn[:-1]) | beats_wn, st.sampled_from("ABC"), max_size=3))
    info = draw(st.lists(st.tuples(st.sampled_from("TCABDFGHNORSZW"), texts.filter(bool)), max_size=4))
    has_heading = {"T": bool(tune.title), "C": bool(tune.composer)}  # only then are there further ones
    return replace(
        tune,
        voices=tuple(draw(marked(voice, edges_wn[-1])) for voice in voices),
        bar_lines=draw(bar_lines(edges_wn)),
        parts=tuple(sorted(parts.items())),
        part_order=draw(st.sampled_from(("", "AAB", "(AB)3C"))),
        info=tuple(
            (letter, text)
            for letter, text in sorted(info, key=lambda pair: "TCABDFGHNORSZW".index(pair[0]))
            if has_heading.get(letter, True)
        ),
        number=draw(st.integers(1, 9999)),
    )


@st.composite
def tunes(draw: st.DrawFn, tuplets: tuple[int, ...] = (3, 5, 7, 9), plain: bool = False, written: bool = False) -> Tune:
    """Canonical tunes: what `read_abc` gives back as it is.

    Args:
        draw: given by hypothesis.
        tuplets: how many parts a tuplet may have.
        plain: only what every ABC program takes: whole beats a minute, no strange texts, beats from the first bar on.
        written: also what is written beside the notes: marks, overlays, bar lines, parts, texts.
    """
    metre_values = st.sampled_from([*METRES, *ODD_METRES] if written else METRES)
    metres, bar_lengths_wn = [(Fraction(0), draw(metre_values))], []
    now_wn = Fraction(0)
    for bar in range(draw(st.integers(1, 4))):
        if bar and draw(st.integers(0, 3)) == 0:
            metres.append((now_wn, draw(metre_values)))
        metre = metres[-1][1]
        is_pickup = bar == 0 and not metre.is_free and draw(st.booleans())
        bar_lengths_wn.append(Fraction(1, metre.denominator) if is_pickup else metre.bar_wn)
        now_wn += bar_lengths_wn[-1]
    ends_wn = [Fraction(0), *accumulate(bar_lengths_wn)]
    bars = list(pairwise(ends_wn))
    beat_wn = Fraction(1, max(metre.denominator for _, metre in metres))
    key_values = plain_keys | odd_keys if written else plain_keys
    keys = [(Fraction(0), draw(key_values))] + [(start_wn, draw(key_values)) for start_wn, _ in bars[1:] if draw(st.integers(0, 3)) == 0]
    tempo_values = st.builds(Tempo, st.sampled_from([Fraction(1, 4), Fraction(3, 8)]), st.integers(20, 300).map(Fraction))
    odd_tempos = st.builds(Tempo, st.just(Fraction(1, 4)), st.integers(1, 99999).map(lambda hundredths: Fraction(hundredths, 100)))
    times_wn = st.integers(0, int(now_wn / beat_wn) - 1).map(lambda beats: beats * beat_wn)
    if written:
        odd_tempos = st.builds(replace, odd_tempos, text=texts)
    tempos = draw(st.lists(st.tuples(times_wn, tempo_values if plain else tempo_values | odd_tempos), max_size=3))
    tune = Tune(
        voices=tuple(draw(st.lists(voices(bars, beat_wn, tuplets, plain), min_size=1, max_size=2))),
        bar_lengths_wn=tuple(bar_lengths_wn),
        metres=effective_changes(metres, now_wn),
        keys=effective_changes(keys, now_wn),
        tempos=effective_changes(tempos, now_wn),
        title="" if plain else draw(texts),
        composer="" if plain else draw(texts),
    )
    return draw(with_what_is_written(tune)) if written else tune


# Texts without what the writer normalises: runs of white space and control characters.
texts = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(' "\\%&;[]*_-~|^'), max_size=12).map(
    lambda text: " ".join(text.split())
)
words = texts.filter(bool)
plain_keys = st.builds(Key, st.integers(-7, 7), st.sampled_from(sorted(MODE_FIFTHS)))


def _with_explicit(key: Key, alters: tuple[int, ...]) -> Key:
    explicit = zip(FIFTHS_ORDER, alters, strict=True)
    return replace(key, explicit=tuple((letter, alter) for letter, alter in explicit if alter != key.alter_of(letter)))


odd_keys = st.builds(_with_explicit, plain_keys, st.tuples(*[st.integers(-2, 2)] * len(FIFTHS_ORDER)))
grace_notes = st.sampled_from([GraceNote(*head, length_wn=Fraction(1, 16)) for chord in CHORDS for head in chord])
signs = st.one_of(
    st.builds(Grace, st.lists(grace_notes, min_size=1, max_size=4).map(tuple), st.booleans()),
    st.builds(ChordSymbol, words),
    st.builds(Annotation, words, st.sampled_from("^_<>@")),
    st.builds(Decoration, st.sampled_from(("trill", "staccato", "roll", "fermata", "crescendo(", "5", "segno", "pppp", "ff"))),
)


@pytest.fixture(scope="session")
def random_tunes() -> Callable[..., st.SearchStrategy[Tune]]:
    """The strategy `tunes`, for test modules that cannot import this file."""
    return tunes
