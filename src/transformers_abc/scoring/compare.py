r"""The one scorer: how far a prediction is from a reference, as a composite of seven losses in 0 (right) to 1.

    >>> reference = "X:1\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nV:1 name=\"Flute\"\nGAB|c2B|A3|]"
    >>> compare(reference, reference).total
    0.0
    >>> score = compare(reference.replace("c2B", "c2A").replace("=90", "=100"), reference)
    >>> score.total, score.parts["pitch"], score.parts["tempo"]
    (0.06, 0.16666666666666666, 0.1)
    >>> print(score.signature)
    abc_transcription|preset:full|refs:1|repeats:played|voices:one-to-one|version:0.1.0

Formulas and reasons stand in docs/scoring.md. What is scored of a tune says `digest`. A prediction is data and is never an error: one
without any music has the worst value. A reference without music is a mistake of the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

from transformers_abc.notation.tune import Tune
from transformers_abc.scoring.composite import DEFAULT_PRESET, PARTS, PRESETS, total_loss
from transformers_abc.scoring.digest import Digest, VoiceDigest, digest
from transformers_abc.scoring.fields import key_loss, metre_loss, tempo_loss
from transformers_abc.scoring.instrument_names import instrument_cost
from transformers_abc.scoring.matching import Matching, match_voices

Music = str | Tune | Digest

# A prediction's repeats are played out to so many times the notes of the reference and not below the second number: what comes after has
# lost three quarters of the pitch credit anyway, and a few letters can ask for hours of music.
MAX_PLAYED_RATIO, LEAST_PLAYED_EVENTS = 8, 10_000


class BrokenReferenceError(ValueError):
    """A reference without any music, to which nothing can be compared."""


def most_events(reference_notes: int) -> int:
    """How far the repeats of a prediction are played out beside a reference of so many notes: in notes, marks and bars."""
    return max(MAX_PLAYED_RATIO * reference_notes, LEAST_PLAYED_EVENTS)


@dataclass(frozen=True, slots=True)
class AbcScore:
    """How far a prediction is from its reference.

    Attributes:
        preset: whose total `total` is.
        totals: the composite loss of each preset, in 0 to 1.
        parts: the losses that it is made of, each in 0 to 1; None where the reference says nothing about it.
        matching: pairs of voices, by their places among the voices that have notes.
        pitch_edits, rhythm_edits: notes inserted, deleted or replaced.
        notes: by which edits are divided.
        is_readable: whether the prediction has any music.
        reference: which of several references it is.
        references: how many there were.
    """

    preset: str
    totals: Mapping[str, float]
    parts: Mapping[str, float | None]
    matching: tuple[tuple[int, int], ...]
    pitch_edits: int
    rhythm_edits: int
    notes: int
    is_readable: bool
    reference: int = 0
    references: int = 1

    @property
    def total(self) -> float:
        return self.totals[self.preset]

    @property
    def reward(self) -> float:
        return 1.0 - self.total

    @property
    def signature(self) -> str:
        """What the number depends on; two scores with one signature may be compared."""
        return signature(self.preset, self.references)


def compare(prediction: Music, reference: Music | Sequence[Music], preset: str = DEFAULT_PRESET) -> AbcScore:
    """Score a prediction against its reference, or against the nearest of several.

    Args:
        prediction: ABC text, whatever a model wrote, or a tune.
        reference: ABC text or a tune, or several; `digest` lays out one that is used again and again.
        preset: ``"full"`` or ``"article"``; decides which of several references is nearest. The totals of both are given always.

    Raises:
        BrokenReferenceError: a reference has no music.
        ValueError: there is no such preset, or no reference.
    """
    if preset not in PRESETS:
        raise ValueError(f"there is no preset {preset!r}; choose from {', '.join(PRESETS)}")
    several = [reference] if isinstance(reference, Music) else reference
    if not several:
        raise ValueError("there is no reference to compare with")
    scores = [_compare_one(prediction, one, preset, place, len(several)) for place, one in enumerate(several)]
    return min(scores, key=lambda score: score.total)


def signature(preset: str, references: int | str = 1) -> str:
    """What figures of a preset depend on, in the manner of sacrebleu."""
    return f"abc_transcription|preset:{preset}|refs:{references}|repeats:played|voices:one-to-one|version:{_version()}"


@lru_cache(maxsize=1)
def _version() -> str:
    return version("transformers_abc")


def _compare_one(prediction: Music, reference: Music, preset: str, place: int, references: int) -> AbcScore:
    theirs = digest(reference)
    if not theirs.is_readable:
        raise BrokenReferenceError(f"the reference has no music: {_shown(reference)}")
    ours = digest(prediction, most_events(theirs.notes))
    matching = match_voices(ours.voices, theirs.voices)
    parts = _parts(ours, theirs, matching)
    totals = {name: total_loss(parts, name) for name in PRESETS}
    return AbcScore(
        preset,
        totals,
        parts,
        matching.pairs,
        matching.pitch_edits,
        matching.rhythm_edits,
        matching.notes,
        ours.is_readable,
        place,
        references,
    )


def _parts(ours: Digest, theirs: Digest, matching: Matching) -> dict[str, float | None]:
    if not ours.is_readable:
        said = dict.fromkeys(PARTS, True) | {"metre": theirs.metre, "tempo": theirs.tempo, "key": theirs.key}
        said["instrument"] = any(voice.instrument for voice in theirs.voices)
        return {part: 1.0 if said[part] else None for part in PARTS}
    return {
        "pitch": matching.pitch_edits / matching.notes if matching.notes else 0.0,
        "rhythm": matching.rhythm_edits / matching.notes if matching.notes else 0.0,
        "metre": None if not theirs.metre else metre_loss(ours.metre, theirs.metre) if ours.metre else 1.0,
        "tempo": None if not theirs.tempo else tempo_loss(ours.tempo, theirs.tempo) if ours.tempo else 1.0,
        "key": None if not theirs.key else key_loss(ours.key, theirs.key) if ours.key else 1.0,
        "instrument": _instrument_loss(ours.voices, theirs.voices, matching.pairs),
        "form": form_loss(ours, theirs),
    }


def _instrument_loss(ours: Sequence[VoiceDigest], theirs: Sequence[VoiceDigest], pairs: Sequence[tuple[int, int]]) -> float | None:
    """The mean over the voices of whichever has more; voices whose instrument the reference does not name are left out.

    None where the reference names no instrument, and where it is silent: then nobody hears one.
    """
    unnamed = sum(not voice.instrument for voice in theirs)
    if unnamed == len(theirs):
        return None
    costs = [instrument_cost(ours[our].instrument, theirs[their].instrument) for our, their in pairs if theirs[their].instrument]
    voices = max(len(ours), len(theirs)) - unnamed
    return (sum(costs) + (voices - len(costs))) / voices if voices > 0 else 0.0


def form_loss(ours: Digest, theirs: Digest) -> float:
    r"""How ill-formed a text is beyond its reference: bars that do not sum, errors a bar, music that goes round in circles.

    Each of the three is a share in 0 to 1, less the reference's own; what is left is free of all three.

    >>> bars = "X:1\nM:2/4\nL:1/4\nK:C\nCD|EF|GA|Bc|]"
    >>> form_loss(digest(bars.replace("EF", "EFG")), digest(bars))    # one bar of four
    0.25
    """
    sound = 1.0
    for share in (_odd_bars, _errors, _repetition):
        sound *= 1.0 - max(0.0, share(ours) - share(theirs))
    return 1.0 - sound


def _odd_bars(music: Digest) -> float:
    return min(1.0, music.odd_bars / music.bars) if music.bars else 0.0


def _errors(music: Digest) -> float:
    return min(1.0, music.errors / max(music.bars, 1))


def _repetition(music: Digest) -> float:
    return music.repetition


def _shown(reference: Music) -> str:
    return repr(reference[:60]) if isinstance(reference, str) else "a tune without voices"
