"""``transformers-abc convert`` as a user meets it."""

import io
import sys
import zipfile
from pathlib import Path

import mido
import pytest

from transformers_abc import read_abc
from transformers_abc.cli import main
from transformers_abc.notation.midi_reader import read_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.reader import read_tunes
from transformers_abc.notation.tune import Tune

SONG = "X:7\nT:Song\nM:2/4\nL:1/8\nQ:1/4=90\nK:G\n|:GABc|d4:|\n"
BOOK = SONG + "\nX:12\nT:Jig\nM:6/8\nL:1/8\nK:D\ndef fed|d6|]\n\nX:12\nT:Again\nK:C\nC8|]\n"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.abc"
    path.write_text(SONG, encoding="utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.abc"
    path.write_text(BOOK, encoding="utf-8")
    return path


def pitches(tune: Tune) -> list[int]:
    return [note.pitch_midi for voice in tune.voices for note in voice.notes]


WRITTEN, PLAYED = [67, 69, 71, 72, 74], [67, 69, 71, 72, 74] * 2
READ = {".abc": lambda path: read_abc(path.read_text()), ".mid": read_midi, ".midi": read_midi}


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (".abc", WRITTEN),
        (".mid", PLAYED),
        (".midi", PLAYED),
        (".MID", PLAYED),
        (".musicxml", WRITTEN),
        (".xml", WRITTEN),
        (".mxl", WRITTEN),
    ],
)
def test_every_format_can_be_written_and_read(song: Path, ending: str, expected: list[int]) -> None:
    target = song.with_name(f"out{ending}")
    assert main(["convert", str(song), str(target)]) == 0
    assert pitches(READ.get(ending.lower(), read_musicxml)(target)) == expected
    back = song.with_name("back.abc")
    assert main(["convert", str(target), str(back)]) == 0
    tune = read_abc(back.read_text())
    assert (pitches(tune), tune.title) == (expected, "Song")


def test_a_compressed_score_is_an_archive_that_names_its_score(song: Path) -> None:
    first, second = song.with_name("a.mxl"), song.with_name("b.mxl")
    assert main(["convert", str(song), str(first)]) == main(["convert", str(song), str(second)]) == 0
    assert first.read_bytes() == second.read_bytes(), "the same bytes at any time"
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == ["META-INF/container.xml", "score.musicxml"]
        assert b"score.musicxml" in archive.read("META-INF/container.xml")


def test_options_change_the_music_and_its_layout(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(song), "-", "--transpose", "-2", "--expand-repeats", "--bars-per-line", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "K:F" in lines
    assert [line for line in lines if "|" in line] == ["FG AB | c4 |", "FG AB | c4 |]"]


def test_voices_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "duet.abc").write_text("X:1\nL:1/4\nV:1\nV:2\nK:C\nV:1\nC4|D4|\nV:2\nE4|F4|\n")
    assert main(["convert", str(tmp_path / "duet.abc"), "-", "--interleave", "--bars-per-line", "1"]) == 0
    assert [line[:5] for line in capsys.readouterr().out.splitlines() if line.startswith("[V:")] == ["[V:1]", "[V:2]"] * 2


def test_abc_keeps_every_tune(book: Path) -> None:
    target = book.with_name("tidy.abc")
    assert main(["convert", str(book), str(target)]) == 0
    tunes = list(read_tunes(target.read_text()))
    assert [(tune.number, tune.title, len(pitches(tune))) for tune in tunes] == [(7, "Song", 5), (12, "Jig", 7), (12, "Again", 1)]


def test_other_formats_hold_the_first_tune_and_say_so(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = book.with_name("first.mid")
    assert main(["convert", str(book), str(target)]) == 0
    assert pitches(read_midi(target)) == PLAYED
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert "book.abc: holds 3 tunes, of which X:7 is written; choose with --tune N, or name an existing folder" in errors[0]
    assert errors[1] == str(target)


def test_a_tune_is_chosen_by_its_number(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = book.with_name("jig.musicxml")
    assert main(["convert", str(book), str(target), "--tune", "12"]) == 0
    assert len(pitches(read_musicxml(target))) == 7
    assert "has 2 tunes X:12, of which the first is taken" in capsys.readouterr().err


@pytest.mark.parametrize("to", ["abc", "mid", "musicxml", "mxl"])
def test_a_folder_takes_each_tune_as_a_file(book: Path, to: str) -> None:
    folder = book.parent / "scores"
    folder.mkdir()
    assert main(["convert", str(book), str(folder), "--to", to]) == 0
    assert {path.name for path in folder.iterdir()} == {f"book_7.{to}", f"book_12.{to}", f"book_12_2.{to}"}


def test_one_tune_in_a_folder_has_the_name_of_its_file(song: Path) -> None:
    folder = song.parent / "scores"
    folder.mkdir()
    assert main(["convert", str(song), str(folder)]) == 0
    assert [path.name for path in folder.iterdir()] == ["song.abc"]


def test_standard_input_and_output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SONG.encode())))
    assert main(["convert", "-", "-"]) == 0
    assert pitches(read_abc(capsys.readouterr().out)) == WRITTEN


@pytest.mark.parametrize(("option", "title"), [([], "Café"), (["--encoding", "cp437"], "CafΘ")])
def test_encodings(tmp_path: Path, option: list[str], title: str) -> None:
    (tmp_path / "in.abc").write_bytes(SONG.replace("Song", "Café").encode("latin-1"))
    assert main(["convert", str(tmp_path / "in.abc"), str(tmp_path / "out.abc"), *option]) == 0
    assert f"T:{title}\n" in (tmp_path / "out.abc").read_text(encoding="utf-8")


def test_the_dialect_of_the_article(tmp_path: Path) -> None:
    (tmp_path / "in.abc").write_text("X:1\nM:4/4\nL:1/4\nK:C\nC^DEF|\n")
    standard, article = tmp_path / "standard.abc", tmp_path / "article.abc"
    assert main(["convert", str(tmp_path / "in.abc"), str(standard)]) == 0
    assert main(["convert", str(tmp_path / "in.abc"), str(article), "--dialect", "article"]) == 0
    assert pitches(read_abc(standard.read_text())) == [60, 63, 64, 65]
    assert read_abc(article.read_text()).voices  # what the dialect means is tested with the reader


def test_faults_in_the_text_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.abc").write_text("X:1\nK:C\nCDE|[CEG\n")
    assert main(["convert", str(tmp_path / "in.abc"), str(tmp_path / "out.mid")]) == 0
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert "1 error in the ABC, so music may be missing: transformers-abc check" in errors[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.abc", "out.mid"], "none.abc: no such file"),
        (["none.mid", "out.abc"], "none.mid: no such file"),
        (["none.xml", "out.abc"], "none.xml: no such file"),
        (["", "out.abc"], "'': cannot tell the format"),
        ([".", "out.abc"], "cannot tell the format"),
        (["song.txt", "out.abc"], "cannot tell the format from .txt; use .abc .mid"),
        (["song.abc", "out.wav"], "cannot tell the format from .wav"),
        (["song.abc", "out"], "cannot tell the format from a name without ending"),
        (["song.abc", "song.abc"], "song.abc: is the file that is read; choose another OUT"),
        (["song.abc", "./song.abc"], "is the file that is read"),
        (["song.abc", "."], "is the file that is read"),
        (["song.abc", "nowhere/out.abc"], "no folder nowhere"),
        (["song.abc", "nowhere/"], "nowhere/: cannot tell the format"),
        (["song.abc", "out.abc", "--to", "mid"], "--to mid is for folders"),
        (["song.abc", "out.abc", "--tune", "8"], "has no tune X:8, only 7"),
        (["song.abc", "out.abc", "--transpose", "90"], "--transpose 90: tune X:7: voice 1: pitch 67 at 0 cannot move by 90"),
        (["song.abc", "out.abc", "--encoding", "klingon"], "--encoding klingon: no such encoding"),
        (["empty.abc", "out.abc"], "empty.abc: there is no music in it"),
        (["broken.mid", "out.abc"], "broken.mid: "),
        (["broken.xml", "out.abc"], "broken.xml: "),
        (["broken.mxl", "out.abc"], "broken.mxl: "),
    ],
)
def test_mistakes_are_one_line_and_status_two(
    arguments: list[str], message: str, song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(song.parent)
    for name in ("empty.abc", "broken.mid", "broken.xml", "broken.mxl"):
        Path(name).write_text("no music here\n" if name != "empty.abc" else "")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert main(["convert", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert message in output.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_midi_is_what_is_heard(song: Path) -> None:
    target = song.with_name("song.mid")
    assert main(["convert", str(song), str(target)]) == 0
    assert sum(message.type == "note_on" and message.velocity > 0 for message in mido.MidiFile(target)) == len(PLAYED)
