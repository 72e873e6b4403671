"""abc2midi as an oracle: a text is played by the program, and its MIDI file is read.

A process plays one tune: several tunes of one file would share what earlier ones set. Grace notes, chord symbols and fermatas are switched
off. The program always exits with 0, so its complaints are read; some texts hang it, so it has a time limit.

abc2midi starts every note one tick late, so that repeated notes can be told from held ones; that tick is given back here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import mido

from .memory import Answer, answers
from .sounding import Sounding

OPTIONS = ("-NGRA", "-NGUI", "-NFER")
SECONDS_A_TUNE = 10
PROCESSES = 2
_NUMBER = re.compile(r"^X:[ \t]*(\d+)", re.MULTILINE)
_READING = "5"  # of this file's reading of MIDI: goes into what the answers are kept by


@cache
def version() -> str | None:
    """The program's version, or None where it is not installed."""
    program = shutil.which("abc2midi")
    return subprocess.run([program, "-ver"], capture_output=True, text=True, check=False).stdout.strip() if program else None


def play(texts: Sequence[str], memory: Path, tune: int = 0) -> list[Answer]:
    """What abc2midi plays for each text.

    Args:
        texts: bytes that are no UTF-8 stand in them as surrogates.
        memory: where answers are kept.
        tune: which tune of each text, from 0.

    Returns:
        dicts of ``notes`` (`Sounding`s), ``tempos`` (onset in whole notes, quarter notes a minute), ``programs`` of the voices in turn and
        ``complaints``.
    """
    told = answers(memory, f"abc2midi {version()} {OPTIONS} {_READING} {tune}", texts, partial(_play, tune=tune))
    return [answer | {"notes": [Sounding(*note) for note in answer["notes"]]} for answer in told]


def _play(texts: Sequence[str], tune: int) -> Iterator[Answer]:
    with ThreadPoolExecutor(PROCESSES) as pool:
        yield from pool.map(partial(_play_one, tune=tune), texts)


def _play_one(text: str, tune: int) -> Answer:
    numbers = _NUMBER.findall(text)
    number = numbers[tune : tune + 1]  # none: the first, since a text may lack an X:
    with TemporaryDirectory(prefix="abc2midi") as folder:
        abc_path, midi_path = Path(folder) / "tune.abc", Path(folder) / "tune.mid"
        abc_path.write_text(text, encoding="utf-8", errors="surrogateescape")
        try:
            done = subprocess.run(
                ["abc2midi", abc_path, *number, "-o", midi_path, *OPTIONS], capture_output=True, timeout=SECONDS_A_TUNE, check=False
            )
        except subprocess.TimeoutExpired:
            return {"notes": [], "tempos": [], "programs": [], "complaints": ["it hangs"]}
        output = (done.stdout + done.stderr).decode("utf-8", "replace")
        complaints = [line for line in output.splitlines() if line.startswith(("Error", "Warning"))]
        if done.returncode < 0:
            complaints.append(f"it crashes (signal {-done.returncode})")
        if not midi_path.exists():
            return {"notes": [], "tempos": [], "programs": [], "complaints": complaints or ["no MIDI file"]}
        return _read(mido.MidiFile(midi_path)) | {"complaints": complaints}


def _read(midi: mido.MidiFile) -> Answer:
    ticks_per_whole = midi.ticks_per_beat * 4
    notes: list[tuple[float, float, int]] = []
    tempos: list[tuple[float, float]] = []
    programs: list[int] = []
    for track in midi.tracks:
        now, began = 0, defaultdict(list)
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity > 0:
                began[message.channel, message.note].append(now - 1)
            elif message.type in ("note_on", "note_off"):
                start = began[message.channel, message.note].pop(0)
                notes.append((start / ticks_per_whole, (now - start) / ticks_per_whole, message.note))
            elif message.type == "set_tempo":
                tempos.append((now / ticks_per_whole, round(float(Fraction(60_000_000, message.tempo)), 2)))
            elif message.type == "program_change":
                programs.append(message.program)
    return {"notes": sorted(notes), "tempos": tempos, "programs": programs}
