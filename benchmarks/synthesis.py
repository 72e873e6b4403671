"""How fast music is made up with its labels, beside what one would use instead, and whether memory stays what it is.

    python benchmarks/synthesis.py --out docs/results/synthesis.json --scores openscore_quartets/ --baseline .baseline/bin/python

Seconds of audio at 16 kHz per second of processor time, clips of 10 s, one core. Clips with notes are what the listener is trained on: half
of the parts from the training SoundFont (rendered once, kept on disk), half from timbres drawn at random, or all at random. Clips with text
are those of the stream: three quarters from scores and one quarter composed, or all composed. Beside them stands sound alone, without
performance, room or labels, of the notes of the same clips as MIDI: by the program fluidsynth with the same SoundFont, by pretty_midi's
sines (`--baseline` is a Python that has it), and by eight sines a note in numpy. Five rounds each; the median counts.

Memory is that of a process of its own that makes an hour of stream: all that is resident, and what of it is the process's alone (the
SoundFont's notes are a file that processes share).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import mido
import numpy as np

from transformers_abc.data.synthetic_stream import SyntheticStream
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.scores import load_passages, load_pieces
from transformers_abc.synthesis.soundfonts import training_soundfont
from transformers_abc.synthesis.synthetic_clips import SyntheticClips

RATE, CLIP_S, CLIPS, ROUNDS, SEED = 16_000, 10.0, 24, 5, 3_000_017
VOICES = (1, 4)
MEMORY_MINUTES = (1, 10, 30, 60)
TICKS_A_SECOND = 960  # at 120 quarters a minute and 480 ticks a quarter

_MEMORY_CHILD = """
import sys
from pathlib import Path
from transformers_abc.data.synthetic_stream import SyntheticStream
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.scores import load_passages

soundfont, cache, scores, *minutes = sys.argv[1:]
passages = load_passages(Path(scores), Path(cache))[0] if scores else ()
stream = SyntheticStream(0, passages, SoundFontBank(Path(soundfont), 16_000, Path(cache)), orchestra_share=0.5)
seconds, wanted = 0.0, [float(m) for m in minutes]
for example in stream:
    seconds += len(example["audio"]) / 16_000
    if seconds >= 60 * wanted[0]:
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        print(wanted.pop(0), *(int(status[key].split()[0]) // 1024 for key in ("VmRSS", "RssAnon")), flush=True)
        if not wanted:
            break
"""

_PRETTY_MIDI_CHILD = """
import sys, time
import pretty_midi
music = pretty_midi.PrettyMIDI(sys.argv[1])
start = time.process_time()
music.synthesize(fs=int(sys.argv[2]))
print(time.process_time() - start)
"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--scores", type=Path, help="folder of scores (default: invented and composed music only)")
    parser.add_argument("--soundfont", type=Path, help="default: as for training")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="where scores and the SoundFont's notes are kept")
    parser.add_argument("--baseline", type=Path, help="a Python that has pretty_midi")
    options = parser.parse_args()
    soundfont = training_soundfont(options.soundfont)
    bank, bank_s = prepared(soundfont, options.cache)
    pieces = load_pieces(options.scores, options.cache)[0] if options.scores else []
    passages = load_passages(options.scores, options.cache)[0] if options.scores else []
    results = {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__},
        "material": {"soundfont": soundfont.name, "pieces": len(pieces), "passages": len(passages)},
        "soundfont_s": bank_s,
        "with_notes": {
            name: by_voices(lambda source=source: clips_with_notes(pieces, source))
            for name, source in (("soundfont and random", bank), ("random", None))
        },
        "with_text": {
            f"{name}, {music}": by_voices(lambda share=share, texts=texts: clips_with_text(texts, bank, share))
            for name, share in (("soundfont", 1.0), ("random", 0.0))
            for music, texts in (("scores", passages), ("composed", []))
            if texts or music == "composed"
        },
        "sound_alone": {str(voices): sound_alone(pieces, voices, soundfont, options.baseline) for voices in VOICES},
        "memory_mb": memory(soundfont, options.cache, options.scores),
    }
    write_whole(options.out, json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


def prepared(soundfont: Path, cache: Path) -> tuple[SoundFontBank, dict[str, float]]:
    """The bank, and how long it takes to render it and to open it again."""
    with tempfile.TemporaryDirectory() as folder:
        start_s = time.perf_counter()
        SoundFontBank(soundfont, RATE, Path(folder))
        rendered_s = time.perf_counter() - start_s
        megabytes = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    SoundFontBank(soundfont, RATE, cache)
    start_s = time.perf_counter()
    bank = SoundFontBank(soundfont, RATE, cache)
    return bank, {"to_render": round(rendered_s, 1), "to_open": round(time.perf_counter() - start_s, 4), "megabytes": round(megabytes)}


def clips_with_notes(pieces: Sequence, bank: SoundFontBank | None) -> tuple[Callable[[int], np.ndarray], Callable[[int], int]]:
    """What makes the audio of a clip by its number, and what counts its voices."""
    clips = SyntheticClips(pieces, bank, SEED, RATE, CLIP_S)
    return lambda index: clips[index].audio, lambda index: len({note.part for note in clips[index].notes})


def clips_with_text(passages: Sequence[str], bank: SoundFontBank, share: float) -> tuple[Callable[[int], np.ndarray], Callable[[int], int]]:
    """The same of the stream."""
    stream = SyntheticStream(SEED, passages, bank, orchestra_share=share, sampling_rate=RATE, clip_s=CLIP_S)
    return lambda index: stream[index]["audio"], lambda index: len(set(stream[index]["notes"]["part"]))


def by_voices(make: Callable[[], tuple[Callable[[int], np.ndarray], Callable[[int], int]]]) -> dict[str, float]:
    """Seconds of audio a second of processor time, for clips of so many voices and for clips as they come."""
    audio, voices = make()
    found: dict[int, list[int]] = {number: [] for number in VOICES}
    index = 0
    while min(map(len, found.values())) < CLIPS:
        if (number := voices(index)) in found:
            found[number].append(index)
        index += 1
    rates = {f"{number} voices": rate(audio, indices[:CLIPS]) for number, indices in found.items()}
    return {**rates, "as they come": rate(audio, range(CLIPS))}


def rate(audio: Callable[[int], np.ndarray], indices: Sequence[int]) -> float:
    """The median of a few rounds."""
    rates = []
    for _ in range(ROUNDS):
        start_s, seconds = time.process_time(), 0.0
        for index in indices:
            seconds += len(audio(index)) / RATE
        rates.append(seconds / (time.process_time() - start_s))
    return round(statistics.median(rates), 1)


def sound_alone(pieces: Sequence, voices: int, soundfont: Path, baseline: Path | None) -> dict[str, float]:
    """Seconds of audio a second of processor time for the notes of clips with so many voices, one after another."""
    clips = SyntheticClips(pieces, None, SEED, RATE, CLIP_S)
    chosen, index = list[tuple[PlayedNote, ...]](), 0
    while len(chosen) < CLIPS:
        notes = clips[index].notes
        if len({note.part for note in notes}) == voices:
            chosen.append(notes)
        index += 1
    seconds = CLIPS * CLIP_S
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clips.mid"
        midi_of(chosen).save(path)
        rates = {
            "fluidsynth, the program": [seconds / fluidsynth_s(path, soundfont) for _ in range(ROUNDS)],
            "eight sines a note, numpy": [seconds / sines_s(chosen) for _ in range(ROUNDS)],
        }
        if baseline:
            command = [str(baseline), "-c", _PRETTY_MIDI_CHILD, str(path), str(RATE)]
            rates["pretty_midi, sines"] = [seconds / float(subprocess.check_output(command, text=True)) for _ in range(ROUNDS)]
    about = {"notes a second": round(sum(map(len, chosen)) / seconds, 1)}
    return about | {name: round(statistics.median(values), 1) for name, values in rates.items()}


def midi_of(clips: Sequence[Sequence[PlayedNote]]) -> mido.MidiFile:
    """Clips one after another, a track a part."""
    tracks = {part: mido.MidiTrack() for part in sorted({note.part for notes in clips for note in notes})}
    for number, (part, track) in enumerate(tracks.items()):
        channel = number if number < 9 else number + 1  # 9 is for drums
        events = []
        for place, notes in enumerate(clips):
            for note in (note for note in notes if note.part == part):
                on_s, off_s = (max(time_s, 0.0) + place * CLIP_S for time_s in (note.onset_s, min(note.offset_s, CLIP_S)))
                velocity = max(round(note.loudness * 127), 1)
                events.append((on_s, 1, mido.Message("program_change", program=note.instrument.program, channel=channel)))
                events.append((on_s, 2, mido.Message("note_on", note=note.pitch_midi, velocity=velocity, channel=channel)))
                events.append((off_s, 0, mido.Message("note_off", note=note.pitch_midi, channel=channel)))
        reached = 0
        for time_s, _, message in sorted(events, key=lambda event: event[:2]):
            tick = round(time_s * TICKS_A_SECOND)
            track.append(message.copy(time=tick - reached))
            reached = tick
    return mido.MidiFile(tracks=list(tracks.values()), ticks_per_beat=480)


def fluidsynth_s(midi: Path, soundfont: Path) -> float:
    """Processor time of the program, less what it takes to load the SoundFont."""
    empty = midi.with_name("empty.mid")
    mido.MidiFile(tracks=[mido.MidiTrack([mido.Message("note_on", velocity=1), mido.Message("note_off", time=1)])]).save(empty)
    used_s = []
    for path in (midi, empty):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["fluidsynth", "-ni", "-q", "-r", str(RATE), "-F", str(midi.with_suffix(".wav")), str(soundfont), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return used_s[0] - used_s[1]


def sines_s(clips: Sequence[Sequence[PlayedNote]]) -> float:
    """Processor time of the plainest synthesis there is."""
    start_s = time.process_time()
    for notes in clips:
        mix = np.zeros(int(CLIP_S * RATE), dtype=np.float32)
        for note in notes:
            first, last = (min(max(int(time_s * RATE), 0), len(mix)) for time_s in (note.onset_s, note.offset_s))
            turns = np.arange(last - first) * np.float32(2 * np.pi * 440 * 2 ** ((note.pitch_midi - 69) / 12) / RATE)
            for harmonic in range(1, 9):
                mix[first:last] += np.sin(harmonic * turns) * np.float32(note.loudness / harmonic)
    return time.process_time() - start_s


def memory(soundfont: Path, cache: Path, scores: Path | None) -> dict[str, dict[str, int]]:
    """Of an hour of stream, after so many minutes of it."""
    command = [sys.executable, "-c", _MEMORY_CHILD, str(soundfont), str(cache), str(scores or ""), *map(str, MEMORY_MINUTES)]
    rows = [line.split() for line in subprocess.check_output(command, text=True).splitlines()]
    return {f"{float(minutes):g} min": {"resident": int(resident), "own": int(own)} for minutes, resident, own in rows}


if __name__ == "__main__":
    main()
