"""How well a clip's text fits its recording: on the real excerpts of URMP, and on the complete annotations of one piece.

    python benchmarks/alignment.py --excerpts Dataset/ --out docs/results/alignment.json

Chroma: each clip's ABC is rendered with invented timbres and laid against the recording with one lag of at most half a second and no
warping; beside it the score cut by its own seconds at its own tempo, as the predecessor did. Beats: when each quarter note is by a text's
bars and tempo, from the beginning of its clip, against when the players had it by their measured onsets.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from chroma import best_correlation, chroma
from transformers_abc.data.aligned import AlignedPiece, PieceRecording, TimeMap
from transformers_abc.data.audio import Recording, read_span
from transformers_abc.data.clips import Clip, cut_clips
from transformers_abc.data.urmp import piece_folders, read_piece
from transformers_abc.notation.clipping import clip_seconds
from transformers_abc.notation.midi_reader import read_midi
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.rendering import render_tune

RATE = 16_000
CLIPS_S = {"01_Jupiter_vn_vc": (25.0, 6.0), "12_Spring_vn_vn_vc": (25.0, 6.0)}
ANNOTATED = "32_Fugue_vn_vn_va_vc"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--excerpts", type=Path, required=True, help="folder with 01_Jupiter_vn_vc, 12_Spring_vn_vn_vc, 32_Fugue_vn_vn_va_vc"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    folders = {folder.name: folder for folder in piece_folders(options.excerpts)}
    rows = [row for name, lengths in CLIPS_S.items() for clip_s in lengths for row in chroma_rows(folders[name], clip_s)]
    for row in rows:
        print(row)
    reading = read_piece(folders[ANNOTATED])
    beats = beat_rows(reading.piece)
    for row in beats:
        print(row)
    parts = [
        {"instrument": part.instrument, "matched": part.matched, "written": part.written, "changed": part.changed} for part in reading.parts
    ]
    write_whole(options.out, json.dumps({"chroma": rows, "beats": beats, "parts": parts}, indent=1) + "\n")


def chroma_rows(folder: Path, clip_s: float) -> list[dict]:
    """A row for each clip of each recording of a piece."""
    piece = read_piece(folder).piece
    score = read_midi(next(folder.glob("Sco_*.mid")))
    rows = []
    for recording in piece.recordings:
        for clip in cut_clips(piece, recording, Recording(recording.path).duration_s, clip_s):
            heard = chroma(read_span(recording.path, clip.start_s, clip.end_s, RATE)[0], RATE)
            ours, lag_s = best_correlation(heard, rendered(read_abc(write_abc(clip.tune))))
            theirs, their_lag_s = best_correlation(heard, cut_by_seconds(score, recording.voices, clip))
            rows.append(
                {
                    "recording": recording.path.name,
                    "start_s": clip.start_s,
                    "seconds": round(clip.end_s - clip.start_s, 1),
                    "ours": round(ours, 3),
                    "lag_s": round(lag_s, 2),
                    "by_seconds": round(theirs, 3),
                    "by_seconds_lag_s": round(their_lag_s, 2),
                }
            )
    return rows


def cut_by_seconds(score: Tune, voices: tuple[int, ...], clip: Clip) -> np.ndarray:
    """The same seconds of the score, as if it were played at its own tempo from the beginning of the recording."""
    return rendered(clip_seconds(score, clip.start_s, clip.end_s, keep_held=True), voices)


def rendered(tune: Tune, voices: tuple[int, ...] | None = None) -> np.ndarray:
    """Chroma of a tune, or of some of its voices."""
    heard = tune if voices is None else replace(tune, voices=tuple(tune.voices[place] for place in voices))
    return chroma(render_tune(heard, None, 0, RATE), RATE)


def beat_rows(piece: AlignedPiece) -> list[dict]:
    """A row for each clip of the mix: how far its beats are from those played."""
    time_map = TimeMap.of(piece)
    everyone = PieceRecording(Path("AuMix.wav"), tuple(range(len(piece.score.voices))))
    place_wn = Fraction(0)
    rows = []
    for clip in cut_clips(piece, everyone, time_map.seconds_at(piece.score.length_wn) + 3):
        beats = [Fraction(quarter, 4) for quarter in range(int(clip.tune.length_wn * 4))]
        errors_s = np.abs([clip.start_s + clip.tune.seconds_at(beat) - time_map.seconds_at(place_wn + beat) for beat in beats])
        tempos = [tempo.quarter_bpm for _, tempo in clip.tune.tempos]
        rows.append(
            {
                "start_s": clip.start_s,
                "tempos": tempos,
                "median_s": round(float(np.median(errors_s)), 3),
                "worst_s": round(float(errors_s.max()), 2),
            }
        )
        place_wn += clip.tune.length_wn
    return rows


if __name__ == "__main__":
    main()
