"""A clip as a listener has it: the voices that sound, their instruments, and nothing that is only to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from transformers_abc.data.question_parts.spoken_instruments import ONE_NOTE_AT_A_TIME, names_several, spoken_name
from transformers_abc.data.question_parts.techniques import names_technique
from transformers_abc.notation.marks import Annotation, ChordSymbol, Lyric, Mark
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Note, Tune, Voice


def as_heard(tune: Tune) -> Tune:
    r"""The tune without what no one can hear in it.

    Repeats are played out. Voices that rest throughout go (unless all do), and so do title, composer and all other texts, the words of a
    tempo, labels of parts, double bars, lyrics, chord symbols, and words beside the staff that name no way of playing. The number is 1.

    >>> from transformers_abc.notation.reader import read_abc
    >>> clip = as_heard(read_abc('X:7\nT:Rondeau\nM:3/4\nL:1/4\nQ:"Grave" 1/4=60\nK:C\n"Am"CD"^dolce".E|\nw:la la la'))
    >>> clip.title, clip.number, clip.tempos[0][1].text, [mark for _, mark in clip.voices[0].marks]
    ('', 1, '', [Decoration(name='staccato')])
    """
    played = expand_repeats(tune)
    voices = tuple(voice for voice in played.voices if voice.notes) or played.voices
    return Tune(
        voices=tuple(replace(voice, marks=tuple(timed for timed in voice.marks if _is_played(timed[1]))) for voice in voices),
        bar_lengths_wn=played.bar_lengths_wn,
        metres=played.metres,
        keys=played.keys,
        tempos=tuple((onset_wn, replace(tempo, text="")) for onset_wn, tempo in played.tempos),
    )


def _is_played(mark: Mark) -> bool:
    match mark:
        case Lyric() | ChordSymbol():
            return False
        case Annotation():
            return names_technique(mark)
    return True


@dataclass(frozen=True)
class HeardClip:
    """A clip and what is known of who plays in it.

    Attributes:
        tune: with its repeats played out.
    """

    tune: Tune

    @classmethod
    def of(cls, tune: Tune) -> HeardClip:
        return cls(expand_repeats(tune))

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """Those that sound."""
        return tuple(voice for voice in self.tune.voices if voice.notes)

    @cached_property
    def instruments(self) -> tuple[str | None, ...]:
        """What plays each of `voices`; None where that is not known, has no spoken name, or is several players ("Violins")."""
        return tuple(None if names_several(voice.name) else spoken_name(voice.name, voice.program) for voice in self.voices)

    @cached_property
    def players(self) -> Counter[str]:
        """How many voices each instrument has, in score order; empty where it is not known for all of them who plays.

        Neither is it where a wind instrument or a singer sounds two notes at once: then two players share a staff.
        """
        names = [name for name in self.instruments if name is not None]
        shared = any(
            name in ONE_NOTE_AT_A_TIME and _overlaps(voice.notes) for name, voice in zip(self.instruments, self.voices, strict=True)
        )
        return Counter() if shared or len(names) < len(self.voices) else Counter(names)

    @cached_property
    def sole_voices(self) -> dict[str, Voice]:
        """The voices that can be named by their instrument, since no other voice has it."""
        return {
            name: voice for name, voice in zip(self.instruments, self.voices, strict=True) if name is not None and self.players[name] == 1
        }


def _overlaps(notes: Sequence[Note]) -> bool:
    """Whether a note begins before all that began earlier have ended."""
    ends_wn = accumulate((note.end_wn for note in notes), max)
    return any(later.onset_wn < end_wn for later, end_wn in zip(notes[1:], ends_wn, strict=False))
