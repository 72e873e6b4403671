"""Reading MIDI: files made message by message, files of other programs, and damaged ones."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.midi_parts import midi_bars
from transformers_abc.notation.midi_parts.midi_file import MAX_MIDI_BYTES, parse_midi
from transformers_abc.notation.midi_reader import MidiError, read_midi, tune_of_midi
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Key, Note, Tempo, Tune, Voice

URMP = Path(__file__).resolve().parents[3] / "shared" / "data" / "urmp_excerpts" / "Dataset"
WHOLE = F(1)


def note(pitch: int, start: int, end: int, channel: int = 0) -> list[tuple[int, mido.Message]]:
    on = mido.Message("note_on", note=pitch, channel=channel)
    return [(start, on), (end, mido.Message("note_off", note=pitch, channel=channel))]


def meta(tick: int, kind: str, **values: object) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage(kind, **values)


def midi(*tracks: list[tuple[int, mido.Message]], kind: int = 1, ticks: int = 480) -> mido.MidiFile:
    """A file of tracks of ``(tick, message)``."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    for messages in tracks:
        track, now = mido.MidiTrack(), 0
        for tick, message in sorted(messages, key=lambda pair: pair[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    return file


def sounds(tune: Tune, voice: int = 0) -> list[tuple[F, F, int]]:
    return [(note.onset_wn, note.length_wn, note.pitch_midi) for note in tune.voices[voice].notes]


# --- Voices -------------------------------------------------------------------------------------------------------------------------


def test_one_voice_a_track_and_channel() -> None:
    first = [meta(0, "track_name", name="Winds"), *note(72, 0, 480, 1), *note(60, 0, 480, 0)]
    second = [meta(0, "track_name", name="Low"), *note(40, 0, 480, 0)]
    tune = tune_of_midi(midi(first, second))
    assert [(voice.name, voice.notes[0].pitch_midi, voice.clef) for voice in tune.voices] == [
        ("Winds", 60, "treble"),
        ("Winds", 72, "treble"),
        ("Low", 40, "bass"),
    ]
    assert tune.title == ""


def test_title_of_types_0_and_1() -> None:
    name = meta(0, "track_name", name="Caf\u00e9")
    alone, above = midi([name, *note(60, 0, 480)], kind=0), midi([name], note(60, 0, 480))
    assert [(tune.title, tune.voices[0].name) for tune in map(tune_of_midi, (alone, above))] == [("Café", "")] * 2


def test_tracks_of_type_2_follow_each_other() -> None:
    waltz = [meta(0, "time_signature", numerator=3, denominator=4), *note(60, 0, 480)]
    tune = tune_of_midi(midi(waltz, note(62, 0, 480), kind=2))
    assert [sounds(tune, voice) for voice in (0, 1)] == [[(0, F(1, 4), 60)], [(F(3, 4), F(1, 4), 62)]]


@pytest.mark.parametrize(
    ("changes", "program"),
    [
        pytest.param([[]], None, id="none"),
        pytest.param([[(0, 40), (240, 41)]], 41, id="the last before the first note"),
        pytest.param([[(960, 42)]], 42, id="only later"),
        pytest.param([[], [(0, 43)]], 43, id="in a track without notes"),
    ],
)
def test_program(changes: list[list[tuple[int, int]]], program: int | None) -> None:
    tracks = [[(tick, mido.Message("program_change", program=number)) for tick, number in of_track] for of_track in changes]
    tracks[0] += note(60, 480, 1920)
    assert [voice.program for voice in tune_of_midi(midi(*tracks)).voices] == [program]


def test_drums() -> None:
    assert [(voice.name, voice.clef) for voice in tune_of_midi(midi(note(38, 0, 480, channel=9))).voices] == [("Drums", "perc")]


def test_silent_voice_with_a_channel_prefix() -> None:
    silent = [meta(0, "channel_prefix", channel=3), meta(0, "track_name", name="Tacet")]
    assert [voice.name for voice in tune_of_midi(midi(note(60, 0, 480), silent, [meta(0, "track_name", name="Words")])).voices] == [
        "",
        "Tacet",
    ]


# --- Notes --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param(
            [*note(60, 0, 960), *note(60, 480, 1440)], [(0, F(1, 2), 60), (F(1, 4), F(1, 2), 60)], id="overlap: first in first out"
        ),
        pytest.param(
            [(0, mido.Message("note_on", note=60)), (480, mido.Message("note_on", note=60, velocity=0))], [(0, F(1, 4), 60)], id="on 0"
        ),
        pytest.param([*note(60, 0, 0), *note(62, 480, 960)], [(0, F(1, 16), 60), (F(1, 4), F(1, 4), 62)], id="no length"),
        pytest.param([(0, mido.Message("note_on", note=60)), meta(960, "text")], [(0, F(1, 2), 60)], id="never ends"),
        pytest.param([(0, mido.Message("note_off", note=60)), *note(62, 0, 480)], [(0, F(1, 4), 62)], id="never began"),
        pytest.param([*note(60, 0, 480), *note(60, 480, 960)], [(0, F(1, 4), 60), (F(1, 4), F(1, 4), 60)], id="repeated at once"),
    ],
)
def test_notes(messages: list[tuple[int, mido.Message]], expected: list[tuple[F, F, int]]) -> None:
    assert sounds(tune_of_midi(midi(messages))) == expected


@pytest.mark.parametrize("ticks", [24, 48, 96, 120, 192, 240, 256, 384, 480, 960, 1024, 10080, 32767])
def test_eighths_triplets_and_32nds_at_every_resolution(ticks: int) -> None:
    places = [F(0), F(1, 12), F(1, 6), F(1, 4), F(3, 8), F(1, 2), F(1, 2) + F(1, 32), F(9, 16), F(5, 8), F(3, 4), F(1)]
    at = [round(place * 4 * ticks) for place in places]
    messages = [message for start, end in pairwise(at) for message in note(60, start, end)]
    assert [onset_wn for onset_wn, _, _ in sounds(tune_of_midi(midi(messages, ticks=ticks)))] == places[:-1]


# --- Metre, key, tempo --------------------------------------------------------------------------------------------------------------


def signature(tick: int, numerator: int, denominator: int) -> tuple[int, mido.MetaMessage]:
    return meta(tick, "time_signature", numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("messages", "bars", "metres"),
    [
        pytest.param([], [1, 1], ["4/4"], id="none"),
        pytest.param([signature(0, 3, 4)], [F(3, 4)] * 2, ["3/4"], id="last bar filled up"),
        pytest.param([signature(0, 1, 4), signature(480, 4, 4)], [F(1, 4), 1], ["4/4"], id="pickup of MuseScore"),
        pytest.param([signature(0, 2, 4), signature(960, 2, 8)], [F(1, 2), *[F(1, 4)] * 3], ["2/4", "2/8"], id="longer than the next"),
        pytest.param([signature(0, 4, 4), signature(720, 6, 8)], [F(3, 8), F(3, 4), F(3, 4)], ["4/4", "6/8"], id="in the middle of a bar"),
        pytest.param([signature(0, 0, 4), signature(0, 1, 2**200)], [1, 1], ["4/4"], id="impossible"),
        pytest.param([signature(0, 2, 4), meta(0, "text", text="M:C|")], [F(1, 2)] * 3, ["C|"], id="text beside it"),
        pytest.param([signature(0, 5, 4), meta(0, "text", text="M:nonsense")], [F(5, 4)], ["5/4"], id="nonsense beside it"),
    ],
)
def test_bars_and_metres(messages: list[tuple[int, mido.Message]], bars: list[F], metres: list[str]) -> None:
    tune = tune_of_midi(midi(messages, note(60, 0, 2400)))
    assert (list(tune.bar_lengths_wn), [str(metre) for _, metre in tune.metres]) == (bars, metres)


@pytest.mark.parametrize(("end", "bars"), [(1920, 1), (3840, 2), (3900, 1), (2**27, 1)])
def test_bars_after_the_last_note(end: int, bars: int) -> None:
    assert len(tune_of_midi(midi([*note(60, 0, 480), meta(end, "end_of_track")])).bar_lengths_wn) == bars


def test_changes_in_any_track() -> None:
    conductor = [meta(0, "key_signature", key="Bb"), meta(0, "set_tempo", tempo=500_000)]
    other = [meta(0, "key_signature", key="C"), meta(960, "key_signature", key="Gm"), meta(960, "set_tempo", tempo=545_454)]
    tune = tune_of_midi(midi(conductor, [*other, *note(60, 0, 1920)]))
    assert tune.keys == ((F(0), Key(-2)), (F(1, 2), Key(-2, "minor")))
    assert tune.tempos == ((F(0), Tempo(F(1, 4), F(120))), (F(1, 2), Tempo(F(1, 4), F(110))))


def test_first_key_holds_from_the_start() -> None:
    assert tune_of_midi(midi([meta(480, "key_signature", key="D"), *note(60, 0, 960)])).keys == ((F(0), Key(2)),)


def test_key_is_found_where_none_is_given() -> None:
    messages = [
        message for place, pitch in enumerate((63, 65, 67, 68, 70, 72, 74, 75)) for message in note(pitch, 480 * place, 480 * place + 480)
    ]
    tune = tune_of_midi(midi(messages))
    assert tune.keys == ((F(0), Key(-3)),)
    assert "".join(note.letter for note in tune.voices[0].notes) == "EFGABCDE"


# --- Other people's files -----------------------------------------------------------------------------------------------------------


def test_abc2midi(tmp_path: Path) -> None:
    program = shutil.which("abc2midi")
    if program is None:
        pytest.skip("abc2midi is not installed (Debian: abcmidi)")
    text = "X:1\nT:Air\nM:6/8\nL:1/8\nQ:3/8=80\nK:Gm\nG3 ABc|(3:2:3d/e/f/ g2 z3|^F6|G/4A/4B/4c/4 d2 e3|]\n"
    abc_path, midi_path = tmp_path / "air.abc", tmp_path / "air.mid"
    abc_path.write_text(text, encoding="utf-8")
    subprocess.run([program, abc_path, "-o", midi_path], check=True, capture_output=True, timeout=20)
    heard, written = read_midi(midi_path), read_abc(text)
    assert sounds(heard) == sounds(written)
    assert (heard.title, heard.keys, heard.metres, heard.tempos) == ("Air", written.keys, written.metres, written.tempos)
    assert heard.bar_lengths_wn == written.bar_lengths_wn


@pytest.mark.skipif(not URMP.is_dir(), reason="shared/data/urmp_excerpts is not here")
def test_urmp_scores() -> None:
    for path in URMP.glob("*/Sco_*.mid"):
        tune, file = read_midi(path), mido.MidiFile(path)
        assert sum(len(voice.notes) for voice in tune.voices) == sum(m.type == "note_on" and m.velocity > 0 for t in file.tracks for m in t)
        assert {
            length.limit_denominator(64) for voice in tune.voices for note in voice.notes for length in (note.onset_wn, note.length_wn)
        } == {length for voice in tune.voices for note in voice.notes for length in (note.onset_wn, note.length_wn)}


def test_performance_is_put_on_the_grid() -> None:
    """Twenty milliseconds of deviation at 120 quarters a minute are a twenty-fifth of a beat."""
    rng = random.Random(1)
    places = sorted({F(bar) + place for bar in range(8) for place in (0, F(1, 4), F(3, 8), F(1, 2), F(7, 12), F(2, 3), F(3, 4))})
    messages = []
    for start, end in zip(places, [*places[1:], F(8)], strict=True):
        onset = max(round(start * 1920 + rng.uniform(-19, 19)), 0)
        messages += note(60 + len(messages) % 24, onset, round(end * 1920 - rng.uniform(0, 50)))
    read = sounds(tune_of_midi(midi(messages)))
    assert [onset_wn for onset_wn, _, _ in read] == places
    assert [onset_wn + length_wn for onset_wn, length_wn, _ in read] == [*places[1:], F(8)]


# --- Bad files ----------------------------------------------------------------------------------------------------------------------

GOOD = midi_bytes(Tune((Voice((Note(F(0), F(1, 4), 60),), "Violin", 40),), (WHOLE,)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a MIDI file"),
        (b"X:1\nK:C\nCDE\n", "not a MIDI file"),
        (GOOD[:-9], "truncated"),
        (GOOD[:12], "truncated"),
        (GOOD[:14], "truncated: 0 tracks of 2"),
        (GOOD.replace(b"MThd\0\0\0\6\0\1", b"MThd\0\0\0\6\0\7"), "type 7"),
        (GOOD[:12] + b"\xe7\x28" + GOOD[14:], "SMPTE"),
        (GOOD[:12] + b"\0\0" + GOOD[14:], "SMPTE"),
        (b"MThd" + b"\0" * MAX_MIDI_BYTES, "larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_files(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(data)
    with pytest.raises(MidiError, match=rf"bad\.mid: .*{reason}"):
        read_midi(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_midi(tmp_path / "none.mid")


def test_too_many_bars() -> None:
    far = [signature(0, 1, 64), *note(60, 0, 30 * (midi_bars.MAX_BARS + 5))]
    with pytest.raises(MidiError, match="bars"):
        tune_of_midi(midi(far))


def test_no_notes() -> None:
    assert tune_of_midi(midi([meta(0, "track_name", name="Nothing")])).voices == ()


@given(st.binary(max_size=80), st.integers(0, len(GOOD)), st.integers(0, 20))
@settings(deadline=None)
def test_damage_is_a_midi_error(junk: bytes, start: int, length: int) -> None:
    data = GOOD[:start] + junk + GOOD[start + length :]
    try:
        tune = tune_of_midi(parse_midi(data))
    except ValueError:
        return
    again = midi_bytes(tune)  # whatever was read can be written, and read again
    assert midi_bytes(tune_of_midi(mido.MidiFile(file=io.BytesIO(again)))) == again
