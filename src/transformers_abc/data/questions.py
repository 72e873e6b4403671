"""Questions about a clip with their answers: for a transcription, and short ones that have one exact answer.

A short question is asked only where its answer is one that a listener could give and that the score leaves no doubt about; the conditions
stand with each kind in `question_parts` and in ``docs/questions.md``. `replies.answers_match` judges what a model replies.

Conventions:
    - The tune of a clip is exactly what its audio plays, and starts and ends with it. Where a note of before sounds on into the clip, a
      short question needs the tune with what is left of that note (``keep_held=True`` in `notation.clipping`).
    - Wording, and what is drawn, depend on the seed alone, on every machine; give each clip a seed of its own, such as
      ``f"{seed}/{clip_id}"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transformers_abc.data.question_parts import header_answers, note_answers, player_answers
from transformers_abc.data.question_parts.draws import Seed, draw, sample
from transformers_abc.data.question_parts.heard_clip import HeardClip, as_heard
from transformers_abc.data.question_parts.phrasings import PHRASINGS, transcription_prompt, worded
from transformers_abc.data.question_parts.spoken_instruments import listed
from transformers_abc.data.question_parts.techniques import heard_techniques
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc

TRANSCRIPTION = "abc"
SHORT_KINDS: tuple[str, ...] = tuple(PHRASINGS)

_EXACT = {
    "tempo": header_answers.tempo,
    "metre": header_answers.metre,
    "bars": header_answers.bars,
    "key_signature": header_answers.key_signature,
    "instruments": player_answers.instruments,
    "parts": player_answers.parts,
    "melody": player_answers.melody,
    "highest_note": note_answers.highest_note,
    "lowest_note": note_answers.lowest_note,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A row of a dataset of questions.

    Attributes:
        question: what the model is asked.
        question_type: ``abc`` for a transcription, or one of `SHORT_KINDS`.
        answer: ABC text, or a word or two.
    """

    question: str
    question_type: str
    answer: str


def transcription_question(tune: Tune, seed: Seed, style: Literal["full", "short"] = "full", *, interleave: bool = True) -> Question:
    r"""Ask for the ABC of a clip.

    Args:
        tune: the clip. Its title and all else that cannot be heard is left out of the answer (`heard_clip.as_heard`). Its voices should
            have their General MIDI programs, which the full prompt asks for.
        seed: decides the wording.
        style: whether the prompt says what ABC is wanted, or only that it is.
        interleave: write several voices bar by bar in turn, so that the text runs forward in time with the audio.

    Raises:
        ValueError: the tune cannot be written, as `write_abc` says.

    >>> from transformers_abc.notation.reader import read_abc
    >>> asked = transcription_question(read_abc("X:3\nT:Jupiter\nM:3/4\nL:1/4\nQ:1/4=74\nK:Eb\nGBc|"), seed=0, style="short")
    >>> asked.question, asked.question_type
    ('Transcribe this recording to ABC notation.', 'abc')
    >>> asked.answer
    'X:1\nM:3/4\nL:1/8\nQ:1/4=74\nV:1 clef=treble\nK:Eb\nV:1\nG2 B2 c2 |]\n'
    """
    clip = as_heard(tune)
    in_turn = interleave and len(clip.voices) > 1
    answer = write_abc(clip, interleave=in_turn, bars_per_line=1 if in_turn else 4)
    return Question(transcription_prompt(seed, full=style == "full", interleave=interleave), TRANSCRIPTION, answer)


def short_questions(tune: Tune, seed: Seed, *, mode_is_certain: bool = False, techniques: Sequence[str] | None = None) -> list[Question]:
    r"""A question of every kind that has an exact answer for a clip, in the order of `SHORT_KINDS`.

    Args:
        tune: the clip.
        seed: decides the wording, and whose first note is asked for.
        mode_is_certain: whether the source knows major from minor; otherwise only the signature of the key is asked for.
        techniques: the playing techniques that are heard; by default those that the clip marks. Give those of `heard_techniques` for the
            stretch of the whole piece where there is one, and none where the audio does not play what is marked.

    >>> from transformers_abc.notation.reader import read_abc
    >>> clip = read_abc('X:1\nM:3/4\nL:1/4\nQ:1/4=74\nV:1 name="Cello"\nK:Eb\nG,B,C|DEF|GAB|c3|')
    >>> [(asked.question_type, asked.answer) for asked in short_questions(clip, seed=0)]    # doctest: +NORMALIZE_WHITESPACE
    [('tempo', '74'), ('metre', '3/4'), ('bars', '4'), ('key_signature', '3 flats'), ('instruments', 'Cello'), ('parts', '1'),
     ('first_note', 'G3'), ('highest_note', 'C5'), ('lowest_note', 'G3')]
    """
    clip = HeardClip.of(tune)
    answers = {kind: (answer, "") for kind, exact in _EXACT.items() if (answer := exact(clip)) is not None}
    if mode_is_certain and (key := header_answers.key(clip)) is not None:
        answers["key"] = key, ""
    if first := note_answers.first_notes(clip):
        part = draw(sorted(first), seed, "part")
        answers["first_note"] = first[part], part
    if heard := heard_techniques(clip.tune) if techniques is None else techniques:
        answers["techniques"] = listed(heard), ""
    return [Question(worded(kind, seed, answers[kind][1]), kind, answers[kind][0]) for kind in SHORT_KINDS if kind in answers]


def chosen_questions(
    tune: Tune, count: int, seed: Seed, *, mode_is_certain: bool = False, techniques: Sequence[str] | None = None
) -> list[Question]:
    r"""Some of the `short_questions`, drawn by seed: each kind that has an answer is as likely as the others.

    Args:
        tune: the clip.
        count: how many; fewer where fewer kinds have an answer.
        seed: decides the kinds and their wording.
        mode_is_certain, techniques: as for `short_questions`.

    >>> from transformers_abc.notation.reader import read_abc
    >>> clip = read_abc('X:1\nM:3/4\nL:1/4\nQ:1/4=74\nV:1 name="Cello"\nK:Eb\nG,B,C|DEF|GAB|c3|')
    >>> for asked in chosen_questions(clip, 2, seed="01_Jupiter@25"): print(asked.question_type, asked.answer)
    instruments Cello
    parts 1
    """
    possible = short_questions(tune, seed, mode_is_certain=mode_is_certain, techniques=techniques)
    kinds = sample([asked.question_type for asked in possible], count, seed, "kinds")
    return [asked for asked in possible if asked.question_type in kinds]
