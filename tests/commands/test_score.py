"""``transformers-abc score`` as a user meets it: files, folders and JSON lines, exact figures, and mistakes."""

import json
from pathlib import Path

import pytest

from transformers_abc.cli import main
from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.musicxml_writer import write_musicxml
from transformers_abc.notation.reader import read_abc

REFERENCE = 'X:1\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nV:1 name="Flute"\nGAB|c2B|A3|]\n'
# One pitch of six is another, and the tempo differs by 10: pitch 1/6, tempo 0.1.
PREDICTION = REFERENCE.replace("c2B", "c2A").replace("=90", "=100")
FULL, ARTICLE = 0.30 / 6 + 0.10 * 0.1, 0.50 / 6 + 0.15 * 0.1


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """Right, nearly right, missing; one surplus prediction and one broken reference."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    for name, text in (("a", REFERENCE), ("b", PREDICTION), ("surplus", REFERENCE), ("broken", REFERENCE)):
        (ours / f"{name}.abc").write_text(text)
    for name in ("a", "b", "missing"):
        (theirs / f"{name}.abc").write_text(REFERENCE)
    (theirs / "broken.abc").write_text("%%")
    return str(ours), str(theirs)


def scored(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["score", *arguments, "--json"]) == 0
    result: dict = json.loads(capsys.readouterr().out)
    return result


def test_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.abc").write_text(PREDICTION)
    (tmp_path / "r.abc").write_text(REFERENCE)
    found = scored(capsys, str(tmp_path / "p.abc"), str(tmp_path / "r.abc"), "--per-sample")
    assert found["totals"]["full"]["mean"] == pytest.approx(FULL)
    assert found["totals"]["article"]["mean"] == pytest.approx(ARTICLE)
    assert found["parts"]["pitch"] == {"mean": pytest.approx(1 / 6), "interval": None}
    assert found["samples"][0]["parts"]["tempo"] == pytest.approx(0.1)
    assert found["signature"].startswith("n:1|abc_transcription|preset:full|refs:1|")


def test_midi_and_musicxml_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tune = read_abc(REFERENCE)
    (tmp_path / "r.abc").write_text(REFERENCE)
    (tmp_path / "p.mid").write_bytes(midi_bytes(tune))
    (tmp_path / "p.musicxml").write_text(write_musicxml(tune))
    for name in ("p.mid", "p.musicxml"):
        found = scored(capsys, str(tmp_path / name), str(tmp_path / "r.abc"))
        assert {part: figure["mean"] for part, figure in found["parts"].items()} == dict.fromkeys(found["parts"], 0.0)


def test_folders_are_paired_by_name(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", *folders, "--json", "--per-sample"]) == 0
    output = capsys.readouterr()
    found = json.loads(output.out)
    assert (found["n"], found["unreadable"], found["skipped"]) == (3, 1, 1)
    assert (found["missing"], found["surplus"]) == (["missing"], ["surplus"])
    assert found["totals"]["full"]["mean"] == pytest.approx((0 + FULL + 1) / 3)
    assert found["totals"]["full"]["interval"][0] < found["totals"]["full"]["mean"] < found["totals"]["full"]["interval"][1]
    assert [sample["id"] for sample in found["samples"]] == ["a", "b", "broken", "missing"]
    assert output.err.splitlines() == [
        "transformers-abc: 1 without a prediction, counted as unreadable: missing",
        "transformers-abc: 1 without a reference, left out: surplus",
        "transformers-abc: broken: the reference has no music; the sample is left out",
    ]


def test_the_table(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", *folders, "--per-sample"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["sample", "article", "full", "pitch", "rhythm", "metre", "tempo", "key", "instrument", "form"]
    assert lines[2].split() == ["b", f"{ARTICLE:.3f}", f"{FULL:.3f}", "0.167", "0.000", "0.000", "0.100", "0.000", "0.000", "0.000"]
    assert lines[3].split() == ["broken", *"–" * 9]
    assert lines[6].split() == ["loss", "mean", "95", "%", "interval", "samples"]
    assert lines[8].startswith(f"composite (full)     {(FULL + 1) / 3:.3f}")
    assert lines[-2:] == [
        "3 samples; 1 unreadable; 1 left out (broken reference)",
        "n:3|abc_transcription|preset:full|refs:1|repeats:played|voices:one-to-one|version:0.1.0",
    ]


def test_a_broken_prediction_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("ours", "theirs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.abc").write_text(REFERENCE)
    (tmp_path / "ours" / "b.mid").write_bytes(b"MThd")
    (tmp_path / "theirs" / "b.abc").write_text(REFERENCE)
    assert main(["score", str(tmp_path / "ours"), str(tmp_path / "theirs"), "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["unreadable"] == 1
    assert "it counts as unreadable" in output.err


def lines(path: Path, *objects: object) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return str(path)


def test_json_lines_by_id_in_any_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = lines(tmp_path / "p.jsonl", {"id": 2, "prediction": REFERENCE}, {"id": 1, "prediction": PREDICTION}, {"id": 9, "prediction": ""})
    theirs = lines(tmp_path / "r.jsonl", *({"id": number, "reference": REFERENCE} for number in (1, 2, 3)))
    found = scored(capsys, ours, theirs, "--per-sample")
    assert [(sample["id"], round(sample["totals"]["full"], 9)) for sample in found["samples"]] == [
        ("1", round(FULL, 9)),
        ("2", 0.0),
        ("3", 1.0),
    ]
    assert (found["missing"], found["surplus"]) == (["3"], ["9"])


def test_one_file_of_json_lines_with_several_references(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = lines(
        tmp_path / "both.jsonl",
        {"prediction": PREDICTION, "references": [REFERENCE, PREDICTION]},
        {"prediction": None, "reference": REFERENCE},
        {"prediction": REFERENCE, "reference": "%%"},
    )
    found = scored(capsys, both, "--per-sample", "--preset", "article")
    assert (found["n"], found["unreadable"], found["skipped"], found["preset"]) == (2, 1, 1, "article")
    assert found["samples"][0]["reference"] == 1
    assert found["totals"]["article"]["mean"] == 0.5
    assert "preset:article|refs:1-2|" in found["signature"]


def test_intervals_are_over_pieces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [REFERENCE, PREDICTION, PREDICTION]
    one = lines(tmp_path / "one.jsonl", *({"prediction": text, "reference": REFERENCE, "piece": "x"} for text in texts))
    assert scored(capsys, one)["totals"]["full"]["interval"] is None
    own = lines(tmp_path / "own.jsonl", *({"prediction": text, "reference": REFERENCE} for text in texts))
    assert scored(capsys, own)["totals"]["full"]["interval"] == [0.0, pytest.approx(FULL)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.abc", "r.abc"], "none.abc: no such file or folder"),
        (["r.abc", "none"], "none: no such file or folder"),
        (["r.abc"], "r.abc: needs a reference beside it"),
        (["r.txt", "r.abc"], "r.txt: cannot tell the notation from .txt"),
        (["r.abc", "folder"], "one is a folder and the other a file"),
        (["r.abc", "one.jsonl"], "only one of them is .jsonl"),
        (["folder", "empty"], "empty: holds no music"),
        (["other", "folder"], "no two files have the same name"),
        (["empty", "folder"], "no two files have the same name"),
        (["bad.mid", "r.abc"], "bad.mid:"),
        (["r.abc", "nothing.abc"], "every reference is broken"),
        (["one.jsonl", "two.jsonl"], "has 1 lines and"),
        (["none.jsonl"], "none.jsonl: no such file"),
        (["broken.jsonl"], "broken.jsonl:2: is no JSON"),
        (["list.jsonl"], "list.jsonl:1: expected a JSON object"),
        (["without.jsonl"], "without.jsonl:1: needs the field reference"),
        (["number.jsonl"], "number.jsonl:1: prediction must be text"),
        (["twice.jsonl", "ids.jsonl"], "twice.jsonl:2: the id '1' stands already at"),
        (["empty.jsonl"], "empty.jsonl: holds no lines"),
    ],
)
def test_mistakes_end_with_one_line_and_status_two(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "other", "empty"):
        Path(folder).mkdir()
    good = {"prediction": "", "reference": REFERENCE}
    for name, text in (("r.abc", REFERENCE), ("r.txt", REFERENCE), ("nothing.abc", "%%"), ("folder/a.abc", REFERENCE), ("other/b.abc", "")):
        Path(name).write_text(text)
    Path("bad.mid").write_bytes(b"MThd")
    lines(Path("one.jsonl"), good)
    lines(Path("two.jsonl"), good, good)
    lines(Path("list.jsonl"), [1])
    lines(Path("without.jsonl"), {"prediction": ""})
    lines(Path("number.jsonl"), {"prediction": 1, "reference": REFERENCE})
    lines(Path("twice.jsonl"), {"id": 1, **good}, {"id": 1, **good})
    lines(Path("ids.jsonl"), {"id": 1, **good})
    Path("broken.jsonl").write_text(json.dumps(good) + "\n{\n")
    Path("empty.jsonl").write_text("\n")
    assert main(["score", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert message in output.err.splitlines()[-1]
    assert len(output.err.splitlines()) == (2 if "nothing.abc" in arguments else 1)
