"""Round trips on music of other people: what is written is read back as it was.

    python benchmarks/round_trips.py --scores openscore_quartets/ --out docs/results/round_trips.json

- ABC: every tune of music21's corpus (put there by tests/oracles/install), read, written, read and written again, also interleaved.
- MIDI and MusicXML: every score of the folder, read from MusicXML, written and read back. MIDI holds no spelling, clefs or marks and plays
  repeats out, so notes are compared by onset, length and pitch, after playing the tune out.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import mido

from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.midi_reader import tune_of_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.musicxml_writer import write_musicxml
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scores", type=Path, required=True, help="folder of MusicXML scores")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    scores = sorted(path for path in options.scores.rglob("*") if path.suffix in (".mxl", ".musicxml", ".xml"))
    with ProcessPoolExecutor(options.processes) as pool:
        trips = partial(_count, pool)
        results = {
            "ABC": trips("tunes of music21's corpus", through_abc, _corpus_texts()),
            "MusicXML": trips("OpenScore string quartets", through_musicxml, scores),
            "MIDI": trips("OpenScore string quartets", through_midi, scores),
            "ABC of scores": trips("OpenScore string quartets", score_through_abc, scores),
        }
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def _count(pool: ProcessPoolExecutor, what: str, trip: Callable[..., str], items: Sequence[object]) -> dict:
    differ = {}
    for item, difference in zip(items, pool.map(trip, items, chunksize=1 if len(items) < 1000 else 100), strict=True):
        if difference:
            differ[item.name if isinstance(item, Path) else str(item)[:60]] = difference
            print(item if isinstance(item, Path) else "", difference, file=sys.stderr, flush=True)
    return {"what": what, "n": len(items), "identical": len(items) - len(differ), "differ": differ}


def _corpus_texts() -> list[str]:
    from oracles import corpus

    folder = corpus.folder()
    if folder is None:
        raise SystemExit("music21's corpus is missing: run tests/oracles/install")
    return [tune.text for tune in corpus.tunes(folder)]


def through_abc(text: str) -> str:
    """What a tune loses on the way from ABC to ABC; nothing, one hopes."""
    tune = read_abc(text)
    written = write_abc(tune)
    if read_abc(written) != tune:
        return "another tune"
    if write_abc(read_abc(written)) != written:
        return "another text"
    return "" if read_abc(write_abc(tune, interleave=True)) == tune else "another tune when interleaved"


def score_through_abc(path: Path) -> str:
    """What a score loses on the way through ABC: it is compared as ABC first has it, since MusicXML says some things in several ways."""
    tune = read_abc(write_abc(read_musicxml(path)))
    return _difference(tune, read_abc(write_abc(tune))) or _notes_differ(read_musicxml(path), tune)


def through_musicxml(path: Path) -> str:
    """What a score loses on the way from MusicXML to MusicXML."""
    tune = read_musicxml(path)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "score.musicxml")
        written.write_text(write_musicxml(tune), encoding="utf-8")
        return _difference(tune, read_musicxml(written))


def through_midi(path: Path) -> str:
    """What a score loses on the way through MIDI, of what MIDI can hold."""
    tune = expand_repeats(read_musicxml(path))
    data = midi_bytes(tune)
    read = tune_of_midi(mido.MidiFile(file=io.BytesIO(data)))
    if difference := _notes_differ(tune, read):
        return difference
    if tune.bar_lengths_wn != read.bar_lengths_wn:
        return "other bars"
    return "" if midi_bytes(read) == data else "other bytes"


def _difference(tune: Tune, read: Tune) -> str:
    """The fields that differ."""
    fields = [name for name in Tune.__dataclass_fields__ if name != "diagnostics" and getattr(tune, name) != getattr(read, name)]
    voices = [
        f"{name} of voice {number}"
        for number, (before, after) in enumerate(zip(tune.voices, read.voices, strict=False), 1)
        for name in ("notes", "name", "program", "clef", "marks")
        if getattr(before, name) != getattr(after, name)
    ]
    return ", ".join([*(name for name in fields if name != "voices"), *voices]) or ("number of voices" if fields else "")


def _notes_differ(tune: Tune, read: Tune) -> str:
    """How many notes of all voices differ in onset, length or pitch."""
    before, after = (
        {(index, note.onset_wn, note.length_wn, note.pitch_midi) for index, voice in enumerate(each.voices) for note in voice.notes}
        for each in (tune, read)
    )
    return f"{len(before - after)} of {len(before)} notes" if before != after else ""


if __name__ == "__main__":
    sys.exit(main())
