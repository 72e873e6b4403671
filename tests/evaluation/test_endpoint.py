"""A served model, played by a small server of our own: what it is asked, when it is asked again, and what it may answer."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import soundfile

from transformers_abc.evaluation.endpoint import Endpoint
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import Generation, SystemFailure, SystemOptions, SystemUnavailableError

ABC = "X:1\nK:C\nCDEF|"
GOOD = (200, json.dumps({"choices": [{"message": {"content": ABC}}]}))


class Server(ThreadingHTTPServer):
    """Gives the answers in its list one after the other, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, str]] = []
        self.models: tuple[int, str] = (200, json.dumps({"data": [{"id": "qwen-abc"}]}))
        self.asked: list[tuple[str, str | None, dict]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        assert self.path == "/v1/models"
        self._answer(*self.server.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        self._answer(*self.server.answers.pop(0))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sample(recording: Callable[[str], Path]) -> Sample:
    return Sample("a", "a", recording("a.wav"), ABC)


def endpoint(server: Server, **options: object) -> Endpoint:
    generation = Generation("Write it.", 0.5, 0.9, 77)
    return Endpoint(server.address, SystemOptions(generation, **options), first_wait_s=0.01)  # type: ignore[arg-type]


def test_what_is_asked(server: Server, sample: Sample) -> None:
    server.answers = [GOOD]
    system = endpoint(server, api_key="secret")
    assert system.name == f"qwen-abc at {server.address}"
    assert not system.is_deterministic
    assert system.transcribe(sample, 42).text == ABC
    (path, key, question) = server.asked[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer secret")
    content = question.pop("messages")[0]["content"]
    assert question == {"model": "qwen-abc", "temperature": 0.5, "top_p": 0.9, "max_tokens": 77, "seed": 42}
    assert [part["type"] for part in content] == ["input_audio", "text"]
    assert content[1]["text"] == "Write it."
    assert content[0]["input_audio"]["format"] == "wav"
    audio, rate = soundfile.read(io.BytesIO(base64.b64decode(content[0]["input_audio"]["data"])))
    assert (rate, audio.shape) == (16_000, (24_000,))


@pytest.mark.parametrize(
    ("said", "abc"),
    [
        (f"<think>Perhaps\nX:9\nK:D\nDEF|</think>\nHere it is:\n```abc\n{ABC}\n```", f"{ABC}\n"),
        ("<think>It begins\nX:9\nK:D\nDEF|", ""),  # a thought that has not ended
    ],
)
def test_of_an_answer_the_transcription_counts_as_in_the_rewards(server: Server, sample: Sample, said: str, abc: str) -> None:
    server.answers = [(200, json.dumps({"choices": [{"message": {"content": said}}]}))]
    written = endpoint(server).transcribe(sample, 0)
    assert written.text == abc
    assert written.log == f"the whole answer:\n{said}"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(server: Server, sample: Sample, status: int) -> None:
    server.answers = [(status, "busy"), (status, "busy"), GOOD]
    assert endpoint(server).transcribe(sample, 0).text == ABC
    assert len(server.asked) == 3


def test_patience_ends(server: Server, sample: Sample) -> None:
    server.answers = [(503, "busy")] * 9
    with pytest.raises(SystemFailure, match="the server refused: 503 Service Unavailable busy"):
        endpoint(server).transcribe(sample, 0)
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("answer", "failure", "message"),
    [
        ((400, '{"error": {"message": "audio too long"}}'), SystemFailure, "refused: 400 Bad Request audio too long"),
        ((401, '{"error": {"message": "no key"}}'), SystemUnavailableError, "401 Unauthorized no key"),
        ((404, "no such model"), SystemUnavailableError, "404 Not Found no such model"),
        ((200, "<html>"), SystemFailure, "is no JSON"),
        ((200, '{"choices": []}'), SystemFailure, "has no choices"),
        ((200, '{"choices": [{"message": {"content": null}}]}'), SystemFailure, "holds no text"),
    ],
)
def test_answers_that_are_none(server: Server, sample: Sample, answer: tuple[int, str], failure: type[Exception], message: str) -> None:
    server.answers = [answer]
    with pytest.raises(failure, match=message):
        endpoint(server).transcribe(sample, 0)
    assert len(server.asked) == 1, "asked again in vain"


def test_the_model_is_named_where_none_is_offered(server: Server, sample: Sample) -> None:
    server.models = (404, "")
    with pytest.raises(SystemUnavailableError, match="name one with --model"):
        endpoint(server)
    server.answers = [GOOD]
    endpoint(server, model="mine").transcribe(sample, 0)
    assert server.asked[0][2]["model"] == "mine"


def test_nobody_there() -> None:
    with pytest.raises(SystemUnavailableError, match=r"127\.0\.0\.1:9: does not answer: .*refused"):
        Endpoint("http://127.0.0.1:9", SystemOptions(model="mine"), first_wait_s=0.001)
