"""The readers of ABC that `notation.py` measures, one a process.

    python benchmarks/notation_engines.py ENGINE TEXTS.json ROUNDS

Runs in whatever Python has the engine and prints one line of JSON: version, processor and wall seconds of each round, notes, tunes that
failed, peak memory. Each engine is a function from a text to its notes as ``(onset, length, pitch)``, in the engine's own units.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

WARM_UP = 20
ABC2MIDI_OPTIONS = ("-NGRA", "-NGUI")  # no grace notes, no accompaniment: notes that are written

Notes = list[tuple]
Counts = list  # the number of notes of each text, None where it could not be read
# Reads every text (or what it was prepared to), and returns a function that counts afterwards, so that counting costs no engine time.
Reader = Callable[[Sequence[Any]], Callable[[], Counts]]


def main() -> None:
    """Warm up, run, print."""
    name, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    texts = json.loads(Path(path).read_text())
    read, version = ENGINES[name]()
    texts = PREPARATIONS.get(name, list)(texts)
    read(texts[:WARM_UP])
    cpu_s, wall_s = [], []
    for _ in range(rounds):
        start_cpu_s, start_wall_s = _cpu_s(), time.perf_counter()
        count = read(texts)
        cpu_s.append(_cpu_s() - start_cpu_s)
        wall_s.append(time.perf_counter() - start_wall_s)
    counts = count()
    result = {
        "version": version,
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "notes": sum(count or 0 for count in counts),
        "failed": counts.count(None),
        "peak_mb": _peak_mb(),
    }
    print(json.dumps(result))


def _cpu_s() -> float:
    """Processor time of this process and of those it waited for."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _peak_mb() -> float:
    """Resident memory at most, without programs that are called; not `ru_maxrss`, in which a process starts with its parent's."""
    match = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert match
    return int(match[1]) / 1024


def _one_by_one(notes_of: Callable[[Any], Notes]) -> Reader:
    def read(texts: Sequence[Any]) -> Callable[[], Counts]:
        counts: Counts = []
        for text in texts:
            try:
                counts.append(len(notes_of(text)))
            except Exception:  # another program's failure is a figure here
                counts.append(None)
        return lambda: counts

    return read


# --- Ours ---------------------------------------------------------------------------------------------------------------------------


def read_and_expand() -> tuple[Reader, str]:
    """Reading, diagnostics included, and repeats played out."""
    from transformers_abc.notation.reader import read_abc
    from transformers_abc.notation.repeats import expand_repeats

    def notes_of(text: str) -> Notes:
        voices = expand_repeats(read_abc(text)).voices
        return [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in voices for note in voice.notes]

    return _one_by_one(notes_of), importlib.metadata.version("transformers_abc")


def read_only() -> tuple[Reader, str]:
    """Reading, diagnostics included."""
    from transformers_abc.notation.reader import read_abc

    def notes_of(text: str) -> Notes:
        return [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in read_abc(text).voices for note in voice.notes]

    return _one_by_one(notes_of), importlib.metadata.version("transformers_abc")


def read_and_write() -> tuple[Reader, str]:
    """Reading and writing canonical ABC."""
    from transformers_abc.notation.reader import read_abc
    from transformers_abc.notation.writer import write_abc

    def notes_of(text: str) -> Notes:
        tune = read_abc(text)
        write_abc(tune)
        return [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in tune.voices for note in voice.notes]

    return _one_by_one(notes_of), importlib.metadata.version("transformers_abc")


def read_midi() -> tuple[Reader, str]:
    """Reading the tunes from MIDI."""
    from transformers_abc.notation.midi_parts.midi_file import parse_midi
    from transformers_abc.notation.midi_reader import tune_of_midi

    def notes_of(data: bytes) -> Notes:
        voices = tune_of_midi(parse_midi(data)).voices
        return [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in voices for note in voice.notes]

    return _one_by_one(notes_of), importlib.metadata.version("transformers_abc")


def read_musicxml() -> tuple[Reader, str]:
    """Reading the tunes from MusicXML."""
    from transformers_abc.notation.musicxml import parse_musicxml

    def notes_of(data: bytes) -> Notes:
        voices = parse_musicxml(data).voices
        return [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in voices for note in voice.notes]

    return _one_by_one(notes_of), importlib.metadata.version("transformers_abc")


def _as_midi(texts: Sequence[str]) -> list[bytes]:
    from transformers_abc.notation.midi import midi_bytes
    from transformers_abc.notation.reader import read_abc

    return [midi_bytes(read_abc(text)) for text in texts]


def _as_musicxml(texts: Sequence[str]) -> list[bytes]:
    from transformers_abc.notation.musicxml_writer import write_musicxml
    from transformers_abc.notation.reader import read_abc

    return [write_musicxml(read_abc(text)).encode() for text in texts]


# --- Python packages ----------------------------------------------------------------------------------------------------------------


def music21() -> tuple[Reader, str]:
    """Notes of the flattened score; a chord counts as its notes."""
    from music21 import converter

    def notes_of(text: str) -> Notes:
        events = converter.parse(text, format="abc").flatten().notes
        return [(event.offset, event.duration.quarterLength, pitch.midi) for event in events for pitch in event.pitches]

    return _one_by_one(notes_of), importlib.metadata.version("music21")


def pyabc2() -> tuple[Reader, str]:
    """The notes of the tune as it is played."""
    from pyabc2 import Tune

    def notes_of(text: str) -> Notes:
        notes, onset = [], 0
        for note in Tune(text).iter_notes():
            notes.append((onset, note.duration, note.value))
            onset += note.duration
        return notes

    return _one_by_one(notes_of), importlib.metadata.version("pyabc2")


def abcnotes() -> tuple[Reader, str]:
    """The notes of the bars in the order in which they are played; the notes of a chord come in turn."""
    from abcnotes import Note, Tune

    def notes_of(text: str) -> Notes:
        notes, onset = [], 0
        for bar in Tune(abc=text, strict=False).expand_repeats(strict=False):
            for token in bar:
                if isinstance(token, Note):
                    notes.append((onset, token.abs_duration, token.pitch.abs_value))
                    onset += token.abs_duration
        return notes

    return _one_by_one(notes_of), importlib.metadata.version("abcnotes")


# --- abc2midi -----------------------------------------------------------------------------------------------------------------------


def abc2midi() -> tuple[Reader, str]:
    """A process a tune, which writes a MIDI file."""
    folder = Path(tempfile.mkdtemp(prefix="abc2midi-"))

    def read(texts: Sequence[str]) -> Callable[[], Counts]:
        paths = [folder / f"{number}.mid" for number in range(len(texts))]
        for path, text in zip(paths, texts):  # noqa: B905  (the engine's Python may be old)
            (folder / "tune.abc").write_text(text, encoding="utf-8", errors="replace")
            _abc2midi(folder / "tune.abc", "-o", str(path))
        return lambda: [_notes_in(path) for path in paths]

    return read, _abc2midi_version()


def abc2midi_batch() -> tuple[Reader, str]:
    """All tunes in one file, numbered anew, in one process, which writes a MIDI file a tune."""
    folder = Path(tempfile.mkdtemp(prefix="abc2midi-"))

    def read(texts: Sequence[str]) -> Callable[[], Counts]:
        numbered = [re.sub(r"^X:.*", f"X:{number}", text.strip(), count=1) for number, text in enumerate(texts, 1)]
        (folder / "book.abc").write_text("\n\n".join(numbered) + "\n", encoding="utf-8", errors="replace")
        _abc2midi(folder / "book.abc")
        return lambda: [_notes_in(folder / f"book{number}.mid") for number in range(1, len(texts) + 1)]

    return read, _abc2midi_version()


def _abc2midi(path: Path, *options: str) -> None:
    subprocess.run(["abc2midi", str(path), *ABC2MIDI_OPTIONS, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _abc2midi_version() -> str:
    return subprocess.run(["abc2midi", "-ver"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def _notes_in(path: Path) -> int | None:
    import mido

    if not path.exists():
        return None
    return sum(message.type == "note_on" and message.velocity > 0 for track in mido.MidiFile(path).tracks for message in track)


ENGINES: dict[str, Callable[[], tuple[Reader, str]]] = {
    "read_and_expand": read_and_expand,
    "read": read_only,
    "read_and_write": read_and_write,
    "read_midi": read_midi,
    "read_musicxml": read_musicxml,
    "music21": music21,
    "pyabc2": pyabc2,
    "abcnotes": abcnotes,
    "abc2midi": abc2midi,
    "abc2midi_batch": abc2midi_batch,
}

# What is done to the texts before an engine is timed.
PREPARATIONS: dict[str, Callable[[Sequence[str]], list]] = {"read_midi": _as_midi, "read_musicxml": _as_musicxml}

if __name__ == "__main__":
    main()
