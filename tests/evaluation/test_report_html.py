"""The page: nothing in a transcription is run, nothing is fetched, and what is shown is what was found."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from transformers_abc.evaluation.differences import ColouredNote, NoteKind, line_pairs
from transformers_abc.evaluation.embedded_audio import AudioBudget
from transformers_abc.evaluation.pictures import histogram, piano_rolls, strip
from transformers_abc.evaluation.report_html import _side_by_side, html_report
from transformers_abc.evaluation.report_markdown import markdown_report
from transformers_abc.evaluation.runner import run_evaluation
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.summary import Summary, summarise
from transformers_abc.evaluation.systems import SystemFailure, Transcription

HOSTILE = (
    'X:1\nT:<script>alert(1)</script>\nK:C\nV:1 name="<img src=x onerror=alert(2)>"\n'
    "CDE\"</pre><iframe src='https://evil.example'>\"F|\n%%text </style></main><svg onload=alert(3)>\n```\n# heading | cell\n"
)
SETTINGS = {"system": "toy <b>", "set": "set & <i>", "seed": 0}


class Writes:
    """A system that writes hostile text, except where it fails with a hostile message."""

    name = "hostile"
    is_deterministic = True

    def prepare(self) -> None:
        """There is nothing to load."""

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        if sample.id == "c":
            raise SystemFailure("<script>alert(4)</script>", "<script>alert(5)</script>")
        return Transcription(HOSTILE, "<script>alert(6)</script>")


@pytest.fixture
def summary(samples: list[Sample], tmp_path: Path) -> Summary:
    return summarise(run_evaluation(samples, Writes(), 1, 0, tmp_path), {"<u>x": "<script>alert(7)</script>"})


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "line", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags are closed in order"

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_text_is_shown_and_not_run(summary: Summary, samples: list[Sample]) -> None:
    text = html_report(summary, SETTINGS, samples, 10)
    page = Page(text)
    assert not page.open
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "img", "link", "object", "embed", "form", "i >"})
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    for shown in (
        "<script>alert(1)</script>",
        "</pre><iframe",
        "<svg onload=alert(3)>",
        *(f"<script>alert({n})</script>" for n in (4, 5, 6, 7)),
    ):
        assert shown in page.text
    assert "toy <b> on set & <i>" in page.text
    assert text.count('http-equiv="Content-Security-Policy" content="default-src \'none\'') == 1


@pytest.mark.parametrize("prediction", ['"<u>x"CDEF|GABd|', '"<s>y"CDEF|GABc|'])
def test_lines_that_differ_in_part_are_escaped_too(prediction: str) -> None:
    head = "X:1\nM:4/4\nL:1/8\nK:C\n"
    page = Page("<main>" + _side_by_side(line_pairs(head + prediction, head + '"<u>x"CDEF|GABc|')) + "</main>")
    assert {tag for tag, _ in page.tags} == {"main", "div", "mark"}
    assert '"<u>x"CDEF|' in page.text


def test_nothing_is_fetched(summary: Summary, samples: list[Sample]) -> None:
    page = Page(html_report(summary, SETTINGS, samples, 10))
    sources = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href", "srcset", "data")]
    assert sources
    assert all(value is not None and value.startswith(("data:audio/", "#case-")) for value in sources)
    assert not re.search(r"url\(|@import", html_report(summary, SETTINGS, samples, 10))


def test_markdown_keeps_hostile_text_in_its_fence(summary: Summary, samples: list[Sample]) -> None:
    text = markdown_report(summary, SETTINGS, samples, 10)
    outside = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", text)
    assert "alert(1)" in text
    assert "alert(1)" not in outside
    assert "<script" not in outside
    assert "# heading" not in outside
    assert text.startswith("# toy \\<b\\> on set & \\<i\\>")


def test_only_the_worst_are_shown_and_all_are_listed(summary: Summary, samples: list[Sample]) -> None:
    page = Page(html_report(summary, SETTINGS, samples, 2))
    assert [attributes["id"] for tag, attributes in page.tags if tag == "section"] == ["case-1", "case-2"]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == ["#case-1", "#case-2"]
    assert "The worst 2 of 3" in page.text


def test_audio_is_shortened_and_bounded(recording: Callable[[str], Path], tmp_path: Path) -> None:
    import base64
    import io

    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "long.wav", np.random.default_rng(0).normal(0, 0.1, 16_000 * 40), 16_000)
    html = AudioBudget().player(tmp_path / "long.wav")
    data = re.search(r'src="data:audio/mpeg;base64,([^"]+)"', html)
    assert data is not None
    audio, rate = soundfile.read(io.BytesIO(base64.b64decode(data[1])))
    assert abs(len(audio) / rate - 30) < 0.2
    assert "the first 30 s of 40" in html
    short = recording("a.wav")
    small = AudioBudget(round(2.5 * len(AudioBudget().player(short))))
    assert ["<audio" in small.player(short) for _ in range(4)] == [True, True, False, False]
    (tmp_path / "bad.wav").write_text("no audio")
    assert "cannot be read" in small.player(tmp_path / "bad.wav")


def test_pictures_stand_where_the_numbers_say() -> None:
    assert 'class="box" style="left:20.00%;width:20.00%"' in strip([0.1, 0.2, 0.3, 0.4, 0.5], 0.3)
    bars = re.findall(r'title="([^"]+)"', histogram([0.0, 0.01, 0.5, 1.0], "x"))
    assert [bar for bar in bars if not bar.endswith(": 0")] == ["0.00 to 0.05: 2", "0.50 to 0.55: 1", "0.95 to 1.00: 1"]
    assert piano_rolls([], []) == ""
    right, wrong = ColouredNote(0.0, 1.0, 60, NoteKind.SAME), ColouredNote(1.0, 2.0, 62, NoteKind.MISSED)
    endless = [ColouredNote(float(second), second + 1.0, 64, NoteKind.ADDED) for second in range(100)]
    rolls = piano_rolls([right, *endless], [right, wrong])
    assert re.findall("<figcaption>(.+?)</figcaption>", rolls) == [
        "reference: 2 notes, 1 differ",
        "prediction: 101 notes, 100 differ (the first 5 drawn)",
    ]
    assert [rolls.count(f'class="{kind}"') for kind in NoteKind] == [2, 1, 4]  # 4 s are drawn, twice the length of the reference
    assert 'class="missed" x="250.0"' in rolls
