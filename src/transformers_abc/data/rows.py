"""From a clip to rows of the dataset: what was recorded, what is asked and what is right.

Columns of the configurations ``default`` (transcriptions) and ``qa`` (short questions). The first five are those of the predecessor,
``jonflynn/urmp_abc_notation_25s``:

    id              str         the recording's file name; of collections other than URMP with the piece before it
    start_time      float       seconds in the recording at which the clip begins
    question        str
    question_type   str         ``abc``, or one of `questions.SHORT_KINDS`
    answer          str
    audio           struct      ``bytes`` (flac, mono, 16 bit) and ``path``, the clip's name
    piece           str
    family          str         pieces of a family share music or takes, and are in one split
    instruments     list[str]   of the voices that play, from the top of the score
    tempo           float       quarter notes a minute at the beginning
    metre           str         at the beginning
    source          str         ``urmp``, ``pairs`` or ``synthetic``
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import soundfile

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.audio import AudioError, read_span
from transformers_abc.data.clips import Clip
from transformers_abc.data.question_parts.draws import draw
from transformers_abc.data.questions import Question, chosen_questions, transcription_question
from transformers_abc.notation.tune import Tune
from transformers_abc.outputs import printable

if TYPE_CHECKING:
    from datasets import Features

TRANSCRIPTIONS, QUESTIONS = "default", "qa"  # configurations
Prompt = Literal["full", "short", "mixed"]
Row = dict[str, Any]
_PCM_16 = 2**15


@dataclass(frozen=True, slots=True)
class RowSettings:
    """What rows are made of a clip.

    Attributes:
        sampling_rate: of the audio, in Hz; None leaves that of the recording.
        questions: short ones for each clip.
        prompt: of transcriptions; mixed draws for each clip.
        seed: of wordings and of what is asked.
    """

    sampling_rate: int | None = None
    questions: int = 3
    prompt: Prompt = "mixed"
    seed: int = 0


def features() -> Features:
    """The columns as ``datasets`` knows them."""
    from datasets import Audio, Features, List, Value

    text, number = Value("string"), Value("float64")
    return Features(
        {
            "id": text,
            "start_time": number,
            "question": text,
            "question_type": text,
            "answer": text,
            "audio": Audio(),
            "piece": text,
            "family": text,
            "instruments": List(text),
            "tempo": number,
            "metre": text,
            "source": text,
        }
    )


def clip_rows(piece: AlignedPiece, recording: PieceRecording, clip: Clip, settings: RowSettings) -> Iterator[tuple[str, Row]]:
    """The rows of one clip, each with its configuration.

    Raises:
        transformers_abc.data.audio.AudioError: the recording is damaged.
        ValueError: the clip cannot be written as ABC.
    """
    identity = recording_id(piece, recording)
    seed = f"{settings.seed}/{identity}@{clip.start_s:.3f}"
    common = {
        "audio": {"bytes": _flac(recording, clip, settings.sampling_rate), "path": f"{clip_name(identity, clip.start_s)}.flac"},
        "piece": piece.id,
        "family": piece.family,
        "instruments": [voice.name for voice in clip.tune.voices if voice.notes],
        "tempo": clip.tune.tempos[0][1].quarter_bpm,
        "metre": str(clip.tune.metre_at(Fraction(0))),
        "source": piece.source,
    }
    for config, asked in _questions(clip, piece.mode_is_certain, seed, settings):
        told = {"question": asked.question, "question_type": asked.question_type, "answer": asked.answer}
        yield config, {"id": identity, "start_time": clip.start_s, **told, **common}


def recording_id(piece: AlignedPiece, recording: PieceRecording) -> str:
    """A recording's name among all of its source. Those of URMP's files differ; other collections call every mix alike."""
    name = printable(recording.path.name)
    return name if piece.source == "urmp" else f"{piece.id}/{name}"


def clip_name(identity: str, start_s: float) -> str:
    """The name of a clip, for files: that of its recording, and where it begins in milliseconds.

    >>> clip_name("AuMix_01_Jupiter_vn_vc.wav", 0.865), clip_name("Track00001/mix.flac", 25.0)
    ('AuMix_01_Jupiter_vn_vc_0000865', 'Track00001_mix_0025000')
    """
    stem = identity.rpartition(".")[0] or identity
    return f"{stem.replace('/', '_')}_{round(start_s * 1000):07d}"


def _without_marks(tune: Tune) -> Tune:
    """Signs beside the notes are left out of the text: most sources have none, and no one could tell which of them are to be heard."""
    return replace(tune, voices=tuple(replace(voice, marks=()) for voice in tune.voices))


def _questions(clip: Clip, mode_is_certain: bool, seed: str, settings: RowSettings) -> Iterator[tuple[str, Question]]:
    yield TRANSCRIPTIONS, transcription_question(_without_marks(clip.tune), seed, _style(seed, settings.prompt))
    for asked in chosen_questions(clip.tune_with_held, settings.questions, seed, mode_is_certain=mode_is_certain):
        yield QUESTIONS, asked


def _style(seed: str, prompt: Prompt) -> Literal["full", "short"]:
    if prompt != "mixed":
        return prompt
    return draw(("full", "short"), seed, "style")


def _flac(recording: PieceRecording, clip: Clip, sampling_rate: int | None) -> bytes:
    samples, rate = read_span(recording.path, clip.start_s, clip.end_s, sampling_rate)
    buffer = io.BytesIO()
    integers = np.clip(np.round(samples * _PCM_16), -_PCM_16, _PCM_16 - 1).astype(np.int16)
    try:
        soundfile.write(buffer, integers, rate, format="FLAC", subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{recording.path}: cannot be kept as flac at {rate} Hz: {error.error_string}") from error
    return buffer.getvalue()
