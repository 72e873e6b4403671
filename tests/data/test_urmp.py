"""URMP's folders to aligned pieces: the generated layout with known notes, its faults, and the real annotations where they are at hand."""

import os
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.data.aligned import PieceRecording, TimeMap
from transformers_abc.data.clips import cut_clips
from transformers_abc.data.urmp import Reading, UrmpError, piece_folders, read_notes, read_piece
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


def test_notes_of_another_piece(trio: GeneratedPiece, tmp_path: Path) -> None:
    other = write_piece(tmp_path / "14_Waltz_fl_fl_cl", seed=77)
    shutil.copy(notes_of(other.folder, 1), notes_of(trio.folder, 3))
    reading = read_piece(trio.folder)
    assert parts_said(reading) == ["3: left out"]
    assert [recording.voices for recording in reading.piece.recordings] == [(0,), (1,)], "the mix is left out with it"
    for known, read in zip(trio.onsets_s[:2], reading.piece.onsets_s, strict=True):
        assert read == pytest.approx(known, abs=0.0006), "the others are matched as ever"


@pytest.mark.parametrize(("count", "seed"), [(6, 8), (6, 26), (15, 0), (60, 0)])
def test_notes_of_no_music(trio: GeneratedPiece, count: int, seed: int) -> None:
    """Few of them, of which one or two happen to be at a right place, as many as are written, or many more."""
    rng = np.random.default_rng(seed)
    onsets_s, hertz = np.sort(rng.uniform(0, 40, count)), rng.uniform(150, 900, count)
    edit(notes_of(trio.folder, 3), lambda _: [f"{s:.3f} {f:.3f} 0.2" for s, f in zip(onsets_s, hertz, strict=True)])
    assert parts_said(read_piece(trio.folder)) == ["3: left out"]


def test_swapped_notes(trio: GeneratedPiece) -> None:
    first, third = notes_of(trio.folder, 1), notes_of(trio.folder, 3)
    texts = first.read_text(encoding="utf-8"), third.read_text(encoding="utf-8")
    third.write_text(texts[0], encoding="utf-8")
    first.write_text(texts[1], encoding="utf-8")
    assert sorted(parts_said(read_piece(trio.folder))) == ["1: left out", "3: left out"]


def test_all_notes_of_another_piece(trio: GeneratedPiece, tmp_path: Path) -> None:
    other = write_piece(tmp_path / "14_Waltz_fl_fl_cl", seed=79)
    for part in (1, 2, 3):
        shutil.copy(notes_of(other.folder, part), notes_of(trio.folder, part))
    with pytest.raises(UrmpError, match=r"no part can be used: .*part \d: only \d+ of \d+ notes are those of the score"):
        read_piece(trio.folder)


def test_one_note_a_part(trio: GeneratedPiece) -> None:
    """All at one time, so no one can tell how time runs."""
    for part in (1, 2, 3):
        edit(notes_of(trio.folder, part), lambda lines: [f"2.5 {lines[0].split()[1]} 0.5"])
    with pytest.raises(UrmpError, match="two onsets at different times are needed"):
        read_piece(trio.folder)


@pytest.mark.parametrize(("every", "said"), [(99, []), (4, ["1: changed"])])
def test_a_part_with_many_other_notes_is_used_but_named(trio: GeneratedPiece, every: int, said: list[str]) -> None:
    edit(notes_of(trio.folder, 1), lambda lines: [_higher(line, 3 * (place % every == 1)) for place, line in enumerate(lines)])
    reading = read_piece(trio.folder)
    assert parts_said(reading) == said
    assert len(reading.piece.score.voices) == 3


def test_a_part_written_an_octave_from_where_it_sounds(trio: GeneratedPiece) -> None:
    edit(notes_of(trio.folder, 3), lambda lines: [_higher(line, -12) for line in lines])
    reading = read_piece(trio.folder)
    assert parts_said(reading) == ["3: changed"]
    assert len(reading.piece.score.voices) == 3


def test_a_part_with_more_ornaments_than_notes(trio: GeneratedPiece) -> None:
    edit(notes_of(trio.folder, 1), lambda lines: [line for note in lines for line in (note, *_trill(note))])
    reading = read_piece(trio.folder)
    assert parts_said(reading) == []
    assert reading.parts[0].matched == reading.parts[0].written


def _trill(line: str) -> list[str]:
    """Two short notes soon after it, a semitone above."""
    onset, hertz, _ = line.split()
    return [_higher(f"{float(onset) + delay_s:.3f} {hertz} 0.03", 1) for delay_s in (0.04, 0.08)]


def parts_said(reading: Reading) -> list[str]:
    """What the problems say of parts, as ``3: left out`` or ``3: changed``."""
    about = [re.search(r"part (\d): (only )?\d+ of \d+ notes", problem) for problem in reading.problems]
    return [f"{found[1]}: {'left out' if found[2] else 'changed'}" for found in about if found]


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
    reading = read_piece(trio.folder)
    assert len(reading.piece.score.voices) == 2
    assert reading.problems[0].endswith("Notes_2_vn_13_Hark.txt: there is no note in it")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission(trio: GeneratedPiece) -> None:
    trio.folder.chmod(0)
    try:
        for read in (read_piece, piece_folders):
            with pytest.raises(UrmpError, match="13_Hark_vn_vn_va: the folder cannot be read: Permission denied"):
                read(trio.folder)
    finally:
        trio.folder.chmod(0o755)


def test_a_file_called_like_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "13_Hark_vn_vn_va"
    path.touch()
    with pytest.raises(UrmpError, match="13_Hark_vn_vn_va: the folder cannot be read"):
        read_piece(path)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes only there")
def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    folder = write_piece(tmp_path / "02_J_vn_vn").folder
    piece = read_piece(folder.rename(tmp_path / os.fsdecode(b"02_J\xe9_vn_vn"))).piece
    assert (piece.id, piece.family) == (r"02_J\udce9_vn_vn", r"J\udce9")


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda folder: next(folder.glob("Sco_*")).unlink(), "the score Sco_13_Hark_vn_vn_va.mid is missing"),
        (lambda folder: next(folder.glob("Sco_*")).write_bytes(b"MThd"), "Sco_13_Hark_vn_vn_va.mid"),
        (lambda folder: [path.unlink() for path in folder.glob("Notes_*")], r"no part can be used: .*Notes_1_\*.txt is missing"),
        (lambda folder: [path.write_text("\n") for path in folder.glob("Notes_*")], "no part can be used: .*there is no note in it"),
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
    reading = read_piece(FUGUE)
    assert [(part.matched, part.written) for part in reading.parts] == [(244, 244), (253, 253), (214, 214), (185, 187)]
    assert parts_said(reading) == []


@needs_excerpts
def test_a_violin_of_the_fugue_is_not_the_cello_of_spring(tmp_path: Path) -> None:
    folder = tmp_path / "12_Spring_vn_vn_vc"
    shutil.copytree(EXCERPTS / folder.name, folder)
    shutil.copy(notes_of(FUGUE, 2), notes_of(folder, 3))
    reading = read_piece(folder)
    assert parts_said(reading) == ["3: left out"]
    assert [part.matched for part in reading.parts] == [47, 41]


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
