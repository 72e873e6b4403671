"""A served model as a system: the chat API that OpenAI made and vLLM, SGLang, llama.cpp and others speak, with audio in the message.

    POST ADDRESS/chat/completions    content: [{"type": "input_audio", ...}, {"type": "text", ...}]
    GET  ADDRESS/models              asked once: is anyone there, and what is the model called

A server that is busy (429) or stumbles (5xx) is asked again a few times. One that cannot be reached, or that knows neither key nor model,
ends the evaluation; one that refuses a single recording does not.

API: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any

from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import SystemFailure, SystemOptions, SystemUnavailableError, Transcription, answer

SENT_RATE_HZ = 16_000  # what the encoders of audio language models hear
TRIES, FIRST_WAIT_S = 4, 1.0  # the wait doubles
_AGAIN = (408, 409, 425, 429)
_FATAL = (401, 403, 404)
_MOST_SAID = 300  # characters of a server's complaint
_COMPLETIONS = "/chat/completions"
_ABSENT = (ConnectionError, TimeoutError, http.client.HTTPException, OSError)  # URLError is an OSError


class Endpoint:
    """A server's chat API.

    Args:
        address: up to and without ``/chat/completions``, such as ``http://localhost:8000/v1``.
        options: model, key, generation and time limit.
        first_wait_s: before a request is tried again.

    Raises:
        SystemUnavailableError: nobody answers there, or it is not said which model to ask.
    """

    def __init__(self, address: str, options: SystemOptions, first_wait_s: float = FIRST_WAIT_S) -> None:
        self._address = address.rstrip("/").removesuffix(_COMPLETIONS)
        self._options = options
        self._first_wait_s = first_wait_s
        self._model = self._model_to_ask()
        self.name = f"{self._model} at {self._address}"
        self.is_deterministic = options.generation.temperature == 0

    def prepare(self) -> None:
        """The server has loaded its model."""

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        from transformers_abc.data.audio import AudioError
        from transformers_abc.evaluation.audio_samples import encoded, read_mono

        try:
            wav = encoded(read_mono(sample.audio, SENT_RATE_HZ), SENT_RATE_HZ, "WAV")
        except AudioError as error:
            raise SystemFailure(str(error)) from error
        reply = self._ask(_COMPLETIONS, self._question(wav, sample, seed))
        try:
            text = reply["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as error:
            raise SystemFailure(f"the server's answer has no choices[0].message.content: {json.dumps(reply)[:_MOST_SAID]}") from error
        if not isinstance(text, str):
            raise SystemFailure("the server's answer holds no text")
        return answer(text)

    def _question(self, wav: bytes, sample: Sample, seed: int) -> dict[str, Any]:
        generation = self._options.generation
        audio = {"type": "input_audio", "input_audio": {"data": base64.b64encode(wav).decode(), "format": "wav"}}
        return {
            "model": self._model,
            "messages": [{"role": "user", "content": [audio, {"type": "text", "text": generation.prompt_for(sample)}]}],
            "temperature": generation.temperature,
            "top_p": generation.top_p,
            "max_tokens": generation.max_new_tokens,
            "seed": seed,
        }

    def _model_to_ask(self) -> str:
        """The name that the user gave, or the first that the server offers; either way someone has to answer."""
        try:
            offered = self._ask("/models", None)["data"][0]["id"]
        except (SystemFailure, KeyError, IndexError, TypeError, SystemUnavailableError) as error:
            if isinstance(error, SystemUnavailableError) and not isinstance(error.__cause__, urllib.error.HTTPError):
                raise
            if self._options.model is None:
                raise SystemUnavailableError(f"{self._address}: offers no list of models; name one with --model") from error
            return self._options.model
        return self._options.model or str(offered)

    def _ask(self, path: str, question: dict[str, Any] | None) -> Any:
        """Send a request, again if need be, and read the answer's JSON."""
        for attempt in range(TRIES):
            try:
                return self._ask_once(path, question)
            except urllib.error.HTTPError as error:
                said = _complaint(error)
                if error.code in _FATAL:
                    raise SystemUnavailableError(f"{self._address}: {said}") from error
                if attempt == TRIES - 1 or not (error.code in _AGAIN or error.code >= 500):
                    raise SystemFailure(f"the server refused: {said}") from error
            except _ABSENT as error:
                if attempt == TRIES - 1:
                    reason = getattr(error, "reason", None) or error
                    raise SystemUnavailableError(f"{self._address}: does not answer: {reason}") from error
            except ValueError as error:
                raise SystemFailure(f"the server's answer is no JSON: {error}") from error
            time.sleep(self._first_wait_s * 2**attempt)
        raise AssertionError("the last try returns or raises")

    def _ask_once(self, path: str, question: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._options.api_key:
            headers["Authorization"] = f"Bearer {self._options.api_key}"
        data = None if question is None else json.dumps(question).encode()
        try:
            request = urllib.request.Request(self._address + path, data=data, headers=headers)
        except ValueError as error:
            raise SystemUnavailableError(f"{self._address}: is no address: {error}") from error
        with urllib.request.urlopen(request, timeout=self._options.time_limit_s) as response:
            return json.loads(response.read())


def _complaint(error: urllib.error.HTTPError) -> str:
    """Status and what the server says, in one line."""
    try:
        said = error.read().decode(errors="replace")
    except _ABSENT:
        said = ""
    with suppress(ValueError, KeyError, TypeError):
        said = json.loads(said)["error"]["message"]
    return " ".join(f"{error.code} {error.reason} {said}".split())[:_MOST_SAID]
