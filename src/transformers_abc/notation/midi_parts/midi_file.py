"""The bytes of a Standard MIDI File as a `mido.MidiFile` of what a tune is made of.

mido 1.3 reads files too, but loses the time before meta messages that it does not know (all later notes then come early), refuses a whole
file for one impossible key signature, and takes each byte by a call of its own. Here:

    - Only notes, programs and the meta messages in `_KEPT_META` become messages; the time of everything else goes to the next message.
    - A meta message with impossible content (a key of nine flats, a tempo of one byte) is left out.
    - Texts are decoded as Latin-1, as mido does by default, so that none fails; `midi_tracks.plain_text` finds the UTF-8 among them.
    - Chunks other than tracks are skipped, and a RIFF envelope (``.rmi``) is opened.
    - Sizes are bounded, and a damaged file is a `ValueError`.

Source: MIDI 1.0 Detailed Specification 4.2, Standard MIDI Files 1.0 (MMA 1996).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import mido

MAX_MIDI_BYTES: Final = 16 * 2**20
MAX_MESSAGES: Final = 200_000  # of all tracks; the longest of 112 quartets has 45,000
MAX_TEXT_BYTES: Final = 1000

_MAX_DELTA_BYTES = 4
_META, _SYSEX, _SYSEX_PACKET = 0xFF, 0xF0, 0xF7
_END_OF_TRACK = 0x2F
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}  # by the high half of the status
_KEPT_META = frozenset({0x01, 0x03, 0x20, 0x51, 0x58, 0x59})  # text, track name, channel prefix, tempo, time and key signature

_Event = tuple[int, int, bytes]  # ticks since the event before, status (for meta messages 0xFF00 + type), data


def parse_midi(data: bytes) -> mido.MidiFile:
    r"""Parse a file.

    Raises:
        ValueError: it is no MIDI file, broken, or larger than `MAX_MIDI_BYTES` or `MAX_MESSAGES`.

    >>> header, track = b"MThd\0\0\0\6\0\0\0\1\0\x60", b"MTrk\0\0\0\x0c" + bytes.fromhex("00903c40 60803c40 00ff2f00")
    >>> print(*parse_midi(header + track).tracks[0], sep="; ")
    note_on channel=0 note=60 velocity=64 time=0; note_off channel=0 note=60 velocity=64 time=96; MetaMessage('end_of_track', time=0)
    """
    if len(data) > MAX_MIDI_BYTES:
        raise ValueError(f"larger than {MAX_MIDI_BYTES} bytes")
    if data.startswith(b"RIFF") and data[8:12] == b"RMID":
        data = data[data.find(b"MThd") :] if b"MThd" in data else b""
    if not data.startswith(b"MThd"):
        raise ValueError("not a MIDI file: it does not start with MThd")
    (_, header), *chunks = _chunks(data)
    if len(header) < 6:
        raise ValueError("truncated: the header is too short")
    kind, count, division = (int.from_bytes(header[at : at + 2], "big", signed=at == 4) for at in (0, 2, 4))
    if kind > 2:
        raise ValueError(f"type {kind} is none of the types 0, 1 and 2")
    contents = [content for name, content in chunks if name == b"MTrk"][:count]
    if len(contents) < count:
        raise ValueError(f"truncated: {len(contents)} tracks of {count}")
    tracks, left = [], MAX_MESSAGES
    for content in contents:
        tracks.append(_track(content, left))
        left -= len(tracks[-1])
    return mido.MidiFile(type=kind, ticks_per_beat=division, tracks=tracks)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        name, size = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "big")
        content = data[position + 8 : position + 8 + size]
        if len(content) < size and name in (b"MThd", b"MTrk"):
            raise ValueError(f"truncated: a chunk {name.decode()} of {size} bytes has {len(content)}")
        yield name, content
        position += 8 + size


def _track(data: bytes, max_messages: int) -> mido.MidiTrack:
    track, waiting = mido.MidiTrack(), 0
    for delta, status, content in _events(data):
        waiting += delta
        message = _message(status, content, waiting)
        if message is not None:
            track.append(message)
            waiting = 0
            if len(track) > max_messages:
                raise ValueError(f"more than {MAX_MESSAGES} messages")
    return track


def _events(data: bytes) -> Iterator[_Event]:
    """Every event, up to the end of the track (which is given where the data merely end, too)."""
    position, running = 0, 0
    try:
        while position < len(data):
            delta, position = _number(data, position)
            status = data[position]
            if status in (_META, _SYSEX, _SYSEX_PACKET):
                kind = data[position + 1] if status == _META else 0
                size, position = _number(data, position + (2 if status == _META else 1))
                if position + size > len(data):
                    raise IndexError
                yield delta, (status << 8) + kind, data[position : position + size]
                if (status, kind) == (_META, _END_OF_TRACK):
                    return
            else:
                if status >= 0x80:
                    running, position = status, position + 1
                size = _DATA_BYTES.get(running & 0xF0, 0)
                if not size:
                    raise ValueError(f"impossible status byte 0x{running:02x} in a track")
                if position + size > len(data):
                    raise IndexError
                yield delta, running, data[position : position + size]
            position += size
    except IndexError:
        raise ValueError("truncated: a track ends within an event") from None
    yield 0, (_META << 8) + _END_OF_TRACK, b""


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A number of variable length, and the position after it."""
    value = 0
    for byte in range(_MAX_DELTA_BYTES):
        digit = data[position + byte]
        value = (value << 7) | (digit & 0x7F)
        if digit < 0x80:
            return value, position + byte + 1
    raise ValueError(f"a number of more than {_MAX_DELTA_BYTES} bytes in a track")


def _message(status: int, data: bytes, time: int) -> mido.Message | mido.MetaMessage | None:
    kind, channel = status & 0xF0, status & 0x0F
    if status > 0xFF:
        return _meta_message(status & 0xFF, data, time) if status >> 8 == _META else None
    if max(data) > 0x7F:
        raise ValueError(f"a data byte above 127 after status 0x{status:02x}")
    if kind in (0x80, 0x90):
        name = "note_on" if kind == 0x90 else "note_off"
        return mido.Message(name, skip_checks=True, channel=channel, note=data[0], velocity=data[1], time=time)
    if kind == 0xC0:
        return mido.Message("program_change", skip_checks=True, channel=channel, program=data[0], time=time)
    return None


def _meta_message(kind: int, data: bytes, time: int) -> mido.MetaMessage | None:
    if kind == _END_OF_TRACK:
        return mido.MetaMessage("end_of_track", time=time)
    if kind not in _KEPT_META:
        return None
    try:
        message: mido.MetaMessage = mido.midifiles.meta.build_meta_message(kind, data[:MAX_TEXT_BYTES], time)
    except (ValueError, IndexError, mido.KeySignatureError):
        return None
    return message
