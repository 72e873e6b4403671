"""Music to learn voices from: passages of scores played by one to four players, with who played each note.

A clip is a function of its works, a seed and its number; works take turns, that none counts more than another. A third of the clips each is

- ``solo``: one voice of a quartet, half of them as written, half on any instrument that can play it;
- ``strings``: two to four voices of a quartet as written;
- ``mixed``: two to four voices on drawn instruments, transposed, one piano or guitar among them at most: hardly anyone writes for more.

Of a clip several hearings can be made: its true notes, their sounds unknown; what `mishear` makes of them; what a listener heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.scoring.digest import VoiceDigest
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.tune_performance import TunePerformance, perform_tune
from transformers_abc.training.score_examples import mishear

KINDS = ("solo", "strings", "mixed")
CLIP_S = 20.0  # of music, from its first note on
SHORTEST_S, FEWEST_NOTES = 8.0, 6  # of a clip; of each voice in it
PLAYERS, PLAYERS_PROBABILITY = (2, 3, 4), (0.25, 0.3, 0.45)
WRITTEN_SOLO_SHARE = 0.5
MOST_SEMITONES = 4
MOST_ATTEMPTS = 200
SEVERITY = 1.0  # of `mishear`: as measured
SAME_NOTE_S = 0.1  # between the onset that was played and that which was heard
NEAREST_SOUNDS = 12  # heard notes of about the pitch, one of which lends its sound
NOBODY = -1


@dataclass(frozen=True, slots=True)
class PlayedClip:
    """The beginning of a performance.

    Attributes:
        kind: one of `KINDS`.
        performance: all of it.
        voices: the notes of each voice that begin in the first `CLIP_S` seconds.
    """

    kind: str
    performance: TunePerformance
    voices: tuple[tuple[PlayedNote, ...], ...]

    @property
    def instruments(self) -> tuple[int, ...]:
        """Places among `HEARD_INSTRUMENTS`, for each voice."""
        return tuple(HEARD_INSTRUMENTS.index(notes[0].instrument) for notes in self.voices)

    @property
    def reference(self) -> tuple[VoiceDigest, ...]:
        """What a score of it is compared with: pitches and instruments."""
        return tuple(pitch_digest([note.pitch_midi for note in notes], notes[0].instrument.name) for notes in self.voices)


@dataclass(frozen=True, slots=True)
class VoiceExample:
    """A hearing of a clip.

    Attributes:
        clip: what was played.
        hearing: how it was heard, for figures.
        notes: sorted.
        players: for each note the voice of the clip that played it, or `NOBODY`.
        has_sounds: whether the sounds are those of the instruments.
    """

    clip: PlayedClip
    hearing: str
    notes: tuple[HeardNote, ...]
    players: tuple[int, ...]
    has_sounds: bool = False


def pitch_digest(pitches: Sequence[int], instrument: str) -> VoiceDigest:
    """Pitches in order, as scores are compared, without rhythm."""
    return VoiceDigest("".join(map(chr, pitches)), (0,) * len(pitches), instrument)


def played_clips(works: Mapping[str, Sequence[str]], count: int, seed: int) -> list[PlayedClip]:
    """The first clips of a seed.

    Args:
        works: passages as ABC texts, by work; see `synthesis.scores.load_works`.
        count: how many.
        seed: of everything.

    Raises:
        ValueError: no clip can be made of these works.
    """
    names = sorted(works)
    # Where a round of works is a whole number of rounds of kinds, the next one begins with another kind.
    kinds = [KINDS[(number + number // len(names)) % len(KINDS)] for number in range(count)]
    return [_played_clip(works[names[number % len(names)]], kinds[number], [seed, number]) for number in range(count)]


def _played_clip(passages: Sequence[str], kind: str, seed: Sequence[int]) -> PlayedClip:
    for attempt in range(MOST_ATTEMPTS):
        rng = np.random.default_rng([*seed, attempt])
        passage = read_abc(passages[int(rng.integers(len(passages)))])
        count = 1 if kind == "solo" else int(rng.choice(PLAYERS, p=PLAYERS_PROBABILITY))
        if len(passage.voices) >= count:
            chosen = sorted(rng.permutation(len(passage.voices))[:count].tolist())
            clip = _performed(replace(passage, voices=tuple(passage.voices[place] for place in chosen)), kind, rng)
            if clip:
                return clip
    raise ValueError(f"these works have no passage of {SHORTEST_S:g} s with {FEWEST_NOTES} notes in each voice: give other scores")


def _performed(passage: Tune, kind: str, rng: np.random.Generator) -> PlayedClip | None:
    """None where it is too short, a voice has next to nothing to play, or nobody writes for such instruments."""
    as_written = kind == "strings" or (kind == "solo" and rng.random() < WRITTEN_SOLO_SHARE)
    semitones = 0 if as_written else int(rng.integers(-MOST_SEMITONES, MOST_SEMITONES + 1))
    try:
        performance = perform_tune(passage, rng, reorchestrate=not as_written, semitones=semitones)
    except ValueError:  # no notes, or out of all ranges
        return None
    voices = tuple(tuple(note for note in notes if note.onset_s < CLIP_S) for notes in performance.notes)
    if performance.end_s < SHORTEST_S or min(map(len, voices)) < FEWEST_NOTES:
        return None
    if sum(notes[0].instrument.decays for notes in voices) > 1:
        return None
    return PlayedClip(kind, performance, voices)


def true_example(clip: PlayedClip) -> VoiceExample:
    """Its notes as played, their sounds unknown."""
    pairs = sorted((_heard(note, ()), place) for place, notes in enumerate(clip.voices) for note in notes)
    return VoiceExample(clip, "true", tuple(note for note, _ in pairs), tuple(place for _, place in pairs))


def heard_example(clip: PlayedClip, notes: Sequence[HeardNote], has_sounds: bool, hearing: str = "heard") -> VoiceExample:
    """Notes that were heard of a clip, with who played them."""
    notes = sorted(notes)
    return VoiceExample(clip, hearing, tuple(notes), who_played(notes, clip.voices), has_sounds)


Sounds = Mapping[int, Sequence[tuple[int, tuple[float, ...]]]]


def sounds_of(examples: Sequence[VoiceExample]) -> Sounds:
    """Pitches and evidence of heard notes, by the place of the instrument that played them."""
    found: dict[int, list[tuple[int, tuple[float, ...]]]] = {}
    for example in examples:
        for note, player in zip(example.notes, example.players, strict=True):
            if player != NOBODY and example.has_sounds:
                found.setdefault(example.clip.instruments[player], []).append((note.pitch_midi, note.instruments))
    return found


def misheard_example(clip: PlayedClip, sounds: Sounds, rng: np.random.Generator) -> VoiceExample:
    """Its notes with simulated mistakes, sounding as notes of their instrument did elsewhere; nothing is known where there are none."""
    notes = [
        _heard(note, _lent_sound(sounds.get(instrument, ()), note.pitch_midi, rng))
        for instrument, voice in zip(clip.instruments, clip.voices, strict=True)
        for note in voice
    ]
    return heard_example(clip, mishear(notes, rng, SEVERITY), has_sounds=False, hearing="misheard")


def _lent_sound(sounds: Sequence[tuple[int, tuple[float, ...]]], pitch: int, rng: np.random.Generator) -> tuple[float, ...]:
    if not sounds:
        return ()
    nearest = np.argsort(np.abs(np.array([its for its, _ in sounds]) - pitch), kind="stable")[:NEAREST_SOUNDS]
    return sounds[int(rng.choice(nearest))][1]


def _heard(note: PlayedNote, sound: tuple[float, ...]) -> HeardNote:
    return HeardNote(note.onset_s, max(min(note.offset_s, CLIP_S), note.onset_s + 0.04), note.pitch_midi, 1.0, sound)


def who_played(notes: Sequence[HeardNote], voices: Sequence[Sequence[PlayedNote]]) -> tuple[int, ...]:
    """For each heard note the voice that played it: of the same pitch, the nearest onset within `SAME_NOTE_S`; no note is heard twice.

    >>> from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
    >>> played = PlayedNote(1.0, 2.0, 60, 0.5, INSTRUMENT_BY_CODE["vn"], 0)
    >>> who_played([HeardNote(0.95, 2, 60), HeardNote(1.01, 2, 60), HeardNote(1.0, 2, 72)], [[played]])
    (-1, 0, -1)
    """
    by_pitch: dict[int, list[tuple[float, int]]] = {}
    for place, voice in enumerate(voices):
        for note in voice:
            by_pitch.setdefault(note.pitch_midi, []).append((note.onset_s, place))
    near = sorted(
        (abs(onset_s - note.onset_s), heard, number)
        for heard, note in enumerate(notes)
        for number, (onset_s, _) in enumerate(by_pitch.get(note.pitch_midi, ()))
        if abs(onset_s - note.onset_s) < SAME_NOTE_S
    )
    players, taken = [NOBODY] * len(notes), set[tuple[int, int]]()
    for _, heard, number in near:
        played = notes[heard].pitch_midi, number
        if players[heard] == NOBODY and played not in taken:
            players[heard] = by_pitch[played[0]][number][1]
            taken.add(played)
    return tuple(players)
