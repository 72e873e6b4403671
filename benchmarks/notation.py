r"""How fast ABC is read, beside everything else that reads it: the same tunes, one run, one process each.

    python benchmarks/notation.py --out docs/results/notation.json --readers .readers/bin/python

The tunes are 1,000 of music21's corpus (`make oracles` installs it), drawn by seed; every engine gets the same texts and has to give notes
with their times. Each engine is warmed up, then runs three times. Figures are of processor time, children included, since wall time
on a shared machine says more about the others; wall time stands beside it in the JSON file. How many notes an engine gives is counted: what
it does not read costs it no time. `--readers` is a Python that has music21, pyabc2 and abcnotes (`make .readers/installed`).

Also: texts of 100 kB, and the hostile texts of tests/fuzz, in ms a kB (of 1,000 bytes).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fuzz.failures import bad_cases  # noqa: E402  (the tests' packages are found through the line above)
from fuzz.hostile import HOSTILE  # noqa: E402
from fuzz.mutations import as_text  # noqa: E402
from oracles.corpus import folder as corpus_folder  # noqa: E402
from oracles.corpus import tunes as corpus_tunes  # noqa: E402

OURS = "transformers_abc"
TUNES, SEED = 1_000, 85
SLOW_ENGINE_TUNES = 100  # for an engine that would take minutes
ROUNDS = 3
LONG_CHARACTERS = 100_000
LONG_TIMEOUT_S = 120
PYABC2_SKIPS = (
    "chords (an error), rests, ties, broken rhythm, tuplets, accidentals after their note, voices, onsets; a repeat without a start "
    "repeats all before it, so that it finds notes that are not there"
)
ENGINES_SCRIPT = Path(__file__).with_name("notation_engines.py")
ABCJS_SCRIPT = Path(__file__).with_name("notation_abcjs.mjs")


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that reads ABC.

    Attributes:
        name: as in the results.
        command: gets the path of a JSON list of texts and the number of rounds, and prints one JSON object.
        skips: what it does not give.
        is_slow: whether it gets fewer tunes.
        reads_long: whether it is tried on the long texts.
    """

    name: str
    command: tuple[str, ...]
    skips: str = ""
    is_slow: bool = False
    reads_long: bool = True


def main() -> None:
    """Measure and write one JSON file."""
    parser = argparse.ArgumentParser(description="Measure how fast ABC is read.")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--readers", type=Path, help="a Python that has music21, pyabc2 and abcnotes")
    parser.add_argument("--tunes", type=int, default=TUNES, help="how many tunes (default: %(default)s)")
    options = parser.parse_args()
    corpus = corpus_folder()
    if corpus is None:
        parser.error("music21's corpus is not installed: run tests/oracles/install")
    sample = Random(SEED).sample(list(corpus_tunes(corpus)), options.tunes)
    texts = [tune.text.rstrip() + "\n" for tune in sample]
    engines = list(available_engines(options.readers))
    results = {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "sample": {
            "tunes": len(texts),
            "seed": SEED,
            "sha256": sha256(json.dumps(texts).encode()).hexdigest()[:16],
            "kilobytes": round(sum(len(text.encode()) for text in texts) / 1000, 1),
            "first": sample[0].name,
        },
        "engines": {engine.name: measured(engine, texts) for engine in engines},
        "long": measure_long([engine for engine in engines if engine.reads_long]),
        "hostile": measure_hostile(engines[0]),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


def available_engines(readers: Path | None) -> Iterator[Engine]:
    """Ours first, then what is installed; what is missing is said."""
    ours = (sys.executable, str(ENGINES_SCRIPT))
    yield Engine(OURS, (*ours, "read_and_expand"))
    yield Engine(f"{OURS}, reading only", (*ours, "read"), "repeats", reads_long=False)
    yield Engine(f"{OURS}, reading and writing", (*ours, "read_and_write"), "repeats", reads_long=False)
    yield Engine(f"{OURS}, from MIDI", (*ours, "read_midi"), "what MIDI does not say", reads_long=False)
    yield Engine(f"{OURS}, from MusicXML", (*ours, "read_musicxml"), "repeats", reads_long=False)
    if readers:
        theirs = (str(readers), str(ENGINES_SCRIPT))
        yield Engine("abcnotes", (*theirs, "abcnotes"), "ties, grace notes (read as notes), voices (read one after the other), onsets")
        yield Engine(
            "pyabc2",
            (*theirs, "pyabc2"),
            PYABC2_SKIPS,
        )
        yield Engine("music21", (*theirs, "music21"), "repeats (marked, not played)", is_slow=True, reads_long=False)
    else:
        print("--readers is not given: music21, pyabc2 and abcnotes are left out", file=sys.stderr)
    if shutil.which("abc2midi"):
        yield Engine("abc2midi, a process a tune", (*ours, "abc2midi"))
        yield Engine("abc2midi, one file", (*ours, "abc2midi_batch"), reads_long=False)
    else:
        print("abc2midi is not installed (Debian: abcmidi): left out", file=sys.stderr)
    modules = ROOT / ".oracles" / "node_modules"
    if shutil.which("node") and modules.is_dir():
        yield Engine("abcjs", ("node", str(ABCJS_SCRIPT), str(modules)))
    else:
        print("node or abcjs is not installed (tests/oracles/install): abcjs is left out", file=sys.stderr)


def measured(engine: Engine, texts: Sequence[str]) -> dict:
    """Figures of one engine on the sample."""
    chosen = texts[:SLOW_ENGINE_TUNES] if engine.is_slow else texts
    raw = run(engine, chosen, ROUNDS)
    tunes_a_second = sorted(len(chosen) / seconds for seconds in raw["cpu_s"])
    median = statistics.median(tunes_a_second)
    figures = {
        "version": raw["version"],
        "tunes": len(chosen),
        "tunes_failed": raw["failed"],
        "notes": raw["notes"],
        "tunes_per_s": {"min": round(tunes_a_second[0], 1), "median": round(median, 1), "max": round(tunes_a_second[-1], 1)},
        "notes_per_s": round(median * raw["notes"] / len(chosen)),
        "wall_s": [round(seconds, 3) for seconds in raw["wall_s"]],
        "peak_mb": round(raw["peak_mb"]),
        "skips": engine.skips,
    }
    print(engine.name, figures, file=sys.stderr)
    return figures


def measure_long(engines: Sequence[Engine]) -> dict[str, dict]:
    """Milliseconds a kB on long texts; an engine may fail or give up."""
    texts = {"one voice, 100 kB": long_tune(LONG_CHARACTERS), "30 voices, 100 kB": many_voices(30, LONG_CHARACTERS)}
    figures: dict[str, dict] = {}
    for label, text in texts.items():
        for engine in engines:
            try:
                raw = run(engine, [text], ROUNDS, LONG_TIMEOUT_S)
                ms_per_kb = statistics.median(raw["cpu_s"]) * 1000 / (len(text) / 1000)
                figure = {
                    "ms_per_kb": round(ms_per_kb, 2),
                    "notes": raw["notes"],
                    "peak_mb": round(raw["peak_mb"]),
                    "fails": bool(raw["failed"]),
                }
            except subprocess.TimeoutExpired:
                figure = {"gave_up_after_s": LONG_TIMEOUT_S}
            figures.setdefault(label, {})[engine.name] = figure
            print(label, engine.name, figure, file=sys.stderr)
    return figures


def long_tune(characters: int) -> str:
    """Four bars of everyday music again and again."""
    music = '|"G"GABc d2ef g2fe dcBA|^G2 A>B (3cde f2 [CEG]4 z2 A-A|!upbow!a2 ba g4 "Em"E<G B2 e/2f/2g/2a/2 b2|c\'2 a2 _B2 =B2 d8|\n'
    return ("X:1\nT:Long\nM:4/2\nL:1/8\nK:G\n" + music * (characters // len(music) + 1))[:characters]


def many_voices(voices: int, characters: int) -> str:
    """A score written in systems of four bars."""
    system = "".join(f"[V:{voice}] CDEF GABc|d2c2 B2A2|G4 z4|[CE]2 [DF]2 E4|\n" for voice in range(1, voices + 1))
    head = "X:1\nT:Score\nM:4/4\nL:1/8\n" + "".join(f"V:{voice} clef=treble\n" for voice in range(1, voices + 1)) + "K:C\n"
    return head + system * ((characters - len(head)) // len(system))


def measure_hostile(engine: Engine) -> dict:
    """The slowest of the texts that upset readers and of the bad cases that fuzzing kept; texts below 1 kB count as 1 kB."""
    texts = HOSTILE | {path.stem: as_text(path.read_bytes()) for path in bad_cases()}
    slowest: dict[str, float] = {}
    for label, text in texts.items():
        raw = run(engine, [text], ROUNDS)
        slowest[label] = round(min(raw["cpu_s"]) * 1000 / max(len(text.encode("utf-8", "replace")) / 1000, 1), 2)
    worst = max(slowest, key=lambda label: slowest[label])
    return {
        "texts": len(slowest),
        "worst": worst,
        "worst_ms_per_kb": slowest[worst],
        "median_ms_per_kb": statistics.median(slowest.values()),
    }


def run(engine: Engine, texts: Sequence[str], rounds: int, timeout_s: float | None = None) -> dict:
    """One process of an engine over some texts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts))
        command = [*engine.command, str(path), str(rounds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=timeout_s, check=False)
    if done.returncode:
        raise RuntimeError(f"{engine.name} ended with status {done.returncode}; its message stands above")
    result = json.loads(done.stdout.rsplit("\n", 2)[-2])
    if result["failed"] and engine.name.startswith(OURS):
        raise RuntimeError(f"{engine.name} fails on {result['failed']} of {len(texts)} texts: mend the reader before measuring it")
    return result


if __name__ == "__main__":
    main()
