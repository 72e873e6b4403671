"""One part as it was played: the score's notes that sound, at the pitches at which they sound, and when.

- A written note that was played at another pitch is written as it was played.
- One that no one played is left out, unless the player tied it to the one before, which is longer then.
- Played notes without a place in the score (ornaments) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np

from transformers_abc.data.matching import SAME_PITCH
from transformers_abc.notation.pitch_spelling import UnspelledNote, spell
from transformers_abc.notation.tune import Key, Note, Timed, Voice


@dataclass(frozen=True, slots=True)
class PlayedNotes:
    """What was measured on one player, in time order; pitches in fractional MIDI numbers, relative to the player's own tuning."""

    onsets_s: np.ndarray
    pitches: np.ndarray
    ends_s: np.ndarray

    def __len__(self) -> int:
        return len(self.onsets_s)


@dataclass(frozen=True, slots=True)
class PartMatch:
    """How a part's score and performance agree.

    Attributes:
        instrument: its code.
        written, played: number of notes in the score and in the Notes.
        matched: pairs of them, those at another pitch included.
        changed: pairs whose text follows what was played.
        tied: written notes that were not played anew, since the one before was held.
    """

    instrument: str
    written: int
    played: int
    matched: int
    changed: int
    tied: int


Pairs = list[tuple[int, int]]  # places in the score's part and in what was played


@dataclass(frozen=True)
class PlayedPart:
    """A part of a score with its performance.

    Attributes:
        voice: as written.
        notes: as played.
        pairs: which are the same, as `matching.match_notes` gives them.
    """

    voice: Voice
    notes: PlayedNotes
    pairs: Pairs

    def as_played(self, keys: Timed[Key]) -> tuple[Voice, tuple[float, ...]]:
        """The part with only what sounds, and when each of its notes began.

        Args:
            keys: of the score; notes at other pitches than written are spelled by them.
        """
        sounding = [self._sounding_note(written, played) for written, played in self.pairs]
        alters = self._alters(sounding, keys)
        notes = [Note(onset_wn, length_wn, pitch, alters[onset_wn, pitch]) for onset_wn, length_wn, pitch in sounding]
        onsets_s = [float(self.notes.onsets_s[played]) for _, played in self.pairs]
        timed = sorted(zip(notes, onsets_s, strict=True), key=lambda pair: _place(pair[0]))
        return replace(self.voice, notes=tuple(note for note, _ in timed)), tuple(onset_s for _, onset_s in timed)

    def counts(self, instrument: str) -> PartMatch:
        """How well both agree."""
        changed = sum(self._sounding_pitch(*pair) != self.voice.notes[pair[0]].pitch_midi for pair in self.pairs)
        return PartMatch(instrument, len(self.voice.notes), len(self.notes), len(self.pairs), changed, len(self._tied))

    @property
    def equal(self) -> int:
        """How many pairs have one pitch; an instrument may be written whole octaves from where it sounds."""
        if not self.pairs:
            return 0
        deviations = np.array([self.notes.pitches[played] - self.voice.notes[written].pitch_midi for written, played in self.pairs])
        octaves = 12 * np.round(np.median(deviations) / 12)
        return int(np.count_nonzero(np.abs(deviations - octaves) < SAME_PITCH))

    def agreement(self) -> tuple[int, int]:
        """By how many notes score and performance are seen to be the same music.

        Returns:
            ``(found, possible)``: the lesser share of two. Pairs of equal pitch among the notes written from the first matched one to the
            last; and all pairs among all notes, lest few notes at the right place make a part. There cannot be more than were played.
        """
        span = self.pairs[-1][0] - self.pairs[0][0] + 1 if self.pairs else 0
        shares = (self.equal, min(span, len(self.notes))), (len(self.pairs), min(len(self.voice.notes), len(self.notes)))
        return min(shares, key=lambda share: share[0] / max(share[1], 1))

    def _sounding_note(self, written: int, played: int) -> UnspelledNote:
        note = self.voice.notes[written]
        last = self.voice.notes[self._tied.get(written, written)]
        return note.onset_wn, last.end_wn - note.onset_wn, self._sounding_pitch(written, played)

    def _sounding_pitch(self, written: int, played: int) -> int:
        pitch = self.voice.notes[written].pitch_midi
        measured = float(self.notes.pitches[played])
        return pitch if abs(measured - pitch) < SAME_PITCH else min(max(round(measured), 0), 127)

    def _alters(self, sounding: list[UnspelledNote], keys: Timed[Key]) -> dict[tuple[Fraction, int], int]:
        """The spelling of each pitch: the score's where it was played as written."""
        as_written = {(note.onset_wn, note.pitch_midi): note.alter for note in self.voice.notes}
        return {(note.onset_wn, note.pitch_midi): note.alter for note in spell(sounding, keys)} | as_written

    @cached_property
    def _tied(self) -> dict[int, int]:
        """Of written notes those that were held over their repetition, which was not played anew, with the place of that."""
        partner, notes = dict(self.pairs), self.voice.notes
        return {
            first: second
            for first, second in pairwise(range(len(notes)))
            if first in partner
            and second not in partner
            and notes[first].pitch_midi == notes[second].pitch_midi
            and notes[first].end_wn == notes[second].onset_wn
            and self._sounds_through(first, second, partner)
        }

    def _sounds_through(self, first: int, second: int, partner: dict[int, int]) -> bool:
        """Whether the first note was held beyond the middle of the second, by when the note after them began."""
        following = next((partner[later] for later in range(second + 1, len(self.voice.notes)) if later in partner), None)
        if following is None:
            return False
        start_s, next_s = self.notes.onsets_s[partner[first]], self.notes.onsets_s[following]
        start_wn, middle_wn = self.voice.notes[first].onset_wn, self.voice.notes[second].onset_wn + self.voice.notes[second].length_wn / 2
        share = float((middle_wn - start_wn) / (self.voice.notes[second].end_wn - start_wn))
        return bool(self.notes.ends_s[partner[first]] > start_s + share * (next_s - start_s))


def _place(note: Note) -> tuple[Fraction, int, Fraction]:
    return note.onset_wn, note.pitch_midi, note.length_wn
