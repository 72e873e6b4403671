r"""How fast, how large and how good the embedded default is, beside basic-pitch.

    python benchmarks/transcribe.py --out docs/results/transcribe.json \
        --scores openscore_quartets/ --soundfont FluidR3_GM.sf2 --excerpts urmp/Dataset --baseline .baseline/bin/python

Speed and memory: 15 s, 3 min and 30 min of synthetic trio, each in a process of its own. Quality: onset F1 (mir_eval; a note is
right if its pitch is the reference's and its onset within the tolerance) at 50 ms on synthetic validation clips, and at 150 ms on the
real excerpts, whose reference onsets are no better than 0.1 s. `--baseline` is a Python that has basic-pitch (`make baseline`); it
hears the same files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

import transformers_abc
from transformers_abc import read_abc, write_abc
from transformers_abc.scoring.note_f1 import onset_f1
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.rendering import render_tune
from transformers_abc.synthesis.scores import load_pieces
from transformers_abc.synthesis.synthetic_clips import SyntheticClips

EXAMPLES = Path(__file__).parent.parent / "examples"
RATE = 16_000
LENGTHS_S = {"15 s": 15, "3 min": 180, "30 min": 1800}
SPEED_ROUNDS = 3  # the median is kept
CLIPS, CLIP_S, CLIP_SEED = 60, 10.0, 2_000_003  # not the seed that thresholds are chosen on
EDGE_S = 0.05  # notes already sounding at the start have no onset to be found
BOOTSTRAP_ROUNDS, BOOTSTRAP_SEED = 2000, 0

Notes = list[tuple[float, int]]  # onset in seconds, MIDI pitch

_CHILD = """
import json, resource, sys, time
start = time.perf_counter()
from pathlib import Path
from transformers_abc.transcription import default_listener, transcribe
default_listener()
ready = time.perf_counter()
transcribe(Path(sys.argv[1]))
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"start_s": ready - start, "transcribe_s": done - ready, "peak_mb": peak}))
"""

# Runs in the baseline's environment: paths in, onsets and pitches out.
_BASELINE = """
import json, sys, time
from basic_pitch import FilenameSuffix, build_icassp_2022_model_path
from basic_pitch.inference import Model, predict
model = Model(build_icassp_2022_model_path(FilenameSuffix.onnx))
found, seconds = {}, 0.0
predict(sys.argv[1], model)
for path in sys.argv[1:]:
    start = time.perf_counter()
    events = predict(path, model)[2]
    seconds += time.perf_counter() - start
    found[path] = [(float(event[0]), int(event[2])) for event in events]
print("RESULT" + json.dumps({"notes": found, "seconds": seconds}))
"""


def main() -> None:
    """Measure and write one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--scores", type=Path, help="folder of MusicXML, whose validation works are played (default: invented music)")
    parser.add_argument("--soundfont", type=Path, help="SoundFont to play them on (default: invented timbres)")
    parser.add_argument("--excerpts", type=Path, help="folder in URMP's layout with recordings")
    parser.add_argument("--baseline", type=Path, help="a Python that has basic-pitch")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="where arrays of scores are kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = {"synthetic": synthetic_set(Path(folder), options)}
        if options.excerpts:
            sets |= {path.name: excerpt(path) for path in sorted(options.excerpts.iterdir()) if list(path.glob("AuMix_*.wav"))}
        results = {
            "version": transformers_abc.__version__,
            "machine": {"cpus": os.cpu_count(), "python": sys.version.split()[0]},
            "speed": measure_speed(Path(folder)),
            "quality": measure_quality(sets, options.baseline),
            "examples": example_scores(),
        }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


def example_scores() -> dict[str, str]:
    """What is written of the examples' audio, by name."""
    return {path.stem: write_abc(transformers_abc.transcribe(path)) for path in sorted(EXAMPLES.glob("*.ogg"))}


def measure_speed(folder: Path) -> dict[str, dict[str, float]]:
    """Median of a few fresh processes per length."""
    trio = read_abc((EXAMPLES / "ode_to_joy.abc").read_text(encoding="utf-8"))
    audio = render_tune(trio, None, 0, RATE)
    speed = {}
    for name, seconds in LENGTHS_S.items():
        path = folder / "long.wav"
        soundfile.write(path, np.resize(audio, seconds * RATE), RATE)
        rounds = [json.loads(_run([sys.executable, "-c", _CHILD, str(path)])) for _ in range(SPEED_ROUNDS if seconds < 1000 else 1)]
        typical = {key: float(np.median([r[key] for r in rounds])) for key in rounds[0]}
        speed[name] = {
            "times_real_time": round(seconds / typical["transcribe_s"], 1),
            "start_s": round(typical["start_s"], 1),
            "peak_mb": round(typical["peak_mb"]),
        }
        print(name, speed[name], file=sys.stderr)
    return speed


def synthetic_set(folder: Path, options: argparse.Namespace) -> dict:
    """Clips of held-out works, with their files and reference notes."""
    pieces = load_pieces(options.scores, options.cache)[1] if options.scores else []
    bank = SoundFontBank(options.soundfont, RATE) if options.soundfont else None
    clips = SyntheticClips(pieces, bank, CLIP_SEED, RATE, CLIP_S)
    files = {}
    for index in range(CLIPS):
        clip = clips[index]
        path = folder / f"{index}.wav"
        soundfile.write(path, clip.audio, RATE)
        files[str(path)] = [(note.onset_s, note.pitch_midi) for note in clip.notes if note.onset_s > EDGE_S]
    return {"files": files, "tolerance_s": 0.05, "seconds": CLIPS * CLIP_S}


def excerpt(folder: Path) -> dict:
    """A real recording; its notes are rows of onset (s), frequency (Hz), duration (s)."""
    rows = [line.split() for path in sorted(folder.glob("Notes_*.txt")) for line in path.read_text().splitlines() if line.strip()]
    recording = next(folder.glob("AuMix_*.wav"))
    notes = [(float(onset), round(69 + 12 * np.log2(float(hertz) / 440))) for onset, hertz, _ in rows]
    return {"files": {str(recording): notes}, "tolerance_s": 0.15, "seconds": soundfile.info(recording).duration}


def measure_quality(sets: dict[str, dict], baseline: Path | None) -> dict[str, dict]:
    """Onset F1 of each system on each set."""
    from transformers_abc import hear, transcribe

    quality = {}
    for name, material in sets.items():
        quality[name] = {"tolerance_s": material["tolerance_s"], "n": len(material["files"])}
        ours = {path: [(note.onset_s, note.pitch_midi) for note in hear(path).notes] for path in material["files"]}
        quality[name]["transformers_abc"] = summary(material, ours)
        if len(ours) == 1:
            quality[name]["abc"] = write_abc(transcribe(*ours))
        if baseline:
            output = _run([str(baseline), "-c", _BASELINE, *material["files"]])
            found = json.loads(output.rsplit("RESULT", 1)[1])
            quality[name]["basic_pitch"] = summary(material, found["notes"])
            quality[name]["basic_pitch"]["times_real_time"] = round(material["seconds"] / found["seconds"], 1)
        print(name, quality[name], file=sys.stderr)
    return quality


def summary(material: dict, found: dict[str, Notes]) -> dict[str, object]:
    """Mean F1 over files, with a bootstrap interval over them where there are several."""
    audible = {path: [note for note in notes if note[0] > EDGE_S] for path, notes in found.items()}
    scores = np.array([onset_f1(notes, audible[path], material["tolerance_s"]) for path, notes in material["files"].items()])
    figures: dict[str, object] = {"onset_f1": round(float(scores.mean()), 3)}
    if len(scores) > 1:
        rng = np.random.default_rng(BOOTSTRAP_SEED)
        means = scores[rng.integers(len(scores), size=(BOOTSTRAP_ROUNDS, len(scores)))].mean(axis=1)
        figures["interval_95"] = [round(float(bound), 3) for bound in np.quantile(means, [0.025, 0.975])]
    return figures


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
