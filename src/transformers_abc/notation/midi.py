"""Write a tune as a Standard MIDI File; `midi_reader` reads it back.

Conventions:
    - Type 1: a track of the title, tempos, metres and keys, then one track a voice, in the order of the tune. Every track ends where the
      tune does, so bars of rests at the end are kept.
    - Repeats are played out. Texts are UTF-8.
    - `TICKS_PER_QUARTER` divides by 2 to the sixth, 3 and 5, so 256ths, triplets and quintuplets are exact; other times are rounded to the
      nearest tick, and no note is shorter than one.
    - Up to fifteen voices have a channel each; of more, those of one program share theirs. Drums (clef ``perc``) are on channel 10.
    - A silent voice is announced by a channel prefix.
    - A tune without a tempo gets none: MIDI then means 120 quarters a minute, and so does `Tune.seconds_at`.
    - Time signatures say the length of the bars, and texts beside them the metre where that differs: see `midi_bars`.
    - Key signatures have at most seven signs (more become the enharmonic key) and two modes; other modes are written as the major key of
      their signature, and explicit accidentals are left out.

Dropped: marks (words, grace notes, ornaments), spelling, clefs, the words of tempos, and whatever the header says beside the title.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

import mido

from transformers_abc.notation.midi_parts.midi_bars import TEXT_PREFIX, Signature, signatures_of
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import FIFTHS_ORDER, Key, Tempo, Tune, Voice, effective_changes

TICKS_PER_QUARTER = 960
VELOCITY = 80
DRUM_CHANNEL = 9  # counted from 0
DRUM_CLEF = "perc"
MINUTE_US = 60_000_000

_CHANNELS = [channel for channel in range(16) if channel != DRUM_CHANNEL]
_MAX_TEMPO_US = 0xFFFFFF  # three bytes: 3.6 quarters a minute
_CLOCKS_PER_WHOLE = 96  # MIDI clocks
_MAX_BYTE = 255

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
    played = expand_repeats(tune)
    end = _tick(played.length_wn)
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    file.tracks.append(_track(_conductor(played), end))
    for voice, channel in zip(played.voices, channels_of(played.voices), strict=True):
        file.tracks.append(_track(_voice(voice, channel), end))
    return file


def midi_bytes(tune: Tune) -> bytes:
    """The content of a ``.mid`` file."""
    buffer = io.BytesIO()
    to_midi(tune).save(file=buffer)
    return buffer.getvalue()


def channels_of(voices: Sequence[Voice]) -> list[int]:
    """The channel of each voice, counted from 0.

    >>> channels_of([Voice(()), Voice((), clef="perc"), Voice(())])
    [0, 9, 1]
    >>> channels_of([Voice((), program=number % 2) for number in range(16)])[:4]
    [0, 1, 0, 1]
    """
    pitched = [number for number, voice in enumerate(voices) if voice.clef != DRUM_CLEF]
    if len(pitched) <= len(_CHANNELS):
        rank_of = {number: rank for rank, number in enumerate(pitched)}
    else:
        programs = list(dict.fromkeys(voices[number].program for number in pitched))
        rank_of = {number: programs.index(voices[number].program) for number in pitched}
    return [_CHANNELS[rank_of[number] % len(_CHANNELS)] if number in rank_of else DRUM_CHANNEL for number in range(len(voices))]


def microseconds_of(tempo: Tempo) -> int:
    """The length of a quarter, within the bounds of MIDI.

    >>> microseconds_of(Tempo(Fraction(3, 8), Fraction(80))), microseconds_of(Tempo(Fraction(1, 4), Fraction(1, 100)))
    (500000, 16777215)
    """
    return min(max(round(MINUTE_US / (tempo.beats_per_minute * tempo.beat_wn * 4)), 1), _MAX_TEMPO_US)


def _conductor(tune: Tune) -> list[_Timed]:
    messages: list[_Timed] = []
    if tune.title:
        messages.append((0, 0, mido.MetaMessage("track_name", name=tune.title)))
    for signature in signatures_of(tune):
        messages += _signature(signature)
    keys = effective_changes([(onset_wn, _key_name(key)) for onset_wn, key in tune.keys], tune.length_wn)
    messages += [(_tick(onset_wn), 2, mido.MetaMessage("key_signature", key=name)) for onset_wn, name in keys]
    tempos = effective_changes([(onset_wn, microseconds_of(tempo)) for onset_wn, tempo in tune.tempos], tune.length_wn)
    messages += [(_tick(onset_wn), 3, mido.MetaMessage("set_tempo", tempo=microseconds)) for onset_wn, microseconds in tempos]
    return messages


def _signature(signature: Signature) -> list[_Timed]:
    tick, metre = _tick(signature.onset_wn), signature.metre
    clocks = min(max(int(metre.beat_wn * _CLOCKS_PER_WHOLE), 1), _MAX_BYTE)
    change = mido.MetaMessage(
        "time_signature", numerator=metre.numerator, denominator=metre.denominator, clocks_per_click=clocks, notated_32nd_notes_per_beat=8
    )
    if signature.metre_text is None:
        return [(tick, 1, change)]
    return [(tick, 1, mido.MetaMessage("text", text=TEXT_PREFIX + signature.metre_text)), (tick, 1, change)]


def _voice(voice: Voice, channel: int) -> list[_Timed]:
    messages: list[_Timed] = [(0, 0, mido.MetaMessage("track_name", name=voice.name))]
    if not voice.notes:
        messages.insert(0, (0, 0, mido.MetaMessage("channel_prefix", channel=channel)))
    if voice.program is not None:
        messages.append((0, 1, mido.Message("program_change", channel=channel, program=voice.program)))
    for note in sorted(
        voice.notes, key=lambda note: note.pitch_midi
    ):  # so that a tick's messages stand in one order, however notes overlap
        start = _tick(note.onset_wn)
        end = max(_tick(note.end_wn), start + 1)
        messages.append((start, 3, mido.Message("note_on", channel=channel, note=note.pitch_midi, velocity=VELOCITY)))
        messages.append((end, 2, mido.Message("note_off", channel=channel, note=note.pitch_midi)))
    return messages


def _track(messages: list[_Timed], end: int) -> mido.MidiTrack:
    """Sort by time (ends before starts) and turn times into distances."""
    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(messages, key=lambda timed: timed[:2]):
        message.time = tick - now
        track.append(message)
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _tick(onset_wn: Fraction) -> int:
    return round(onset_wn * 4 * TICKS_PER_QUARTER)


def _key_name(key: Key) -> str:
    """The name that mido gives to a signature.

    >>> _key_name(Key(-3, "minor")), _key_name(Key(0, "dorian")), _key_name(Key(8))
    ('Cm', 'C', 'Ab')
    """
    fifths = key.fifths if -7 <= key.fifths <= 7 else (key.fifths + 5) % 12 - 5
    accidentals, index = divmod(fifths + (4 if key.mode == "minor" else 1), 7)
    return FIFTHS_ORDER[index] + ("#" * accidentals if accidentals > 0 else "b" * -accidentals) + ("m" if key.mode == "minor" else "")
