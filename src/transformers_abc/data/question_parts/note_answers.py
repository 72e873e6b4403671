"""What a clip says for sure of single notes: the first of a part, the highest and the lowest of all.

Notes are named in scientific notation with the spelling of the score and the octave of the sound, such as ``F#4``; middle C is C4. Where a
grace note or an ornament might sound before the first note, or beyond the highest or lowest, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from transformers_abc.data.question_parts.heard_clip import HeardClip
from transformers_abc.data.question_parts.spoken_instruments import in_running_text
from transformers_abc.notation.marks import Decoration, Grace, Mark
from transformers_abc.notation.tune import Note, Voice

WHOLE_CLIP = ""

_ORNAMENTS = frozenset(
    ("trill", "trill(", "roll", "mordent", "lowermordent", "uppermordent", "pralltriller", "turn", "turnx", "invertedturn",
     "invertedturnx", "slide", "arpeggio", "glissando(", "~(", "-("),
)  # fmt: skip
_REACH = 2  # semitones that a trill, turn or mordent goes beyond its note


def note_name(note: Note) -> str:
    """A note in scientific notation.

    >>> from fractions import Fraction
    >>> [note_name(Note(Fraction(0), Fraction(1), *pitch)) for pitch in ((66, 1), (58, -1), (60, 0), (60, 1), (59, -1))]
    ['F#4', 'Bb3', 'C4', 'B#3', 'Cb4']
    """
    return f"{note.letter}{'#' * note.alter}{'b' * -note.alter}{note.octave}"


def first_notes(clip: HeardClip) -> dict[str, str]:
    r"""The first note of each part that can be named: by its instrument, or as `WHOLE_CLIP` where it is the only one.

    >>> from transformers_abc.notation.reader import read_abc
    >>> header = 'X:1\nM:4/4\nL:1/4\nV:1 name="Oboe"\nV:2 name="Cello"\nK:D\n'
    >>> first_notes(HeardClip.of(read_abc(header + "V:1\nfgab|\nV:2\n[DF]AdA|")))    # the cello begins with a chord
    {'oboe': 'F#5'}
    """
    if len(clip.voices) == 1:
        parts = {WHOLE_CLIP: clip.voices[0]}
    else:
        parts = {in_running_text(name): voice for name, voice in clip.sole_voices.items()}
    first = {part: _first_note(voice) for part, voice in parts.items()}
    return {part: note_name(note) for part, note in first.items() if note is not None}


def highest_note(clip: HeardClip) -> str | None:
    r"""The highest note that sounds, where not all are of one pitch.

    >>> from transformers_abc.notation.reader import read_abc
    >>> read = lambda music: HeardClip.of(read_abc(f"X:1\nM:4/4\nL:1/4\nK:Bb\n{music}"))
    >>> highest_note(read("CBdB|")), lowest_note(read("CBdB|")), highest_note(read("CBTdB|")), highest_note(read("C{e}Bdc|"))
    ('D5', 'C4', None, None)
    """
    return _extreme(clip, upwards=1)


def lowest_note(clip: HeardClip) -> str | None:
    """The lowest note that sounds, where not all are of one pitch."""
    return _extreme(clip, upwards=-1)


def _first_note(voice: Voice) -> Note | None:
    onset_wn = voice.notes[0].onset_wn
    together = [note for note in voice.notes if note.onset_wn == onset_wn]
    decorated = any(mark_wn <= onset_wn and _is_ornament(mark) for mark_wn, mark in voice.marks)
    return together[0] if len({note.pitch_midi for note in together}) == 1 and not decorated else None


def _extreme(clip: HeardClip, upwards: int) -> str | None:
    """The note farthest up (``upwards=1``) or down (-1)."""
    notes = [note for voice in clip.voices for note in voice.notes]
    if len({note.pitch_midi for note in notes}) < 2:
        return None
    farthest = max(upwards * note.pitch_midi for note in notes)
    if any(upwards * pitch_midi > farthest for voice in clip.voices for pitch_midi in _ornamental_pitches(voice, upwards)):
        return None
    spellings = [note for note in notes if upwards * note.pitch_midi == farthest]
    return note_name(min(spellings, key=lambda note: (note.onset_wn, abs(note.alter), note.alter)))


def _ornamental_pitches(voice: Voice, upwards: int) -> Iterator[int]:
    """How far grace notes and ornaments may go."""
    for onset_wn, mark in voice.marks:
        if isinstance(mark, Grace):
            yield from (note.pitch_midi for note in mark.notes)
        elif _is_ornament(mark):
            yield from (note.pitch_midi + upwards * _REACH for note in _sounding_at(voice.notes, onset_wn))


def _sounding_at(notes: Iterable[Note], time_wn: Fraction) -> Iterator[Note]:
    return (note for note in notes if note.onset_wn <= time_wn < note.end_wn)


def _is_ornament(mark: Mark) -> bool:
    return isinstance(mark, Grace) or (isinstance(mark, Decoration) and mark.name in _ORNAMENTS)
