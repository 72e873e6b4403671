"""A search for one text that earns a reward whatever the recording is.

It sees training references only, through the mean reward that a text earns on them, as a policy does that has stopped listening. What it
finds is then scored on references that it never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from statistics import mean

from robustness.music import METRES, spelled
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.tune import Key, Note, Tempo, Tune, Voice
from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.digest import Digest

POPULATION, TOURNAMENT = 12, 3
MOST_MUTATIONS = 4  # of one child
MOST_VOICES, MOST_BARS = 6, 32
LENGTHS_WN = tuple(Fraction(length, 16) for length in (1, 2, 2, 3, 4, 4, 6, 8, 16))


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        tune: the best answer.
        training_loss: its mean loss on the training references.
        history: the best mean loss after each step.
    """

    tune: Tune
    training_loss: float
    history: tuple[float, ...]


def evolve(answers: Sequence[Tune], references: Sequence[Digest], steps: int, seed: int, preset: str) -> Found:
    """Search for `steps` children, starting from training answers.

    Args:
        answers: training answers, to start from and to take voices from.
        references: training references, digested.
        preset: whose loss is made small.
    """
    random = Random(seed)

    def loss_of(tune: Tune) -> float:
        return mean(compare(tune, reference, preset).totals[preset] for reference in references)

    population = [(loss_of(tune), tune) for tune in map(_plain, random.sample(list(answers), POPULATION))]
    history = []
    for _ in range(steps):
        parent = min(random.sample(population, TOURNAMENT), key=lambda scored: scored[0])[1]
        child = parent
        for _ in range(random.randint(1, MOST_MUTATIONS)):
            child = random.choice(MUTATIONS)(child, random, answers)
        loss = loss_of(child)
        worst = max(range(POPULATION), key=lambda place: population[place][0])
        if loss <= population[worst][0]:
            population[worst] = loss, child
        history.append(min(loss for loss, _ in population))
    best_loss, best = min(population, key=lambda scored: scored[0])
    return Found(best, best_loss, tuple(history))


def _plain(tune: Tune) -> Tune:
    """Notes and bars only, so that bars can come and go."""
    voices = tuple(replace(voice, marks=()) for voice in tune.voices)
    return replace(tune, voices=voices, bar_lines=(), parts=(), part_order="")


Mutation = Callable[[Tune, Random, Sequence[Tune]], Tune]


def _another_note(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    def change(notes: list[Note]) -> None:
        place = random.randrange(len(notes))
        pitch = min(max(notes[place].pitch_midi + random.choice((-12, -7, -5, -2, -1, 1, 2, 5, 7, 12)), 21), 108)
        notes[place] = spelled(notes[place].onset_wn, notes[place].length_wn, pitch)

    return _with_notes(tune, random, change)


def _without_a_note(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    def change(notes: list[Note]) -> None:
        if len(notes) > 1:
            del notes[random.randrange(len(notes))]

    return _with_notes(tune, random, change)


def _one_more_note(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    def change(notes: list[Note]) -> None:
        like = random.choice(notes)
        onset_wn = Fraction(random.randrange(max(int(tune.length_wn * 8), 1)), 8)
        length_wn = min(random.choice(LENGTHS_WN), tune.length_wn - onset_wn)
        if length_wn > 0:
            notes.append(spelled(onset_wn, length_wn, like.pitch_midi + random.choice((-2, 0, 0, 2)) if 24 < like.pitch_midi < 105 else 60))

    return _with_notes(tune, random, change)


def _another_length(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    def change(notes: list[Note]) -> None:
        place = random.randrange(len(notes))
        length_wn = min(random.choice(LENGTHS_WN), tune.length_wn - notes[place].onset_wn)
        notes[place] = replace(notes[place], length_wn=length_wn)

    return _with_notes(tune, random, change)


def _steady(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    """A voice in equal notes, since rhythm can be guessed more easily than pitch."""

    def change(notes: list[Note]) -> None:
        length_wn = random.choice((Fraction(1, 8), Fraction(1, 4), Fraction(1, 2)))
        pitches = [note.pitch_midi for note in notes]
        count = min(int(tune.length_wn / length_wn), 400)
        notes[:] = [spelled(place * length_wn, length_wn, pitches[place % len(pitches)]) for place in range(count)] or notes

    return _with_notes(tune, random, change)


def _another_voice(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    """One more, from a training answer, or in the place of one."""
    voice = replace(_clipped(random.choice(random.choice(answers).voices), tune.length_wn), marks=())
    if not voice.notes:
        return tune
    voices = list(tune.voices)
    if len(voices) < MOST_VOICES and random.random() < 0.5:
        voices.append(voice)
    else:
        voices[random.randrange(len(voices))] = voice
    return replace(tune, voices=tuple(voices))


def _one_voice_less(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    voices = list(tune.voices)
    if len(voices) > 1:
        del voices[random.randrange(len(voices))]
    return replace(tune, voices=tuple(voices))


def _another_instrument(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    place, instrument = random.randrange(len(tune.voices)), random.choice(HEARD_INSTRUMENTS)
    voices = list(tune.voices)
    voices[place] = replace(voices[place], name=instrument.name, program=instrument.program)
    return replace(tune, voices=tuple(voices))


def _another_header(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    start = Fraction(0)
    match random.randrange(3):
        case 0:
            return replace(tune, metres=((start, random.choice(METRES)),))
        case 1:
            return replace(tune, keys=((start, Key(random.randint(-5, 5))),))
        case _:
            return replace(tune, tempos=((start, Tempo(Fraction(1, 4), Fraction(random.randint(40, 200)))),))


def _shorter_or_longer(tune: Tune, random: Random, answers: Sequence[Tune]) -> Tune:
    bars = random.randint(1, MOST_BARS)
    bar_wn = tune.metres[0][1].bar_wn
    lengths_wn = (bar_wn,) * bars
    voices = tuple(voice for voice in (_clipped(voice, bar_wn * bars) for voice in tune.voices) if voice.notes)
    changed = {name: getattr(tune, name)[:1] for name in ("metres", "keys", "tempos")}
    return replace(tune, bar_lengths_wn=lengths_wn, voices=voices, **changed) if voices else tune


MUTATIONS: tuple[Mutation, ...] = (
    _another_note,
    _another_note,
    _one_more_note,
    _without_a_note,
    _another_length,
    _steady,
    _another_voice,
    _one_voice_less,
    _another_instrument,
    _another_header,
    _shorter_or_longer,
)


def _with_notes(tune: Tune, random: Random, change: Callable[[list[Note]], None]) -> Tune:
    place = random.randrange(len(tune.voices))
    notes = list(tune.voices[place].notes)
    change(notes)
    notes.sort(key=lambda note: (note.onset_wn, note.pitch_midi, note.length_wn))
    voices = list(tune.voices)
    voices[place] = replace(voices[place], notes=tuple(notes))
    return replace(tune, voices=tuple(voices))


def _clipped(voice: Voice, end_wn: Fraction) -> Voice:
    kept = (note for note in voice.notes if note.onset_wn < end_wn)
    return replace(voice, notes=tuple(replace(note, length_wn=min(note.length_wn, end_wn - note.onset_wn)) for note in kept))
