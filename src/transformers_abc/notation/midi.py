"""Tunes as Standard MIDI Files.

One track per voice after a track of tempo, metre and key; `TICKS_PER_QUARTER` divides by 2, 3 and 5, so triplets and quintuplets are exact;
other times are rounded to the nearest tick. Reading MIDI follows later.
"""

from __future__ import annotations

import io
from fractions import Fraction

import mido

from transformers_abc.notation.tune import DEFAULT_TEMPO, FIFTHS_ORDER, Key, Tempo, Tune, Voice

TICKS_PER_QUARTER = 960
VELOCITY = 80
_DRUM_CHANNEL = 9
_CHANNELS = [channel for channel in range(16) if channel != _DRUM_CHANNEL]

_Timed = tuple[int, int, mido.Message | mido.MetaMessage]  # tick, order within the tick, message


def to_midi(tune: Tune) -> mido.MidiFile:
    """Convert a tune.

    Returns:
        A type 1 file; save it with ``.save(path)``.

    >>> from transformers_abc.notation.tune import Note
    >>> tune = Tune((Voice((Note(Fraction(0), Fraction(1, 4), 60),), "Violin", 40),), (Fraction(1),))
    >>> [message.type for message in to_midi(tune).tracks[1]]
    ['track_name', 'program_change', 'note_on', 'note_off', 'end_of_track']
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(_track(_conductor(tune)))
    for number, voice in enumerate(tune.voices):
        file.tracks.append(_track(_voice(voice, _CHANNELS[number % len(_CHANNELS)])))
    return file


def midi_bytes(tune: Tune) -> bytes:
    """The content of a ``.mid`` file."""
    buffer = io.BytesIO()
    to_midi(tune).save(file=buffer)
    return buffer.getvalue()


def _conductor(tune: Tune) -> list[_Timed]:
    messages: list[_Timed] = []
    if tune.title:
        messages.append((0, 0, mido.MetaMessage("track_name", name=_latin(tune.title))))
    for onset_wn, metre in tune.metres:
        change = mido.MetaMessage("time_signature", numerator=metre.numerator, denominator=metre.denominator)
        messages.append((_tick(onset_wn), 1, change))
    for onset_wn, key in tune.keys:
        messages.append((_tick(onset_wn), 2, mido.MetaMessage("key_signature", key=_key_name(key))))
    for onset_wn, tempo in tune.tempos or ((Fraction(0), DEFAULT_TEMPO),):
        messages.append((_tick(onset_wn), 3, mido.MetaMessage("set_tempo", tempo=_microseconds(tempo))))
    return messages


def _voice(voice: Voice, channel: int) -> list[_Timed]:
    messages: list[_Timed] = [(0, 0, mido.MetaMessage("track_name", name=_latin(voice.name)))]
    if voice.program is not None:
        messages.append((0, 1, mido.Message("program_change", channel=channel, program=voice.program)))
    for note in voice.notes:
        messages.append((_tick(note.onset_wn), 3, mido.Message("note_on", channel=channel, note=note.pitch_midi, velocity=VELOCITY)))
        messages.append((_tick(note.end_wn), 2, mido.Message("note_off", channel=channel, note=note.pitch_midi)))
    return messages


def _track(messages: list[_Timed]) -> mido.MidiTrack:
    """Sort by time (ends before starts) and turn times into distances."""
    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(messages, key=lambda timed: timed[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track"))
    return track


def _tick(onset_wn: Fraction) -> int:
    return round(onset_wn * 4 * TICKS_PER_QUARTER)


def _microseconds(tempo: Tempo) -> int:
    return round(60_000_000 / float(tempo.beats_per_minute * tempo.beat_wn * 4))


def _key_name(key: Key) -> str:
    """The name that mido gives to a signature; MIDI knows seven signs and two modes, other modes become the major of their signature."""
    fifths = max(min(key.fifths, 7), -7)
    accidentals, index = divmod(fifths + (1 if key.mode != "minor" else 4), 7)
    return FIFTHS_ORDER[index] + ("#" * accidentals if accidentals > 0 else "b" * -accidentals) + ("m" if key.mode == "minor" else "")


def _latin(text: str) -> str:
    """MIDI texts are Latin-1."""
    return text.encode("latin-1", errors="replace").decode("latin-1")
