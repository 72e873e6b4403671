"""What stands in one MIDI track, in ticks from its start: notes by channel, programs, names, and the changes of metre, key and tempo.

Conventions:
    - Notes of one pitch on one channel end in the order in which they began, since MIDI does not say which of them a note-off ends.
    - A note-on of velocity 0 is a note-off. A note-off without a note is nothing; a note without a note-off lasts to the end of the track.
    - Pedals, pitch bend, controllers, velocities and lyrics are dropped.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

import mido

from transformers_abc.notation.midi_parts.midi_bars import TEXT_PREFIX
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.tune import FIFTHS_ORDER, Key

MAX_NAME = 200  # characters
TickNote = tuple[int, int, int]  # start, end, pitch_midi; the end may equal the start


@dataclass(slots=True)
class TrackEvents:
    """The content of a track.

    Attributes:
        name: the first name, None where there is none.
        notes: by channel, in the order in which they began.
        programs: by channel, ``(tick, program)``.
        announced: channels that a channel prefix names.
        signatures: ``(tick, numerator, denominator)``.
        metre_texts: what texts say of the metre, by tick (see `midi_bars`).
        keys: ``(tick, key)``.
        tempos: ``(tick, microseconds per quarter)``.
        end: tick of the end of the track.
    """

    name: str | None = None
    notes: dict[int, list[TickNote]] = field(default_factory=dict)
    programs: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    announced: set[int] = field(default_factory=set)
    signatures: list[tuple[int, int, int]] = field(default_factory=list)
    metre_texts: dict[int, str] = field(default_factory=dict)
    keys: list[tuple[int, Key]] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0

    @property
    def channels(self) -> list[int]:
        return sorted({*self.notes, *self.announced})


def track_events(track: mido.MidiTrack, *, start: int = 0, charset: str = "latin1") -> TrackEvents:
    """Sort a track's messages.

    Args:
        track: as mido gives it.
        start: tick at which the track begins.
        charset: in which its texts were decoded.

    >>> notes = [mido.Message("note_on", note=60, time=time) for time in (0, 10)] + [mido.Message("note_off", note=60, time=20)] * 2
    >>> track_events(mido.MidiTrack(notes)).notes
    {0: [(0, 30, 60), (10, 50, 60)]}
    """
    events, now = TrackEvents(), start
    began: dict[tuple[int, int], deque[int]] = {}  # channel and pitch: indices of notes that still sound
    notes: dict[int, list[TickNote]] = {}
    for message in track:
        now += int(message.time)
        if message.type == "note_on" and message.velocity > 0:
            of_channel = notes.setdefault(message.channel, [])
            began.setdefault((message.channel, message.note), deque()).append(len(of_channel))
            of_channel.append((now, -1, message.note))
        elif message.type in ("note_on", "note_off"):
            if sounding := began.get((message.channel, message.note)):
                index = sounding.popleft()
                notes[message.channel][index] = (notes[message.channel][index][0], now, message.note)
        elif message.type == "program_change":
            events.programs.setdefault(message.channel, []).append((now, message.program))
        elif message.is_meta:
            _take_meta(events, message, now, charset)
    events.end = now
    events.notes = {
        channel: [(note_start, end if end >= 0 else now, pitch) for note_start, end, pitch in of_channel]
        for channel, of_channel in notes.items()
    }
    return events


def _take_meta(events: TrackEvents, message: mido.MetaMessage, tick: int, charset: str) -> None:
    match message.type:
        case "track_name" if events.name is None:
            events.name = plain_text(message.name, charset)
        case "text" if message.text.startswith(TEXT_PREFIX):
            events.metre_texts[tick] = plain_text(message.text, charset).removeprefix(TEXT_PREFIX)
        case "channel_prefix" if message.channel < 16:
            events.announced.add(message.channel)
        case "time_signature":
            events.signatures.append((tick, message.numerator, message.denominator))
        case "key_signature":
            events.keys.append((tick, key_of_name(message.key)))
        case "set_tempo" if message.tempo > 0:
            events.tempos.append((tick, message.tempo))


def key_of_name(name: str) -> Key:
    """The key that mido calls ``name``.

    >>> key_of_name("F#m"), key_of_name("Cb")
    (Key(fifths=3, mode='minor', explicit=()), Key(fifths=-7, mode='major', explicit=()))
    """
    tonic, is_minor = name.removesuffix("m"), name.endswith("m")
    place = FIFTHS_ORDER.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic.count("b"))
    return Key(place - 3, "minor") if is_minor else Key(place)


def plain_text(text: str, charset: str) -> str:
    r"""One line, as UTF-8 where the bytes are that: the specification names no encoding, and programs of today write UTF-8.

    >>> plain_text("Fl\xc3\xb6te\0", "latin1"), plain_text("Fl\xf6te", "latin1")
    ('Flöte', 'Flöte')
    """
    if charset.lower().replace("-", "") in ("latin1", "iso88591"):
        with suppress(UnicodeError):  # then it is Latin-1
            text = text.encode("latin-1").decode("utf-8")
    return one_line(text[:MAX_NAME])
