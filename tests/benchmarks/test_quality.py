"""The quality benchmark: its sets are what they say and always the same, its figures are right, and nothing is heard twice."""

import doctest
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import soundfile

from transformers_abc import transcription
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.soundfonts import SoundFontError
from transformers_abc.synthesis.timbres import InventedOrchestra
from transformers_abc.transcription import transcribe

ROOT = Path(__file__).resolve().parents[2]
EXCERPTS = ROOT.parent / "shared" / "data" / "urmp_excerpts"
MODULES = ("quality_sets", "quality_systems", "quality_measures", "quality", "quality_figures")

VOICES = {"Violin 1": "GABc dBGB", "Violin 2": "DFGA BGDG", "Viola": "B,DDF GDB,D", "Violoncello": "G,,A,,B,,C, D,B,,G,,B,,"}
PASSAGE = "X:1\nM:4/4\nL:1/8\nQ:1/4=100\n%%score 1 2 3 4\nK:G\n" + "".join(
    f'V:{number} name="{name}"\n{f"{bar}|" * 9}\n' for number, (name, bar) in enumerate(VOICES.items(), 1)
)


@pytest.fixture(scope="module")
def benchmark() -> Iterator[SimpleNamespace]:
    """The modules, without leaving the folder on the path, where other modules have names that tests use too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        modules = {name: importlib.import_module(name) for name in MODULES}
        yield SimpleNamespace(**modules)
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def material(benchmark: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Two works for an orchestra that needs no SoundFont."""
    monkeypatch.setattr(benchmark.quality_sets, "SoundFontBank", lambda path, rate, cache: InventedOrchestra(rate))
    sound = tmp_path / "sound.sf2"
    sound.touch()
    return benchmark.quality_sets.Material("validation", {"one": [PASSAGE], "two": [PASSAGE]}, sound, tmp_path / "cache")


def test_examples_of_the_modules(benchmark: SimpleNamespace) -> None:
    results = [doctest.testmod(getattr(benchmark, name)) for name in MODULES]
    assert sum(result.attempted for result in results) >= 5
    assert not sum(result.failed for result in results)


# --- Sets ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["solo", "quartet", "mixed"])
def test_a_set_is_what_it_is_called_and_its_score_and_notes_are_of_the_same_music(
    benchmark: SimpleNamespace, material: object, name: str
) -> None:
    clips = benchmark.quality_sets.synthetic_set(name, 4, material)
    assert [clip.work for clip in clips[:2]] in (["one", "two"], ["two", "one"])
    for clip in clips:
        tune = read_abc(clip.abc)
        assert 15 <= clip.duration_s <= 25
        assert soundfile.info(clip.audio).duration == pytest.approx(clip.duration_s, abs=0.01)
        assert sorted(n.pitch_midi for n in clip.notes) == sorted(n.pitch_midi for voice in tune.voices for n in voice.notes)
        assert off_the_score_s(clip, tune) < 0.3  # players linger; a beat is 0.6 s
        names = [voice.name for voice in tune.voices]
        assert {note.instrument for note in clip.notes} == set(names)
        if name == "quartet":
            assert names == ["Violin", "Violin", "Viola", "Cello"]
        elif name == "mixed":
            assert 3 <= len(names) <= 4
            assert len(set(names)) == len(names)
            assert not {"Acoustic Grand Piano", "Acoustic Guitar (nylon)"} & set(names)
        else:
            assert len(names) == 1


def off_the_score_s(clip: object, tune: Tune) -> float:
    """How far sorted onsets are from where the score puts them, but for the time before the music; the worst but one in ten."""
    written = np.sort([tune.seconds_at(note.onset_wn) for voice in tune.voices for note in voice.notes])
    lead_and_lateness = np.sort([note.onset_s for note in clip.notes]) - written
    assert 0.05 < np.median(lead_and_lateness) < 1.2
    return float(np.quantile(abs(lead_and_lateness - np.median(lead_and_lateness)), 0.9))


def test_the_audio_is_silent_until_the_first_note(benchmark: SimpleNamespace, material: object) -> None:
    for clip in benchmark.quality_sets.synthetic_set("solo", 2, material):
        audio, rate = soundfile.read(clip.audio)
        first = clip.notes[0].onset_s
        before, after = audio[: int((first - 0.02) * rate)], audio[int(first * rate) : int((first + 0.5) * rate)]
        assert before.std() < after.std() / 3


def test_a_clip_depends_on_its_number_alone_and_is_made_once(
    benchmark: SimpleNamespace, material: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = replace(material, cache=tmp_path / "elsewhere")
    first, second = benchmark.quality_sets.synthetic_set("mixed", 2, material), benchmark.quality_sets.synthetic_set("mixed", 1, elsewhere)
    assert (first[0].abc, first[0].notes, first[0].content) == (second[0].abc, second[0].notes, second[0].content)
    assert first[1].content != first[0].content
    assert replace(material, split="test").digest != material.digest
    monkeypatch.setattr(benchmark.quality_sets, "_make", None)  # nothing is left to make
    assert benchmark.quality_sets.synthetic_set("mixed", 2, material) == first


def test_no_clip_where_no_passage_suits(benchmark: SimpleNamespace, material: object) -> None:
    trio = PASSAGE.partition("V:4")[0].replace("%%score 1 2 3 4", "%%score 1 2 3")
    with pytest.raises(ValueError, match=r"quartet: no clip of 15 to 25 s can be made of one"):
        benchmark.quality_sets.synthetic_set("quartet", 1, replace(material, works={"one": [trio]}))


@pytest.mark.skipif(not EXCERPTS.is_dir(), reason="shared/data/urmp_excerpts is not here")
def test_the_real_excerpts(benchmark: SimpleNamespace, tmp_path: Path) -> None:
    jupiter, spring = benchmark.quality_sets.excerpts(EXCERPTS, tmp_path)
    assert [voice.name for voice in read_abc(spring.abc).voices] == ["Violin", "Violin", "Cello"]
    assert jupiter.duration_s == pytest.approx(15, abs=0.5)
    assert all(0 <= note.onset_s < clip.duration_s for clip in (jupiter, spring) for note in clip.notes)


# --- What is kept --------------------------------------------------------------------------------------------------------------------


def test_only_what_changed_is_done_again(
    benchmark: SimpleNamespace, material: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = benchmark.quality_sets.synthetic_set("solo", 2, material)
    heard, wrote = [], []
    hear, write = transcription.hear, benchmark.quality_systems.write_score
    monkeypatch.setattr(transcription, "hear", lambda path: heard.append(path) or hear(path))
    monkeypatch.setattr(benchmark.quality_systems, "write_score", lambda *notes: wrote.append(notes) or write(*notes))
    first = keeper(benchmark, tmp_path).written("ours", clips, "Violin")
    assert (len(heard), len(wrote)) == (2, 2)
    assert keeper(benchmark, tmp_path).written("ours", clips, "Violin") == first
    assert (len(heard), len(wrote)) == (2, 2)
    assert keeper(benchmark, tmp_path, score_writer="another").written("ours", clips, "Violin") == first
    assert (len(heard), len(wrote)) == (2, 4)
    keeper(benchmark, tmp_path, listener="another").written("ours", clips, "Violin")
    assert len(heard) == 4


def keeper(benchmark: SimpleNamespace, cache: Path, **digests: str) -> object:
    made = benchmark.quality_systems.Keeper(cache / "kept")
    vars(made).update({"listener": "this", "score_writer": "this", **digests})
    return made


def test_ours_is_what_transcribe_gives(benchmark: SimpleNamespace, material: object, tmp_path: Path) -> None:
    (clip,) = benchmark.quality_sets.synthetic_set("mixed", 1, material)
    (written,) = keeper(benchmark, tmp_path).written("ours", [clip], "Violin")
    assert written.abc == write_abc(transcribe(clip.audio, title=""))


def test_true_notes_are_those_of_the_reference_and_named_as_most(benchmark: SimpleNamespace, material: object, tmp_path: Path) -> None:
    clips = benchmark.quality_sets.synthetic_set("quartet", 1, material)
    for system in ("true_notes", "true_notes_instruments"):
        (written,) = keeper(benchmark, tmp_path).written(system, clips, "Tuba")
        assert [(n.onset_s, n.pitch_midi) for n in written.notes] == [(n.onset_s, n.pitch_midi) for n in clips[0].notes]
        names = {voice.name for voice in read_abc(written.abc).voices}
        assert (names == {"Tuba"}) == (system == "true_notes")
        assert all(bool(note.instruments) == (system == "true_notes_instruments") for note in written.notes)


def test_basic_pitch_is_asked_once_and_left_out_where_it_is_missing(benchmark: SimpleNamespace, material: object, tmp_path: Path) -> None:
    clips = benchmark.quality_sets.synthetic_set("solo", 2, material)
    assert keeper(benchmark, tmp_path).written("basic_pitch", clips, "Violin") is None
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\necho Predicting\necho 'NOTES[[0.5, 1.0, 60, 0.9]]'\necho 'NOTES[[0.5, 1.0, 62, 0.9]]'\necho x >> {tmp_path}/asked\n"
    )
    python.chmod(0o755)
    for _ in range(2):
        first, second = replace(keeper(benchmark, tmp_path), baseline=python).written("basic_pitch", clips, "Violin")
        assert (first.notes[0].pitch_midi, second.notes[0].pitch_midi) == (60, 62)
        assert read_abc(first.abc).voices[0].name == "Violin"
    assert (tmp_path / "asked").read_text() == "x\n"


def test_a_digest_is_of_contents(benchmark: SimpleNamespace, tmp_path: Path) -> None:
    digest_of = benchmark.quality_systems.digest_of
    (tmp_path / "a.py").write_text("one")
    before = digest_of([tmp_path])
    (tmp_path / "a.pyc").write_text("two")
    assert digest_of([tmp_path]) == before
    (tmp_path / "a.py").write_text("two")
    assert digest_of([tmp_path]) != before


# --- Figures -------------------------------------------------------------------------------------------------------------------------

TRUE = 'X:1\nM:3/4\nL:1/4\nQ:1/4=100\n%%score 1 2\nV:1 name="Violin"\nV:2 name="Cello"\nK:G\nV:1\nGAB|c3|\nV:2\nG,2D,|G,3|]\n'


def clip_and_written(benchmark: SimpleNamespace, abc: str, number: int = 0, true: str = TRUE) -> tuple[object, object]:
    notes = (benchmark.quality_sets.ReferenceNote(0.5, 1.0, 67, "Violin"), benchmark.quality_sets.ReferenceNote(1.0, 1.5, 69, "Violin"))
    clip = benchmark.quality_sets.Clip(f"toy-{number}", f"work {number}", Path("none.wav"), 15.0, true, notes)
    heard = (benchmark.quality_systems.HeardNote(0.54, 1.0, 67), benchmark.quality_systems.HeardNote(1.06, 1.5, 69))
    return clip, benchmark.quality_systems.Written(heard, abc)


def test_what_is_right_has_no_loss(benchmark: SimpleNamespace) -> None:
    measured = benchmark.quality_measures.measure(*clip_and_written(benchmark, TRUE), 0.05)
    assert all(measured.figures[name] == 0 for name in benchmark.quality_measures.LOSSES)
    assert all(measured.figures[name] == 1 for name in benchmark.quality_measures.SHARES if name != "onset_f1")
    assert measured.figures["onset_f1"] == pytest.approx(0.5)  # of two notes one is 60 ms late
    assert benchmark.quality_measures.measure(*clip_and_written(benchmark, TRUE), 0.15).figures["onset_f1"] == 1


@pytest.mark.parametrize(
    ("changed", "figure", "value", "confusion", "pairs"),
    [
        (("1/4=100", "1/4=50"), "tempo_right", 0, "tempo", [("1", "1/2")]),
        (("1/4=100", "1/4=104"), "tempo_right", 1, "tempo", [("1", "1")]),
        (("1/4=100", "1/4=120"), "tempo_right", 0, "tempo", [("1", "other")]),
        (("M:3/4", "M:6/8"), "metre_right", 0, "metre", [("3/4", "6/8")]),
        (("K:G", "K:Em"), "key_right", 1, "key", [("+1", "+1")]),
        (("Cello", "Viola"), "instrument_right", 0.5, "instrument", [("Violin", "Violin"), ("Cello", "Viola")]),
        (("V:2\nG,2D,|G,3|]\n", "V:2\nz3|z3|]\n"), "voices_right", 0, "voices", [("2", "1")]),
        (("V:2\nG,2D,|G,3|]\n", "V:2\nz3|z3|]\n"), "instrument_right", 1, "instrument", [("Violin", "Violin"), ("Cello", "none")]),
        (("V:2\nG,2D,|G,3|]\n", "V:2\nz3|z3|]\n"), "pitch_and_length", 3 / 7, "voices", [("2", "1")]),
        (("c3|", "c11/4z/4|"), "pitch_and_length", 1 / 7, "voices", [("2", "2")]),  # a sixteenth too short
        (("GAB|c3", "GAB|c2B"), "pitch_and_length", 2 / 8, "voices", [("2", "2")]),  # c too short, B too much, of 5 and 3
    ],
)
def test_figures_and_confusions(
    benchmark: SimpleNamespace, changed: tuple[str, str], figure: str, value: float, confusion: str, pairs: list[tuple[str, str]]
) -> None:
    assert changed[0] in TRUE
    measured = benchmark.quality_measures.measure(*clip_and_written(benchmark, TRUE.replace(*changed)), 0.05)
    assert measured.figures[figure] == pytest.approx(value)
    assert measured.confusions[confusion] == pairs


def summary_of(benchmark: SimpleNamespace) -> dict:
    """Six clips in different metres, of which the last is written wrong."""
    trues = [TRUE.replace("GAB", "ABcdefg"[start:] + "GAB") for start in range(6)]
    pairs = [clip_and_written(benchmark, true, number, true) for number, true in enumerate(trues)]
    pairs[5] = clip_and_written(benchmark, TRUE.replace("K:G", "K:Ab"), 5, trues[5])
    return benchmark.quality_measures.set_summary(*zip(*pairs, strict=True), 0.05)


def test_a_set_has_means_intervals_chance_and_its_worst(benchmark: SimpleNamespace) -> None:
    summary = summary_of(benchmark)
    assert summary["figures"]["key_right"]["mean"] == pytest.approx(5 / 6, abs=1e-4)
    low, high = summary["figures"]["key_right"]["interval_95"]
    assert low < 5 / 6 < high == 1
    assert summary["figures"]["key_right"]["n"] == 6
    assert summary["confusions"]["key"] == {"+1": {"+1": 5, "-4": 1}}
    assert summary["chance"]["pitch"]["mean"] > summary["figures"]["pitch"]["mean"]
    assert summary["worst"][0]["clip"] == "toy-5"
    assert len(summary["worst"]) == 5
    assert "K:Ab" in summary["worst"][0]["prediction"]
    json.dumps(summary)


def test_of_few_clips_there_is_no_interval_and_what_is_not_said_does_not_count(benchmark: SimpleNamespace) -> None:
    assert benchmark.quality_measures.figure([0.5, None, 1.0]) == {"mean": 0.75, "interval_95": None, "n": 2}
    assert benchmark.quality_measures.figure([None]) is None


# --- Tables and the command ----------------------------------------------------------------------------------------------------------


def test_tables_take_test_sets_before_validation(benchmark: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: ModuleType = benchmark.quality_figures
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    summary = summary_of(benchmark)
    found = {"n": 6, "works": 6, "systems": {"ours": summary, "true_notes": summary}}
    (tmp_path / "quality.json").write_text(json.dumps({"sets": {"solo": found, "excerpts": found}}))
    short = figures.short_quality_table()
    assert "| one voice, validation, n = 6 | embedded default |" in short
    assert "real: toy-3" in short
    assert ".50" in short.splitlines()[2]  # onset F1 of ours
    assert ".50" not in short.splitlines()[3]  # which is no merit of true notes
    assert "| key | .83 (" in figures.long_quality_table()
    assert "another's" in figures.chance_table()
    assert "| +1 |" not in figures.confusion_tables()
    assert "| 3/4 | 12 | **3/4** 12 |" in figures.confusion_tables()
    (tmp_path / "quality_test.json").write_text(json.dumps({"sets": {"solo": found | {"n": 7}}}))
    assert "one voice, test, n = 7" in figures.short_quality_table()


def test_the_commonest_instrument(benchmark: SimpleNamespace) -> None:
    clips = [clip_and_written(benchmark, TRUE, 0, TRUE.replace("Violin", other))[0] for other in ("Viola", "Cello")]
    assert benchmark.quality.commonest_instrument(clips) == "Cello"


def test_the_test_split_is_played_on_test_sounds_only(benchmark: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="timgm6mb-soundfont"):
        benchmark.quality.test_soundfont(tmp_path / "none.sf2")
    for name, usable in (("FluidR3_GM.sf2", False), ("TimGM6mb.sf2", True)):
        path = tmp_path / name
        path.write_bytes(b"RIFF\0\0\0\0sfbk")
        if usable:
            assert benchmark.quality.test_soundfont(path) == path
        else:
            with pytest.raises(SoundFontError, match="no test sound"):
                benchmark.quality.test_soundfont(path)


def test_the_command_leaves_out_what_it_is_not_given(
    benchmark: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "quality.json"
    monkeypatch.setattr(sys, "argv", ["quality.py", "--out", str(out), "--cache", str(tmp_path), "--split", "test"])
    benchmark.quality.main()
    said = capsys.readouterr().err
    assert "figures of a release" in said
    assert "solo: left out; give --scores" in said
    assert json.loads(out.read_text())["sets"] == {}
    monkeypatch.setattr(sys, "argv", ["quality.py", "--count", "0"])
    with pytest.raises(SystemExit):
        benchmark.quality.main()


def test_instruments_are_those_that_the_package_knows(benchmark: SimpleNamespace) -> None:
    assert len(benchmark.quality_sets.URMP_INSTRUMENTS) == 13
    assert INSTRUMENT_BY_CODE["pno"] not in benchmark.quality_sets.URMP_INSTRUMENTS
