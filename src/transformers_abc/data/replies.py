"""Judging a model's free reply to a question: right or wrong.

A reply is read for everything of the asked kind that it says; it is right if it says something, and all that it says is right. So a
sentence around the answer costs nothing, and a list of all possible answers is wrong. What the reply denies ("no cello", "not 3/4 but") is
left out first; of a reply that reasons, what comes after its thoughts or after "the answer is" counts. Numbers may be words.

    - *tempo*: within `TEMPO_TOLERANCE`, in quarter notes a minute unless the reply names another note. Half or twice the tempo is wrong:
      the question names the unit. The tolerance is that of Gouyon et al. (*An Experimental Comparison of Audio Tempo Induction
      Algorithms*, IEEE TASLP 14(5), 2006); MIREX allows 8 %, at which 110 would pass for 119.
    - *notes*, *keys*, *signatures*: as they sound, so that D flat is C sharp. A note needs its octave.
    - *instruments*: the same set of names; a number that the reply puts before a name must be right, too. *melody*: that one name alone.
    - *techniques*: the same set; what is no technique of `techniques.TECHNIQUES` is not read.
    - *abc*: the same music, with a loss of 0. `scoring.compare` grades it; this only tells whether it is all right.

Not covered: other languages than English, solmisation, key signatures given by the letters of their signs.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from fractions import Fraction

from transformers_abc.data.question_parts.reply_names import named_instruments, named_techniques
from transformers_abc.data.question_parts.reply_numbers import bar_counts, metres, player_counts, tempos
from transformers_abc.data.question_parts.reply_pitches import keys, note_pitches, signatures
from transformers_abc.data.question_parts.reply_text import conclusion
from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.digest import digest

TEMPO_TOLERANCE = Fraction(4, 100)

# Kinds that have one value: how a reply is read for all the values that it names.
_READERS: dict[str, Callable[[str], Set[object]]] = {
    "metre": metres,
    "bars": bar_counts,
    "key_signature": signatures,
    "key": keys,
    "parts": player_counts,
    "melody": lambda text: frozenset(named_instruments(text)),
    "first_note": note_pitches,
    "highest_note": note_pitches,
    "lowest_note": note_pitches,
}
KINDS: tuple[str, ...] = ("abc", "tempo", "instruments", "techniques", *_READERS)


def answers_match(question_type: str, answer: str, reference: str) -> bool | None:
    """Whether a reply gives the answer.

    Args:
        question_type: that of the `questions.Question`.
        answer: what the model says; any text.
        reference: the answer of the `Question`.

    Returns:
        None where the reference itself is no answer to such a question.

    Raises:
        ValueError: there is no such kind of question.

    >>> answers_match("metre", "It is in 3/4 time.", "3/4"), answers_match("metre", "2/4, 3/4 or 4/4", "3/4")
    (True, False)
    >>> [answers_match("tempo", reply, "115") for reply in ("about 116 bpm", "dotted quarter = 77", "58", "100 to 130")]
    [True, True, False, False]
    >>> answers_match("instruments", "A flute and two violins; no cello.", "Flute and 2 Violins")
    True
    """
    if question_type not in KINDS:
        raise ValueError(f"there is no kind of question {question_type!r}; choose from {', '.join(KINDS)}")
    if question_type == "abc":
        return _is_same_music(answer, reference)
    said, right = conclusion(answer), conclusion(reference)
    if question_type == "tempo":
        return _is_same_tempo(tempos(said), tempos(right))
    if question_type == "instruments":
        return _are_same_instruments(named_instruments(said), named_instruments(right))
    if question_type == "techniques":
        return named_techniques(said) == named_techniques(right) if named_techniques(right) else None
    read = _READERS[question_type]
    return read(said) == read(right) if len(read(right)) == 1 else None


def _is_same_music(answer: str, reference: str) -> bool | None:
    theirs = digest(reference)
    return compare(answer, theirs).total == 0 if theirs.is_readable else None


def _is_same_tempo(answers: set[Fraction], references: set[Fraction]) -> bool | None:
    if len(references) != 1:
        return None
    (right,) = references
    return bool(answers) and all(abs(tempo - right) <= TEMPO_TOLERANCE * right for tempo in answers)


def _are_same_instruments(answer: dict[str, list[int]], reference: dict[str, list[int]]) -> bool | None:
    if not reference:
        return None
    if answer.keys() != reference.keys():
        return False
    return all(number == (reference[name] or [1])[0] for name, numbers in answer.items() for number in numbers)
