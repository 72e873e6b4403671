"""The metric's Space: its files agree with the package, and its page scores, draws and leaks nothing."""

import importlib.util
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.scoring.compare import compare

ROOT = Path(__file__).parent.parent.parent
SPACE = ROOT / "spaces" / "abc_transcription"
START_S = 120


@pytest.fixture(scope="module")
def app() -> ModuleType:
    pytest.importorskip("gradio")
    specification = importlib.util.spec_from_file_location("metric_space_app", SPACE / "app.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("copy", "source"),
    [
        ("abc_transcription.py", "src/transformers_abc/evaluate_metric/abc_transcription.py"),
        ("README.md", "hub_cards/abc_transcription/README.md"),
    ],
)
def test_copies_are_exact(copy: str, source: str) -> None:
    assert (SPACE / copy).read_bytes() == (ROOT / source).read_bytes(), f"cp {source} spaces/abc_transcription/"


def test_one_import_a_line() -> None:
    lines = (SPACE / "abc_transcription.py").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.match(r"(import|from .+ import) .*[,(\\]", line)]


def test_front_matter() -> None:
    yaml = pytest.importorskip("yaml")
    fields = yaml.safe_load((SPACE / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert fields["sdk"] == "gradio"
    assert (SPACE / fields["app_file"]).is_file()
    assert fields["license"] == "apache-2.0"
    assert {"evaluate", "metric"} <= set(fields["tags"])
    assert {"title", "emoji", "colorFrom", "colorTo", "pinned"} <= set(fields)
    assert fields["sdk_version"] == version("gradio"), "what the page was tried with"


def test_requirements_admit_this_version() -> None:
    requirements = pytest.importorskip("packaging.requirements")
    needed = requirements.Requirement((SPACE / "requirements.txt").read_text(encoding="utf-8").strip())
    assert needed.name == "transformers_abc"
    assert version("transformers_abc") in needed.specifier


def test_abcjs_has_its_licence() -> None:
    assert "Permission is hereby granted, free of charge" in (SPACE / "abcjs" / "LICENSE.md").read_text(encoding="utf-8")


def test_figures_are_those_of_compare(app: ModuleType) -> None:
    ours, theirs, figures = app.judge(app.PREDICTION, app.REFERENCE)
    score = compare(app.PREDICTION, app.REFERENCE)
    assert f"<b>{score.totals['full']:.3f}</b><span>loss, preset full" in figures
    assert f"<b>{score.totals['article']:.3f}</b><span>loss, preset article" in figures
    assert re.findall(r"<td>(\d\.\d{3})</td>", figures) == [f"{score.parts[part]:.3f}" for part in score.parts]
    assert score.signature in figures
    assert read_abc(ours["abc"]) == read_abc(app.PREDICTION), "what is drawn is what was scored"
    assert ours["findings"] == ["Line 8, column 51: this bar lasts 5/8; its metre has 3/4"]
    assert (theirs["note"], theirs["findings"]) == ("", [])


def test_a_prediction_without_music(app: ModuleType) -> None:
    ours, _, figures = app.judge("?", app.REFERENCE)
    assert "The prediction has no music, so its loss is 1." in figures
    assert (ours["abc"], ours["note"]) == ("", "No music was found in this text.")


def test_a_reference_without_music(app: ModuleType) -> None:
    _, theirs, figures = app.judge(app.PREDICTION, "")
    assert "the reference has no music" in figures
    assert "<table" not in figures
    assert theirs["note"] == "No music was found in this text."


def test_parts_that_the_reference_does_not_mention(app: ModuleType) -> None:
    assert app.judge("K:C\nCDEF|", "K:C\nCDEF|")[2].count("not in the reference") == 3  # metre, tempo, instrument


@pytest.mark.parametrize("text", ["K:C\n" + "C" * 20_000, "?" * 1_000_000])
def test_long_texts_are_refused(app: ModuleType, text: str) -> None:
    ours, _, figures = app.judge(text, app.REFERENCE)
    assert "a text is too long" in figures
    assert ours["abc"] == ""


def test_what_is_too_long_to_draw_is_scored(app: ModuleType) -> None:
    ours, _, figures = app.judge("K:C\nL:1/8\n" + "CDEFGABc|" * 1_500, app.REFERENCE)
    assert (ours["abc"], ours["note"][:23]) == ("", "This music is too long ")
    assert "<table" in figures


def test_nothing_of_a_text_is_html(app: ModuleType) -> None:
    text = 'T:<script>\nV:1 name="<img src=x>"\nK:C\n"<b>"C[<i>'
    assert not re.search(r"<(script|img|b>C)", app.judge(text, text)[2])


def test_examples_say_what_they_show(app: ModuleType) -> None:
    losses = {name: compare(text, app.REFERENCE).total for name, text in app.EXAMPLES.items()}
    assert losses["Everything right"] == 0
    assert losses["A header without music"] == 1
    assert 0 < losses["Several faults"] < losses["Endless repetition"] < 1


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The page's address, served as the Space serves it."""
    pytest.importorskip("gradio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen([sys.executable, SPACE / "app.py"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address, deadline = f"http://127.0.0.1:{port}/", time.monotonic() + START_S
    try:
        while status(address) != 200:
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            assert time.monotonic() < deadline, "the page did not come up"
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_the_page_is_served_and_leaks_nothing(server: str) -> None:
    with urllib.request.urlopen(server + "config", timeout=10) as response:
        config = response.read().decode()
    assert str(ROOT) not in config
    assert "abc_transcription|preset:full" in config, "the example is filled in and scored"
    assert status(server + "gradio_api/file=abcjs/abcjs-basic-min.js") == 200
    assert status(server + "gradio_api/file=app.py") == 403
    assert status(server + f"gradio_api/file={SPACE / 'app.py'}") == 403


def test_the_page_asks_no_other_server(server: str) -> None:
    with urllib.request.urlopen(server, timeout=10) as response:
        page = response.read().decode()
    loaded = re.findall(r"<(?:script|link)[^>]*(?:src|href)=\"(https?://[^\"]+)\"", page)
    assert not [address for address in loaded if not address.startswith(server)]
