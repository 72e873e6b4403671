"""URMP's folders to aligned pieces: the generated layout with known notes, its faults, and the real annotations where they are at hand."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.data.aligned import PieceRecording, TimeMap
from transformers_abc.data.clips import cut_clips
from transformers_abc.data.urmp import UrmpError, piece_folders, read_notes, read_piece
from transformers_abc.data.urmp_splits import PIECES, SPLITS, family_of, split_of
from transformers_abc.notation.tune import Tune
from urmp_layout import GeneratedPiece, write_piece

EXCERPTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "urmp_excerpts" / "Dataset"
FUGUE = EXCERPTS / "32_Fugue_vn_vn_va_vc"
needs_excerpts = pytest.mark.skipif(not EXCERPTS.is_dir(), reason="shared/data/urmp_excerpts is not here")


@pytest.fixture
def trio(tmp_path: Path) -> GeneratedPiece:
    return write_piece(tmp_path / "13_Hark_vn_vn_va", seed=5)


def notes_of(folder: Path, part: int) -> Path:
    return next(folder.glob(f"Notes_{part}_*.txt"))


def edit(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Rewrite the lines of a file."""
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


# --- What is read --------------------------------------------------------------------------------------------------------------------


def test_notes_instruments_and_time(trio: GeneratedPiece) -> None:
    reading = read_piece(trio.folder)
    piece = reading.piece
    assert reading.problems == ()
    assert (piece.id, piece.family, piece.source) == ("13_Hark_vn_vn_va", "Hark", "urmp")
    assert [(voice.name, voice.program, voice.clef) for voice in piece.score.voices] == [
        ("Violin", 40, "treble"),
        ("Violin", 40, "treble"),
        ("Viola", 41, "alto"),
    ]
    written = [[(note.pitch_midi, note.length_wn) for note in voice.notes] for voice in trio.tune.voices]
    assert [[(note.pitch_midi, note.length_wn) for note in voice.notes] for voice in piece.score.voices] == written
    for known, read in zip(trio.onsets_s, piece.onsets_s, strict=True):
        assert read == pytest.approx(known, abs=0.0006)
    assert piece.score.keys[0][1] == trio.tune.keys[0][1]
    assert piece.score.metres == trio.tune.metres


def test_mix_and_stems(trio: GeneratedPiece) -> None:
    recordings = read_piece(trio.folder).piece.recordings
    assert [(recording.path.name, recording.voices) for recording in recordings] == [
        ("AuMix_13_Hark_vn_vn_va.wav", (0, 1, 2)),
        ("AuSep_1_vn_13_Hark.wav", (0,)),
        ("AuSep_2_vn_13_Hark.wav", (1,)),
        ("AuSep_3_va_13_Hark.wav", (2,)),
    ]


def test_clips_have_the_tempo_of_the_performance(trio: GeneratedPiece) -> None:
    piece = read_piece(trio.folder).piece
    for clip in cut_clips(piece, piece.recordings[0], 600.0):
        assert clip.tune.tempos[0][1].quarter_bpm == pytest.approx(trio.quarter_bpm, rel=0.03)  # the score says 100
        assert clip.deviation_s < 0.05


# --- Faults that URMP has ------------------------------------------------------------------------------------------------------------


def test_a_part_whose_files_name_another_instrument(tmp_path: Path) -> None:
    piece = write_piece(tmp_path / "15_Surprise_tpt_tpt_tbn")
    assert (piece.folder / "AuSep_3_tpt_15_Surprise.wav").exists()
    reading = read_piece(piece.folder)
    assert reading.problems == ()
    assert [voice.name for voice in reading.piece.score.voices] == ["Trumpet", "Trumpet", "Trombone"]


def test_notes_that_no_one_played_and_ornaments(trio: GeneratedPiece) -> None:
    edit(notes_of(trio.folder, 1), lambda lines: [*lines[:3], *lines[4:6], "5.0001\t\t4000.0\t\t0.02", *lines[6:]])
    part = read_piece(trio.folder).parts[0]
    assert (part.written - part.matched, part.played - part.matched) == (1, 1)


def test_another_note_than_written_is_written_as_played(trio: GeneratedPiece) -> None:
    def a_third_higher(lines: list[str]) -> list[str]:
        onset, hertz, length = lines[2].split()
        return [*lines[:2], f"{onset}\t\t{float(hertz) * 2 ** (4 / 12):.3f}\t\t{length}", *lines[3:]]

    edit(notes_of(trio.folder, 1), a_third_higher)
    reading = read_piece(trio.folder)
    assert reading.parts[0].changed == 1
    assert reading.piece.score.voices[0].notes[2].pitch_midi == trio.tune.voices[0].notes[2].pitch_midi + 4


def test_a_player_tuned_high(trio: GeneratedPiece) -> None:
    """A quarter tone: nearer to the next semitone than some of the notes are to their own."""
    for part in (1, 2, 3):
        edit(notes_of(trio.folder, part), lambda lines: [_higher(line, 0.4) for line in lines])
    assert [part.changed for part in read_piece(trio.folder).parts] == [0, 0, 0]


def _higher(line: str, semitones: float) -> str:
    onset, hertz, length = line.split()
    return f"{onset}\t\t{float(hertz) * 2 ** (semitones / 12):.3f}\t\t{length}"


def test_one_note_held_over_its_repetition(trio: GeneratedPiece) -> None:
    notes = trio.tune.voices[2].notes
    first = next(i for i, (a, b) in enumerate(pairwise(notes[:-1])) if a.pitch_midi == b.pitch_midi and a.end_wn == b.onset_wn)

    def held(lines: list[str]) -> list[str]:
        onset, hertz, _ = lines[first].split()
        end_s = float(lines[first + 1].split()[0]) + float(lines[first + 1].split()[2])
        return [*lines[:first], f"{onset}\t\t{hertz}\t\t{end_s - float(onset):.3f}", *lines[first + 2 :]]

    edit(notes_of(trio.folder, 3), held)
    reading = read_piece(trio.folder)
    assert reading.parts[2].tied == 1
    assert reading.piece.score.voices[2].notes[first].length_wn == notes[first].length_wn + notes[first + 1].length_wn


# --- What is missing or broken -------------------------------------------------------------------------------------------------------


def test_missing_stem_and_mix(trio: GeneratedPiece) -> None:
    next(trio.folder.glob("AuSep_2_*")).unlink()
    next(trio.folder.glob("AuMix_*")).unlink()
    reading = read_piece(trio.folder)
    assert [recording.voices for recording in reading.piece.recordings] == [(0,), (2,)]
    assert len(reading.problems) == 2
    assert "AuMix_13_Hark_vn_vn_va.wav is missing" in reading.problems[0]
    assert "AuSep_2_*.wav is missing" in reading.problems[1]


def test_missing_notes_leave_the_other_stems(trio: GeneratedPiece) -> None:
    notes_of(trio.folder, 2).unlink()
    reading = read_piece(trio.folder)
    assert [recording.path.name for recording in reading.piece.recordings] == ["AuSep_1_vn_13_Hark.wav", "AuSep_3_va_13_Hark.wav"]
    assert [voice.name for voice in reading.piece.score.voices] == ["Violin", "Viola"]
    assert "Notes_2_*.txt is missing" in reading.problems[0]
    assert "AuMix_13_Hark_vn_vn_va.wav: left out" in reading.problems[1]


def test_notes_of_other_music_are_left_out(trio: GeneratedPiece, tmp_path: Path) -> None:
    other = write_piece(tmp_path / "14_Waltz_fl_fl_cl", seed=77)
    shutil.copy(notes_of(other.folder, 1), notes_of(trio.folder, 3))
    edit(notes_of(trio.folder, 3), lambda lines: [_higher(line, (7 * number) % 11 - 14.0) for number, line in enumerate(lines * 4)])
    reading = read_piece(trio.folder)
    assert any("part 3" in problem and "left out" in problem for problem in reading.problems)
    assert len(reading.piece.score.voices) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1.0\t440.0", r"expected onset, frequency and duration"),
        ("1.0 four 0.5", r".* found '1.0 four 0.5'"),
        ("1.0 0 0.5", r"no such note"),
        ("nan 440 0.5", r"no such note"),
        ("1.0 440 -1", r"no such note"),
    ],
)
def test_damaged_notes_name_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "Notes_1_vn_01_Jupiter.txt"
    path.write_text(f"0.5\t\t440.0\t\t0.5\n\n{line}\n", encoding="utf-8")
    with pytest.raises(UrmpError, match=rf"Notes_1_vn_01_Jupiter.txt:3: {message}"):
        read_notes(path)


def test_notes_from_another_system(tmp_path: Path) -> None:
    """A byte order mark, carriage returns and notes out of order."""
    path = tmp_path / "Notes_1_vn_01_Jupiter.txt"
    path.write_bytes(b"\xef\xbb\xbf2.0\t\t880.0\t\t0.5\r\n1.0\t440.0 0.25\r\n")
    notes = read_notes(path)
    assert notes.onsets_s.tolist() == [1.0, 2.0]
    assert notes.ends_s.tolist() == [1.25, 2.5]
    assert notes.pitches == pytest.approx(np.array([69, 81]))


def test_empty_notes(trio: GeneratedPiece) -> None:
    notes_of(trio.folder, 2).write_text("", encoding="utf-8")
    assert len(read_piece(trio.folder).piece.score.voices) == 2


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda folder: next(folder.glob("Sco_*")).unlink(), "the score Sco_13_Hark_vn_vn_va.mid is missing"),
        (lambda folder: next(folder.glob("Sco_*")).write_bytes(b"MThd"), "Sco_13_Hark_vn_vn_va.mid"),
        (lambda folder: [path.unlink() for path in folder.glob("Notes_*")], "no Notes"),
        (lambda folder: folder.rename(folder.with_name("13_Hark_vn_vn")), "3 parts with notes, but the folder's name has 2"),
        (lambda folder: folder.rename(folder.with_name("13_Hark_vn_vn_xx")), "no instrument is called 'xx'"),
    ],
)
def test_what_cannot_be_used(trio: GeneratedPiece, break_it: Callable[[Path], object], message: str) -> None:
    root = trio.folder.parent
    break_it(trio.folder)
    with pytest.raises(UrmpError, match=message):
        read_piece(next(path for path in root.iterdir() if path.is_dir()))


def test_folders(tmp_path: Path, trio: GeneratedPiece) -> None:
    assert piece_folders(tmp_path) == piece_folders(trio.folder) == [trio.folder]
    (tmp_path / "notes").mkdir()
    with pytest.raises(UrmpError, match="not URMP"):
        piece_folders(tmp_path / "notes")
    with pytest.raises(UrmpError, match="no such folder"):
        piece_folders(tmp_path / "nowhere")


# --- The splits ----------------------------------------------------------------------------------------------------------------------


def test_splits() -> None:
    every = [name for split in SPLITS for name in PIECES[split]]
    assert sorted(int(name.split("_")[0]) for name in every) == list(range(1, 45))
    for split in SPLITS:
        assert all(split_of(family_of(name)) == split for name in PIECES[split]), "a family lies in one split"
    assert {name[:2] for name in PIECES["test"]} >= {"24", "25", "38", "39"}
    assert {name[:2] for name in PIECES["validation"]} >= {"01", "08", "12"}
    codes = {split: {code for name in PIECES[split] for code in name.split("_")[2:]} for split in SPLITS}
    assert codes["test"] == codes["train"] == {"vn", "va", "vc", "db", "fl", "ob", "cl", "sax", "bn", "tpt", "hn", "tbn", "tba"}
    assert 1 / 7 < len(PIECES["test"]) / 44 < 1 / 5


# --- The real annotations ------------------------------------------------------------------------------------------------------------


@needs_excerpts
def test_fugue_is_matched_note_by_note() -> None:
    parts = read_piece(FUGUE).parts
    assert [(part.matched, part.written) for part in parts] == [(244, 244), (253, 253), (214, 214), (185, 187)]


@needs_excerpts
def test_fugue_bars_and_tempo_tell_when_beats_were_played() -> None:
    """Each beat by the text of its clip, against the moment at which the players had it: the median over a clip of 25 s."""
    piece = read_piece(FUGUE).piece
    time_map = TimeMap.of(piece)
    medians, place_wn = [], 0
    for clip in cut_clips(piece, PieceRecording(Path("AuMix.wav"), (0, 1, 2, 3)), 175.0):
        tune: Tune = clip.tune
        beats = [Fraction(quarter, 4) for quarter in range(int(tune.length_wn * 4))]
        written = np.array([clip.start_s + tune.seconds_at(beat) for beat in beats])
        played = np.array([time_map.seconds_at(place_wn + beat) for beat in beats])
        medians.append(float(np.median(np.abs(written - played))))
        place_wn += tune.length_wn
        assert sum(tune.bar_lengths_wn) == tune.length_wn
    assert len(medians) == 7
    assert max(medians[:-1]) < 0.05
    assert medians[-1] < 0.06  # a ritardando of ever slower beats
