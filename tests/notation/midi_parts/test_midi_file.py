"""Bytes into messages: as mido reads them, and where mido does not."""

from __future__ import annotations

import io

import mido
import pytest

from transformers_abc.notation.midi_parts import midi_file
from transformers_abc.notation.midi_parts.midi_file import parse_midi

END = bytes.fromhex("00ff2f00")


def smf(*events: str, kind: int = 0, junk: bytes = b"") -> bytes:
    """A file of one track with events in hexadecimal."""
    track = bytes.fromhex("".join(events)) + END
    return b"MThd" + (6).to_bytes(4, "big") + bytes((0, kind, 0, 1, 0, 96)) + junk + b"MTrk" + len(track).to_bytes(4, "big") + track


def messages(data: bytes) -> list[str]:
    return [str(message) for message in parse_midi(data).tracks[0]]


NOTE = [
    "note_on channel=0 note=60 velocity=64 time={}",
    "note_off channel=0 note=60 velocity=64 time={}",
    "MetaMessage('end_of_track', time={})",
]


def note_at(*times: int) -> list[str]:
    return [text.format(time) for text, time in zip(NOTE, times, strict=True)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(["00903c40", "60803c40"], note_at(0, 96, 0), id="plain"),
        pytest.param(["00903c40", "8160803c40"], note_at(0, 224, 0), id="delta of two bytes"),
        pytest.param(["10b04040", "00903c40", "60803c40"], note_at(16, 96, 0), id="time of a pedal goes on"),
        pytest.param(["10f0037e01f7", "10ff0a0178", "00903c40", "60803c40"], note_at(32, 96, 0), id="system exclusive and unknown meta"),
        pytest.param(["10ff590209ff", "00903c40", "60803c40"], note_at(16, 96, 0), id="key of nine sharps"),
        pytest.param(["10ff510101", "00903c40", "60803c40"], note_at(16, 96, 0), id="tempo of one byte"),
        pytest.param(
            ["00903c40", "10ff0100", "50803c40"],
            [NOTE[0].format(0), "MetaMessage('text', text='', time=16)", *note_at(0, 80, 0)[1:]],
            id="text",
        ),
    ],
)
def test_events(events: list[str], expected: list[str]) -> None:
    assert messages(smf(*events)) == expected


def test_running_status_goes_on_after_meta_messages() -> None:
    assert messages(smf("00903c40", "60ff0600", "003c00")) == [
        "note_on channel=0 note=60 velocity=64 time=0",
        "note_on channel=0 note=60 velocity=0 time=96",
        "MetaMessage('end_of_track', time=0)",
    ]


def test_unknown_chunks_and_riff() -> None:
    plain = smf("00903c40", "60803c40")
    riff = b"RIFF" + (12 + len(plain)).to_bytes(4, "little") + b"RMIDdata" + len(plain).to_bytes(4, "little") + plain
    assert messages(smf("00903c40", "60803c40", junk=b"XFIH\0\0\0\2ab")) == messages(plain) == messages(riff)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ("003c40", "status byte 0x00"),
        ("00f1", "status byte 0xf1"),
        ("00903cff", "above 127"),
        ("ffffffffff7f903c40", "more than 4 bytes"),
        ("00ff0305", "within an event"),
        ("00ff037f41", "within an event"),
        ("00903c", "within an event|above 127"),
    ],
)
def test_broken_tracks(events: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_midi(smf(events))


def test_too_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midi_file, "MAX_MESSAGES", 3)
    with pytest.raises(ValueError, match="more than 3 messages"):
        parse_midi(smf("00903c40" * 4))


def test_reads_what_mido_reads() -> None:
    data = smf("00ff0304c3a9742e", "00ff510307a120", "00ff58040302180800c029", "00903c40", "60803c40", "00ff59020001")
    assert messages(data) == [str(message) for message in mido.MidiFile(file=io.BytesIO(data)).tracks[0]]
