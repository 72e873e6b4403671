"""What must hold for every text, as functions that raise where it does not, and the bounds on time and memory.

A target takes a text and returns how many bytes it handled besides: what it wrote and read again. Which target an input goes to is
decided by the input itself (`target_of`), so that a run can be repeated and every property gets its share. Time is that of the thread on
a processor; other processes do not count.
"""

from __future__ import annotations

import re
import signal
import time
import traceback
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise, zip_longest
from pathlib import Path
from types import FrameType
from typing import Any
from zlib import crc32

import transformers_abc
from fuzz.mutations import as_bytes, as_text
from transformers_abc.notation.diagnostics import MAX_DIAGNOSTICS, AbcError, Severity
from transformers_abc.notation.encodings import decode_abc
from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.midi_parts.midi_file import parse_midi
from transformers_abc.notation.midi_reader import tune_of_midi
from transformers_abc.notation.musicxml import parse_musicxml
from transformers_abc.notation.musicxml_writer import write_musicxml
from transformers_abc.notation.reader import read_abc, read_tunes
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Tune, Voice
from transformers_abc.notation.writer import write_abc

PACKAGE = Path(transformers_abc.__file__).parent

MS_PER_KB, MS_ALWAYS = 50, 20  # a kB is 1,000 bytes
STUCK_FACTOR, STUCK_S = 10, (2.0, 20.0)  # a target is stopped after so many times what it may take, within these bounds
BYTES_PER_BYTE, BYTES_ALWAYS = 1_000, 2_000_000  # of memory, for each byte of the text; about twice the most that was seen
SLOW = "slow in "  # begins the kind of a failure
BYTES_OF_A_BAR = 10  # what an empty bar counts for in a format that does not write it
CALIBRATION_S = 0.015  # what `machine_factor` measures on the machine that the bounds were chosen on


class PropertyError(AssertionError):
    """Something that should hold for every text does not hold for this one."""


class StuckError(BaseException):
    """Raised into a target that does not come back; no `Exception`, so that nothing under test catches it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A property that failed on an input.

    Attributes:
        target: name of the property.
        kind: what failed and where, without line numbers, so that the same fault has the same kind after an edit.
        detail: the message.
    """

    target: str
    kind: str
    detail: str


# --- Targets ------------------------------------------------------------------------------------------------------------------------


def check_read_abc(text: str) -> int:
    """Any text is a tune."""
    read_abc(text)
    return 0


def check_read_tunes(text: str) -> int:
    """Any text is a tune book of one tune at least."""
    if not list(read_tunes(text)):
        raise PropertyError("read_tunes gives a tune differ")
    return 0


def check_strict(text: str) -> int:
    """Strict reading either raises the first error, or there is none."""
    tune = read_abc(text)
    errors = [diagnostic for diagnostic in tune.diagnostics if diagnostic.severity is Severity.ERROR]
    try:
        read_abc(text, strict=True)
    except AbcError as error:
        if error.diagnostic not in errors:
            raise PropertyError(f"strict reading differ: {error} is no finding of reading {[str(each) for each in errors]}") from error
    else:
        if errors:
            raise PropertyError(f"strict reading differ: nothing is raised for {errors[0]}")
    return len(text)


def check_article(text: str) -> int:
    """Any text can be read in the article's dialect."""
    read_abc(text, dialect="article")
    return 0


def check_bytes(text: str) -> int:
    """Any bytes are a text."""
    read_abc(decode_abc(as_bytes(text)))
    return 0


def check_sound(text: str) -> int:
    """A tune that was read keeps the conventions of `Tune`, as written and with repeats played out."""
    tune = read_abc(text)
    _check_conventions(tune, "read")
    lines = text.count("\n") + text.count("\r") + text.count("\\n") + 1
    for diagnostic in tune.diagnostics:
        if not 1 <= diagnostic.line <= lines or diagnostic.column < 1 or len(str(diagnostic).splitlines()) != 1:
            raise PropertyError(f"diagnostics stand in the text differ: {diagnostic!r}")
    if len(tune.diagnostics) > MAX_DIAGNOSTICS + 1:
        raise PropertyError(f"diagnostics are bounded differ: {len(tune.diagnostics)}")
    played = expand_repeats(tune)
    _check_conventions(played, "played")
    if played.part_order or any(line.plays > 1 or line.endings or line.starts_repeat for _, line in played.bar_lines):
        raise PropertyError("repeats are played out differ")
    return sum(len(voice.notes) + len(voice.marks) for voice in played.voices) + len(played.bar_lengths_wn)


def check_round_trip(text: str) -> int:
    """What was read can be written, and reads back the same."""
    return _check_read_back(read_abc(text), interleave=False)


def check_interleaved(text: str) -> int:
    """Also with the lines of the voices in turn."""
    return _check_read_back(read_abc(text), interleave=True)


def check_midi(text: str) -> int:
    """What was read can be written as MIDI, which can be read."""
    tune = read_abc(text)
    data = midi_bytes(tune)
    tune_of_midi(parse_midi(data))
    return len(data) + BYTES_OF_A_BAR * len(tune.bar_lengths_wn)


def check_musicxml(text: str) -> int:
    """What was read can be written as MusicXML, which can be read, unless its times are too fine for the format."""
    try:
        document = write_musicxml(read_abc(text))
    except ValueError as error:
        if "quantise them" not in str(error):
            raise
        return 0
    parse_musicxml(document.encode())
    return len(document)


def _check_conventions(tune: Tune, when: str) -> None:
    """Orders and ranges that the attributes of `Tune`, `Voice` and `Note` promise."""
    end_wn = tune.length_wn
    bounds_wn = {*tune.bar_onsets_wn, end_wn}
    timed: list[tuple[tuple[Fraction, object], ...]] = [tune.metres, tune.keys, tune.tempos, tune.bar_lines, tune.parts]
    timed += [voice.marks for voice in tune.voices]
    notes = [note for voice in tune.voices for note in voice.notes]
    held = {
        "bars have a length": all(length_wn > 0 for length_wn in tune.bar_lengths_wn),
        "metre and key stand at 0": tune.metres[0][0] == 0 == tune.keys[0][0],
        "changes and marks are in time order": all(a[0] <= b[0] for values in timed for a, b in pairwise(values)),
        "changes and marks lie in the tune": all(0 <= onset_wn <= end_wn for values in timed for onset_wn, _ in values),
        "bar lines stand at bars": bounds_wn >= {onset_wn for onset_wn, _ in tune.bar_lines},
        "notes lie in the tune": all(note.onset_wn >= 0 and note.end_wn <= end_wn for note in notes),
        "notes are in order": all(
            (a.onset_wn, a.pitch_midi) <= (b.onset_wn, b.pitch_midi) for voice in tune.voices for a, b in pairwise(voice.notes)
        ),
        "pitches are MIDI numbers": all(0 <= note.pitch_midi < 128 for note in notes),
        "texts are one line": all(
            len(one.splitlines()) <= 1 for one in (tune.title, tune.composer, *(voice.name for voice in tune.voices))
        ),
    }
    broken = [name for name, holds in held.items() if not holds]
    if broken:
        raise PropertyError(f"{when}: {broken[0]} differ")


def _check_read_back(tune: Tune, *, interleave: bool) -> int:
    written = write_abc(tune, interleave=interleave)
    back = read_abc(written)
    if back != tune:
        raise PropertyError(f"read back: {_first_difference(tune, back)}")
    return 2 * len(written)


def _first_difference(tune: Tune, back: Tune) -> str:
    """Which attribute differs first, of the tune or of a voice, and the first values that do."""
    pairs: list[tuple[str, Any, Any]] = [(field.name, getattr(tune, field.name), getattr(back, field.name)) for field in fields(Tune)]
    if len(tune.voices) == len(back.voices):
        for ours, theirs in zip(tune.voices, back.voices, strict=True):
            pairs = [(f"voices {field.name}", getattr(ours, field.name), getattr(theirs, field.name)) for field in fields(Voice)] + pairs
    for name, ours, theirs in pairs:
        if name != "diagnostics" and ours != theirs:
            if isinstance(ours, tuple):
                ours, theirs = next((a, b) for a, b in zip_longest(ours, theirs) if a != b)
                name += f" {type((ours or theirs)[-1]).__name__}" if name == "voices marks" else ""
            return f"{name} differ: {ours!r} became {theirs!r}"
    return "something differ"


# Each with its share of the executions, in hundredths.
TARGETS: dict[str, tuple[Callable[[str], int], int]] = {
    "read_abc": (check_read_abc, 74),
    "read_tunes": (check_read_tunes, 10),
    "strict": (check_strict, 3),
    "article": (check_article, 4),
    "bytes": (check_bytes, 1),
    "sound": (check_sound, 3),
    "round_trip": (check_round_trip, 2),
    "interleaved": (check_interleaved, 1),
    "midi": (check_midi, 1),
    "musicxml": (check_musicxml, 1),
}
_SHARES = tuple(name for name, (_, hundredths) in TARGETS.items() for _ in range(hundredths))


def target_of(data: bytes) -> str:
    """The property that an input is for."""
    return _SHARES[crc32(data) % len(_SHARES)]


# --- Checking -----------------------------------------------------------------------------------------------------------------------


def check(target: str, data: bytes, *, patience: float = 1.0) -> Failure | None:
    """Run a target on an input once.

    Args:
        target: a key of `TARGETS`.
        data: the input.
        patience: factor on the bound of time, for instrumented code and slow machines.

    Returns:
        What failed, or None. Slowness is seen in one run here; see `failures.confirmed`.
    """
    run, _ = TARGETS[target]
    text = as_text(data)
    signal.signal(signal.SIGVTALRM, _stop)
    stuck_s = patience * min(max(STUCK_FACTOR * allowed_s(len(data)), STUCK_S[0]), STUCK_S[1])
    signal.setitimer(signal.ITIMER_VIRTUAL, stuck_s)
    start_s = time.thread_time()
    try:
        further_bytes = run(text)
    except StuckError:
        return Failure(target, SLOW + target, f"{len(data)} bytes, not finished after {stuck_s:.0f} s")
    except Exception as error:  # whatever it is, it is the finding
        return Failure(target, _kind(error), f"{type(error).__name__}: {error}"[:500])
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    took_s = time.thread_time() - start_s
    if took_s > patience * allowed_s(len(data) + further_bytes):
        return Failure(target, SLOW + target, f"{took_s * 1000:.0f} ms for {len(data)} bytes")
    return None


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise StuckError


def _kind(error: Exception) -> str:
    """The class of an error and the function of ours that it comes from; for a property that fails, its own words."""
    if isinstance(error, PropertyError):
        return str(error).partition(" differ")[0]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(PACKAGE)]
    where = f"{Path(frames[-1].filename).stem}.{frames[-1].name}" if frames else "outside"
    return f"{type(error).__name__} in {where}"


def allowed_s(size: int) -> float:
    """Seconds that so many bytes may take, before any factor."""
    return (MS_ALWAYS + MS_PER_KB * size / 1000) / 1000


def machine_factor() -> float:
    """How much slower than the machine that the bounds were chosen on this one is; at least 1."""

    def once() -> float:
        start_s = time.thread_time()
        total = Fraction(0)
        for match in re.finditer(r"([A-Ga-g])(\d*)", "C2D3E4F5" * 500):  # the kind of work that reading is
            total = (total + Fraction(int(match[2]), 8)) % 7
        return time.thread_time() - start_s

    return max(1.0, min(once() for _ in range(5)) / CALIBRATION_S)


def peak_bytes(target: str, data: bytes) -> int:
    """The most memory that Python objects take at a time while a target runs."""
    run, _ = TARGETS[target]
    text = as_text(data)
    tracemalloc.start()
    try:
        run(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def allowed_bytes(data: bytes) -> int:
    """What `peak_bytes` may reach."""
    return BYTES_ALWAYS + BYTES_PER_BYTE * len(data)
