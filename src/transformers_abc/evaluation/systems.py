"""What can be evaluated: anything that turns a recording into text. Here stand the contract, the two simplest systems, and the choice.

A system fails in two ways. `SystemFailure`: this recording cannot be transcribed; the evaluation goes on and counts it as unreadable.
`SystemUnavailableError`: no recording can be (no such model, no such server); the evaluation stops, and what is done is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from transformers_abc.evaluation.sets import Sample
from transformers_abc.outputs import printable
from transformers_abc.rewards.completions import abc_of

DEFAULT_PROMPT = "Transcribe this recording into ABC notation."
EMBEDDED = "default"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_URL = re.compile(r"https?://", re.IGNORECASE)
INPUT, OUTPUT = "{input}", "{output}"
_MAX_KEPT_CHARACTERS = 4000  # of an answer that is more than a transcription


class SystemFailure(Exception):  # noqa: N818 - an outcome that is counted, not a fault of the program
    """A recording that a system did not transcribe; the message says why, `log` what the system printed."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class SystemUnavailableError(ValueError):
    """A system that cannot transcribe anything; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """What a system wrote, and what it printed beside it."""

    text: str
    log: str = ""


def answer(said: str, remark: str = "") -> Transcription:
    r"""What a language model said, read as the rewards read it (`rewards.abc_of`): a thought or a sentence is no transcription.

    Args:
        said: all of it; where it is more than the ABC, it is kept beside it.
        remark: on the recording, to be kept too.

    >>> answer("<think>X:1\nK:C\nCDE|</think>Here:\n```abc\nX:1\nK:G\nGAB|\n```").text, answer("X:1\nK:G\nGAB|")
    ('X:1\nK:G\nGAB|\n', Transcription(text='X:1\nK:G\nGAB|', log=''))
    """
    abc = abc_of(said)
    whole = "" if abc == said else f"the whole answer:\n{printable(said[:_MAX_KEPT_CHARACTERS])}"
    return Transcription(abc, "\n".join(filter(None, (remark, whole))))


class System(Protocol):
    """Something that transcribes.

    Attributes:
        name: for reports.
        is_deterministic: whether it writes the same at every run, so that one is enough.
    """

    name: str
    is_deterministic: bool

    def prepare(self) -> None:
        """Load what it needs, so that the first recording takes no longer than the others; called only where there is work to do.

        Raises:
            SystemUnavailableError: it cannot.
        """
        ...

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        """Transcribe the recording; a system that draws at random does so by the seed.

        Raises:
            SystemFailure, SystemUnavailableError: see the module.
        """
        ...


@dataclass(frozen=True, slots=True)
class Generation:
    """How a language model writes.

    Attributes:
        prompt: what it is asked; None takes the question of the set, or `DEFAULT_PROMPT`.
        temperature: 0 always takes the likeliest token.
        top_p: share of the probability that tokens are drawn from.
        max_new_tokens: of an answer.
    """

    prompt: str | None = None
    temperature: float = 0.7
    top_p: float = 0.95
    max_new_tokens: int = 2048

    def prompt_for(self, sample: Sample) -> str:
        return self.prompt or sample.prompt or DEFAULT_PROMPT


@dataclass(frozen=True, slots=True)
class SystemOptions:
    """What a system may need beside its name.

    Attributes:
        generation: of language models.
        device: of a model that runs here; None takes a GPU where there is one.
        model: name of a model at an endpoint; None takes the first that it offers.
        api_key: of an endpoint.
        time_limit_s: of a command or of a request, for one recording.
    """

    generation: Generation = Generation()
    device: str | None = None
    model: str | None = None
    api_key: str | None = None
    time_limit_s: float = 600.0


class EmbeddedDefault:
    """The listener and score writer that ship with this package."""

    name = "embedded default"
    is_deterministic = True

    def prepare(self) -> None:
        from transformers_abc.transcription import default_listener

        default_listener()

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        from transformers_abc.data.audio import AudioError
        from transformers_abc.notation.writer import write_abc
        from transformers_abc.transcription import transcribe

        try:
            return Transcription(write_abc(transcribe(sample.audio)))
        except AudioError as error:
            raise SystemFailure(str(error)) from error


class PredictionsFolder:
    """Transcriptions that are there already: ``ID.abc`` for each sample."""

    is_deterministic = True

    def __init__(self, folder: Path) -> None:
        self.name = f"predictions in {printable(folder.name)}"
        self._folder = folder

    def prepare(self) -> None:
        """There is nothing to load."""

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        from transformers_abc.evaluation.music_files import MusicFileError, abc_of_file

        try:
            return Transcription(abc_of_file(self._folder / f"{sample.id}.abc"))
        except MusicFileError as error:
            raise SystemFailure(str(error)) from error


def system_of(source: str, options: SystemOptions) -> System:
    """The system that a user names.

    Args:
        source: ``default``; an ``http(s)://`` address; a command with ``{input}``; a folder with a model or with predictions; a model's
            name on the Hub.

    Raises:
        SystemUnavailableError: there is none, or it cannot be used.
    """
    if source == EMBEDDED:
        return EmbeddedDefault()
    if _URL.match(source):
        from transformers_abc.evaluation.endpoint import Endpoint

        return Endpoint(source, options)
    if INPUT in source:
        from transformers_abc.evaluation.command_system import CommandSystem

        return CommandSystem(source, options.time_limit_s)
    folder = Path(source)
    if folder.is_dir() and not (folder / "config.json").exists():
        if any(folder.rglob("*.abc")):
            return PredictionsFolder(folder)
        raise SystemUnavailableError(f"{source}: holds neither a model (config.json) nor predictions (NAME.abc)")
    if folder.is_dir() or _HUB_ID.fullmatch(source):
        from transformers_abc.evaluation.audio_language_model import AudioLanguageModel

        return AudioLanguageModel(source, options.generation, options.device)
    raise SystemUnavailableError(
        f"{source}: is no system; name default, a folder with a model or predictions, a model on the Hub (OWNER/NAME), "
        f"an http(s):// address, or a command with {INPUT}"
    )
