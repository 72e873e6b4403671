"""Building a dataset: all of URMP's layout with its faults, and what goes wrong on the way."""

import errno
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from datasets import Audio, Dataset, load_dataset

from transformers_abc.data.builder import WORK, BuildError, BuildSettings, BuildSummary, build_dataset
from transformers_abc.data.built_dataset import read_built_dataset
from transformers_abc.data.parquet_parts import disk_errors, join_parts
from transformers_abc.data.rows import RowSettings
from transformers_abc.data.sources import ReadPiece, drawn_split, urmp_sources
from transformers_abc.data.urmp_splits import PIECES
from transformers_abc.notation.reader import read_abc
from transformers_abc.outputs import OutputError
from transformers_abc.scoring.compare import compare
from urmp_layout import write_urmp

COLUMNS = ["id", "start_time", "question", "question_type", "answer", "audio", "piece", "family", "instruments", "tempo", "metre", "source"]


def build(root: Path, out: Path, processes: int = 1, **settings: object) -> BuildSummary:
    return build_dataset(urmp_sources(root), out, BuildSettings(**settings), processes)  # type: ignore[arg-type]


def load(folder: Path, config: str = "default", split: str = "train") -> Dataset:
    return load_dataset(str(folder), config, split=split).cast_column("audio", Audio(decode=False))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what `datasets` caches out of the user's home, and of other tests: it tells folders apart by names and times only."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "datasets")


# --- All of URMP ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def urmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 44 folders, with the faults that URMP has and some that a download may add."""
    root = tmp_path_factory.mktemp("urmp") / "Dataset"
    write_urmp(root)
    notes = next((root / "32_Fugue_vn_vn_va_vc").glob("Notes_4_*"))  # score and performance differ by a few notes
    lines = notes.read_text(encoding="utf-8").splitlines(keepends=True)
    notes.write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")
    next((root / "02_Sonata_vn_vn").glob("AuSep_2_*")).unlink()
    next((root / "03_Dance_fl_cl").glob("AuMix_*")).write_bytes(b"RIFF is all that is left")
    next((root / "04_Allegro_fl_fl").glob("Notes_1_*")).write_text("1.0 440\n", encoding="utf-8")
    next((root / "09_Jesus_tpt_vn").glob("Sco_*")).unlink()
    (root / "Supplementary").mkdir()
    return root


@pytest.fixture(scope="module")
def built(urmp: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildSummary]:
    out = tmp_path_factory.mktemp("built") / "urmp-abc"
    return out, build(urmp, out, processes=2)


def test_everything_but_the_broken_is_built(built: tuple[Path, BuildSummary]) -> None:
    _, summary = built
    assert summary.pieces == 43
    told = "\n".join(summary.problems)
    for name in (
        "AuSep_2_*.wav is missing",
        "AuMix_03_Dance_fl_cl.wav",
        "Notes_1_fl_04_Allegro.txt:1",
        "Sco_09_Jesus_tpt_vn.mid is missing",
    ):
        assert name in told
    assert len(summary.problems) == 5, "and 04's mix, whose notes are not all known"


def test_rows_and_splits(built: tuple[Path, BuildSummary]) -> None:
    out, summary = built
    for split, pieces in PIECES.items():
        rows = load(out, split=split)
        assert rows.column_names == COLUMNS
        assert len(rows) == summary.rows["default"][split]
        assert set(rows["piece"]) == set(pieces) - {"09_Jesus_tpt_vn"}
        assert set(rows["source"]) == {"urmp"}
        assert set(rows["question_type"]) == {"abc"}
    families = [set(load(out, split=split)["family"]) for split in PIECES]
    assert not families[0] & families[1] | families[0] & families[2] | families[1] & families[2]


def test_answers_are_the_scores(built: tuple[Path, BuildSummary], abc2midi: Callable) -> None:
    """Every text reads without complaint, here and in abc2midi, its bars sum, and its voices are those named."""
    rows = load(built[0], split="validation")
    for row in rows:
        tune = read_abc(row["answer"])
        assert not tune.diagnostics
        assert [voice.name for voice in tune.voices] == row["instruments"]
        bars = tune.bar_lengths_wn[1:]
        assert all(length == tune.metre_at(0).bar_wn for length in bars), row["answer"]
        assert tune.tempos[0][1].quarter_bpm == pytest.approx(row["tempo"])
        assert str(tune.metres[0][1]) == row["metre"]
        played = abc2midi(row["answer"])
        assert [len(notes) for notes in played] == [len(voice.notes) for voice in tune.voices]


def test_audio_is_the_clip(urmp: Path, built: tuple[Path, BuildSummary]) -> None:
    row = next(row for row in load(built[0], split="validation") if row["id"] == "AuSep_2_vc_01_Jupiter.wav")
    samples, rate = soundfile.read(io.BytesIO(row["audio"]["bytes"]), dtype="int16")
    whole, _ = soundfile.read(next((urmp / "01_Jupiter_vn_vc").glob("AuSep_2_*")), dtype="int16")
    start = round(row["start_time"] * rate)
    assert rate == 8000
    assert np.array_equal(samples, whole[start : start + len(samples)])
    assert len(samples) / rate <= 25.0
    assert row["audio"]["path"] == f"AuSep_2_vc_01_Jupiter_{round(row['start_time'] * 1000):07d}.flac"


def test_short_questions(built: tuple[Path, BuildSummary]) -> None:
    out, summary = built
    rows = load(out, "qa", "test")
    assert rows.column_names == COLUMNS
    assert len(rows) == summary.rows["qa"]["test"]
    assert len(set(rows["question_type"])) > 5
    assert "abc" not in set(rows["question_type"])


def test_the_report(built: tuple[Path, BuildSummary]) -> None:
    out, summary = built
    report = {piece["piece"]: piece for piece in json.loads((out / "build.json").read_text(encoding="utf-8"))["pieces"]}
    assert "matched notes" in report["32_Fugue_vn_vn_va_vc"]["remarks"][0]
    assert report["09_Jesus_tpt_vn"]["clips"] == []
    assert sum(len(piece["clips"]) for piece in report.values()) == sum(summary.rows["default"].values())
    assert not (out / WORK).exists()


def test_the_card_names_what_is_there(built: tuple[Path, BuildSummary]) -> None:
    dataset = read_built_dataset(built[0])
    assert dataset.configs == ("default", "qa")
    card = (built[0] / "README.md").read_text(encoding="utf-8")
    assert "40_Miserere_fl_fl_ob_cl_bn, 41_Miserere_fl_fl_ob_sax_bn" in card
    assert "| test | 7 |" in card
    assert "09_Jesus" not in card.partition("## Splits")[2]


# --- The same again ------------------------------------------------------------------------------------------------------------------

NAMES = ("01_Jupiter_vn_vc", "02_Sonata_vn_vn", "24_Pirates_vn_vn_va_vc", "42_Arioso_tpt_tpt_hn_tbn_tba")


@pytest.fixture
def few(tmp_path: Path) -> Path:
    write_urmp(tmp_path / "few", NAMES)
    return tmp_path / "few"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_processes_and_times_change_nothing(few: Path, tmp_path: Path) -> None:
    build(few, tmp_path / "one")
    build(few, tmp_path / "two", processes=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_seed_changes_questions_only(few: Path, tmp_path: Path) -> None:
    build(few, tmp_path / "a")
    build(few, tmp_path / "b", rows=RowSettings(seed=1))
    a, b = load(tmp_path / "a"), load(tmp_path / "b")
    assert a["answer"][:] == b["answer"][:]
    assert a["question"][:] != b["question"][:]


@pytest.mark.parametrize(("recordings", "starts"), [("mixes", {"AuMix"}), ("stems", {"AuSep"}), ("all", {"AuMix", "AuSep"})])
def test_mixes_and_stems(few: Path, tmp_path: Path, recordings: str, starts: set[str]) -> None:
    build(few, tmp_path / "out", recordings=recordings)
    assert {name[:5] for name in load(tmp_path / "out")["id"]} == starts


def test_settings_of_rows_and_clips(few: Path, tmp_path: Path) -> None:
    summary = build(few, tmp_path / "out", clip_s=6.0, rows=RowSettings(sampling_rate=4000, questions=0, prompt="short"))
    assert summary.rows.keys() == {"default"}
    for row in load(tmp_path / "out"):
        info = soundfile.info(io.BytesIO(row["audio"]["bytes"]))
        assert info.samplerate == 4000
        assert info.duration <= 6.001
        assert len(row["question"]) < 100


def test_an_answer_scores_perfectly_against_itself_and_another_badly(few: Path, tmp_path: Path) -> None:
    build(few, tmp_path / "out", recordings="mixes")
    answers = load(tmp_path / "out")["answer"][:]
    assert compare(answers[0], answers[0]).total == 0
    assert compare(answers[0], load(tmp_path / "out", split="test")["answer"][0]).total > 0.2


# --- Interrupted, full, in the way ---------------------------------------------------------------------------------------------------


def _slowly(folder: Path, marks: Path, scratch: Path) -> ReadPiece:
    """Count how often a piece is read, and give an interrupt time to come."""
    (marks / f"{folder.name}-{time.monotonic_ns()}").touch()
    time.sleep(0.5)
    (source,) = urmp_sources(folder)
    return source.read(scratch)


def test_an_interrupted_build_goes_on(few: Path, tmp_path: Path) -> None:
    """Killed in the middle: what was finished is not read again, and the result is that of an undisturbed build."""
    marks = tmp_path / "marks"
    marks.mkdir()
    script = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parents[1])]!r}
from functools import partial
from pathlib import Path
from data.test_builder import _slowly
from transformers_abc.data.builder import BuildSettings, build_dataset
from transformers_abc.data.sources import PieceSource, urmp_sources
root, marks = Path({str(few)!r}), Path({str(marks)!r})
sources = [PieceSource(source.id, source.split, partial(_slowly, root / source.id, marks)) for source in urmp_sources(root)]
build_dataset(sources, Path({str(tmp_path / "out")!r}), BuildSettings())
"""
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    while len(list(marks.iterdir())) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out" / "data").exists()
    done = len(list((tmp_path / "out" / WORK / "parts").glob("*/report.json")))
    assert done >= 2
    subprocess.run([sys.executable, "-c", script], check=True, stderr=subprocess.DEVNULL)
    assert len(list(marks.iterdir())) == 3 + len(NAMES) - done
    build(few, tmp_path / "undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")


def test_what_was_mended_is_read_again(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that stops after its pieces keeps them, but for those with problems."""
    mix = next((few / NAMES[0]).glob("AuMix_*"))
    whole = mix.read_bytes()
    mix.write_bytes(whole[:20])
    with monkeypatch.context() as patched:
        patched.setattr("transformers_abc.data.builder.join_parts", _full_disk)
        with pytest.raises(OutputError, match="No space left on device; what is finished is kept"):
            build(few, tmp_path / "out")
    mix.write_bytes(whole)
    assert build(few, tmp_path / "out").problems == []


def _full_disk(_: object, folder: Path, __: str) -> int:
    with disk_errors(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit of Linux on the size of files")
def test_a_real_write_limit(few: Path, tmp_path: Path) -> None:
    """Where nothing more can be written there is no half file, and the old dataset stays."""
    build(few, tmp_path / "out", clip_s=5.0)
    before = contents(tmp_path / "out")
    out = tmp_path / "out"
    arguments = ["-m", "transformers_abc", "dataset", "build", "--urmp", str(few), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),  # and SIGXFSZ is ignored by Python
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: data for name, data in contents(out).items() if not name.startswith(WORK)} == before
    assert not [path for path in out.rglob("*.parquet") if path.name.startswith(".partial") and WORK not in path.parts]


def test_a_new_build_replaces_the_old(few: Path, tmp_path: Path) -> None:
    build(few, tmp_path / "out", clip_s=5.0)
    shutil.rmtree(few / NAMES[0])
    build(few, tmp_path / "out")
    build(few, tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_other_settings_in_the_middle(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers_abc.data.builder.join_parts", _full_disk)
    with pytest.raises(OutputError):
        build(few, tmp_path / "out")
    with pytest.raises(BuildError, match="an interrupted build of other settings"):
        build(few, tmp_path / "out", clip_s=5.0)


def test_a_folder_with_something_else(few: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(BuildError, match="holds files that no build made"):
        build(few, tmp_path / "mine")
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match="is a file"):
        build(few, tmp_path / "file")


def test_nothing_can_be_used(few: Path, tmp_path: Path) -> None:
    for notes in few.rglob("Notes_*"):
        notes.unlink()
    with pytest.raises(BuildError, match=r"no clip could be made of any of 4 pieces: .*Notes_1"):
        build(few, tmp_path / "out")


def test_a_recording_shorter_than_its_notes(few: Path, tmp_path: Path) -> None:
    """It is told, and there is no text beyond its end."""
    mix = next((few / NAMES[0]).glob("AuMix_*"))
    samples, rate = soundfile.read(mix)
    soundfile.write(mix, samples[: 8 * rate], rate)
    summary = build(few, tmp_path / "out")
    (row,) = [row for row in load(tmp_path / "out", split="validation") if row["id"] == mix.name]
    assert soundfile.info(io.BytesIO(row["audio"]["bytes"])).duration < 8
    tune = read_abc(row["answer"])
    assert all(row["start_time"] + tune.seconds_at(note.onset_wn) < 8 + 0.1 for voice in tune.voices for note in voice.notes)
    assert len(summary.problems) == 1
    assert f"{mix.name}: ends after 8.0 s" in summary.problems[0]


def test_two_builds_at_once(few: Path, tmp_path: Path) -> None:
    """The second is refused, and the first is what it would have been alone."""
    command = [sys.executable, "-m", "transformers_abc", "dataset", "build", "--urmp", str(few), "--out", str(tmp_path / "both")]
    builds = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate()[1] for process in builds]
    assert sorted(process.returncode for process in builds) == [0, 2]
    assert "another build is at work in it" in "".join(told)
    build(few, tmp_path / "alone")
    both, alone = contents(tmp_path / "both"), contents(tmp_path / "alone")
    assert {name: data for name, data in both.items() if name.endswith(".parquet")} == {
        name: data for name, data in alone.items() if name.endswith(".parquet")
    }


def test_lost_parts_are_built_again(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("transformers_abc.data.builder.join_parts", _full_disk)
        with pytest.raises(OutputError):
            build(few, tmp_path / "out")
    parts = sorted((tmp_path / "out" / WORK / "parts").iterdir())
    (parts[0] / "default.parquet").unlink()
    (parts[1] / "qa.parquet").write_bytes(b"PAR1 half of it")
    build(few, tmp_path / "out")
    build(few, tmp_path / "undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")


def test_files_that_changed_are_read_again(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("transformers_abc.data.builder.join_parts", _full_disk)
        with pytest.raises(OutputError):
            build(few, tmp_path / "out")
    mix = next((few / NAMES[0]).glob("AuMix_*"))
    samples, rate = soundfile.read(mix)
    soundfile.write(mix, samples / 2, rate)
    build(few, tmp_path / "out")
    build(few, tmp_path / "undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"clip_s": 0.5}, "clips of 0.5 s: give 1 to 3600 s"),
        ({"clip_s": float("inf")}, "clips of inf s"),
        ({"rows": RowSettings(sampling_rate=1)}, "audio at 1 Hz: give 4000 to 192000 Hz"),
        ({"rows": RowSettings(questions=-1)}, "-1 questions a clip"),
    ],
)
def test_settings_that_make_no_dataset(few: Path, tmp_path: Path, settings: dict, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        build(few, tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


# --- Parts of it ---------------------------------------------------------------------------------------------------------------------


def test_shards_begin_anew_when_they_are_full(few: Path, tmp_path: Path) -> None:
    build(few, tmp_path / "out", recordings="stems")
    parts = sorted((tmp_path / "out" / "data" / "default").glob("*.parquet"))
    size = parts[0].stat().st_size
    rows = join_parts([*parts, *parts], tmp_path / "joined", "train", shard_bytes=size)
    shards = sorted((tmp_path / "joined").iterdir())
    assert len(shards) >= 3
    assert [shard.name for shard in shards] == [f"train-{n:05d}-of-{len(shards):05d}.parquet" for n in range(len(shards))]
    assert len(load_dataset("parquet", data_files=[str(shard) for shard in shards], split="train")) == rows


def test_families_are_drawn_alike() -> None:
    splits = [drawn_split(f"family {number}") for number in range(2000)]
    assert splits.count("test") / 2000 == pytest.approx(0.1, abs=0.03)
    assert splits.count("validation") / 2000 == pytest.approx(0.1, abs=0.03)
