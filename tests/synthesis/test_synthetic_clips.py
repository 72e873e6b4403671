"""Synthetic clips: the same for the same seed, and labels that tell what sounds."""

from pathlib import Path

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.notation.reader import read_abc
from transformers_abc.synthesis.mixing import render_notes
from transformers_abc.synthesis.performance import PlayedNote, perform
from transformers_abc.synthesis.pieces import invented_piece, piece_notes
from transformers_abc.synthesis.rendering import render_tune
from transformers_abc.synthesis.scores import is_validation_work, load_pieces
from transformers_abc.synthesis.synthetic_clips import SyntheticClips

RATE = 16_000


def harmonic_share(audio: np.ndarray, pitch: int) -> float:
    """Share of the energy near multiples of the pitch's frequency; evenly spread energy would give 0.4."""
    energy = np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) ** 2
    multiple = np.fft.rfftfreq(len(audio), 1 / RATE) / (440 * 2 ** ((pitch - 69) / 12))
    near = (np.abs(multiple - np.round(multiple)) < 0.2) & (multiple > 0.5)
    return float(energy[near].sum() / energy.sum())


def test_a_clip_depends_on_seed_and_index_only() -> None:
    clips, again = (SyntheticClips([], None, seed, RATE, 2.0) for seed in (3, 3))
    assert np.array_equal(clips[11].audio, again[11].audio)
    assert clips[11].notes == again[11].notes
    assert not np.array_equal(clips[11].audio, clips[12].audio)
    assert not np.array_equal(clips[11].audio, SyntheticClips([], None, 4, RATE, 2.0)[11].audio)


def test_clips_are_clean_audio_of_the_asked_length_with_at_most_five_parts() -> None:
    clips = SyntheticClips([], None, 0, RATE, 2.0)
    for index in range(30):
        clip = clips[index]
        assert clip.audio.shape == (2 * RATE,)
        assert np.isfinite(clip.audio).all()
        assert np.abs(clip.audio).max() <= 1.0001
        assert len({note.part for note in clip.notes}) <= 5
        for note in clip.notes:
            assert note.onset_s < 2.0
            assert note.offset_s > max(note.onset_s, 0)
            assert note.instrument.lowest <= note.pitch_midi <= note.instrument.highest


@pytest.mark.parametrize("code", ["vn", "tba", "fl", "pno"])
@pytest.mark.parametrize("seed", range(3))
def test_a_note_sounds_where_and_at_the_pitch_it_says(code: str, seed: int) -> None:
    instrument = INSTRUMENT_BY_CODE[code]
    pitch = (instrument.lowest + instrument.highest) // 2
    audio, _ = render_notes([PlayedNote(0.5, 1.5, pitch, 0.8, instrument, 0)], 3.0, None, np.random.default_rng(seed), RATE)
    assert np.abs(audio[: int(0.49 * RATE)]).max() == 0
    assert np.abs(audio[int(1.8 * RATE) :]).max() == 0
    assert harmonic_share(audio[int(0.7 * RATE) : int(1.4 * RATE)], pitch) > 0.9


def test_no_part_plays_a_pitch_twice_at_once() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sounding: dict[tuple[int, int], float] = {}
        for note in sorted(perform(invented_piece(rng), rng, 6.0), key=lambda n: n.onset_s):
            assert note.onset_s >= sounding.get((note.part, note.pitch_midi), -np.inf) - 1e-9
            sounding[note.part, note.pitch_midi] = note.offset_s


def test_piece_notes_are_quarters_and_pitches() -> None:
    piece = piece_notes(read_abc("X:1\nM:4/4\nL:1/4\nK:C\nc2 e|"))
    assert piece is not None
    assert piece.parts[0].tolist() == [[0, 2, 72], [2, 1, 76]]
    assert piece_notes(read_abc("X:1\nK:C\nz4|")) is None


def test_render_tune_puts_notes_at_their_seconds() -> None:
    audio = render_tune(read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nz A z A|"), None, 0, RATE)
    loud = [np.abs(audio[int(s * RATE) : int((s + 0.5) * RATE)]).max() for s in (0.2, 1.2, 2.3, 3.2)]
    assert loud[1] > 0.2 < loud[3]
    assert loud[0] == 0
    assert loud[2] < 0.05


def test_no_scores_or_a_broken_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError, match="no score"):
        load_pieces(tmp_path, tmp_path / "cache")
    (tmp_path / "broken.musicxml").write_text("<score-partwise><part")
    assert load_pieces(tmp_path, tmp_path / "cache") == ([], [])
    assert "broken.musicxml" in capsys.readouterr().err


def test_validation_works_are_a_small_share() -> None:
    share = np.mean([is_validation_work(f"Composer_{n}__Work_{n}__sq{n}") for n in range(500)])
    assert 0.08 < share < 0.17
