"""Read Standard MIDI Files into a `Tune`.

Conventions:
    - Each channel of a track that has notes is one `Voice`, in the order of tracks, then of channels. A channel that is only named, by a
      channel prefix, is a silent voice. Notes of one pitch end in the order in which they began.
    - A voice has the name of its track, in files of several tracks; in a type 0 file, and for a first track without notes, that name is
      the title. Its program is the last one before its first note, else the first after it; a track without notes may set it for all.
    - Channel 10 is drums: clef ``perc``, named ``Drums`` where the track has no name.
    - Changes of metre, key and tempo count in whatever track they stand; of several at one time that of the earliest track. The first key
      holds from the start. Where there is no key signature, the key is found from the notes.
    - Times that were written are exact, those that were played are put on a grid: see `quantisation`. Bars: see `midi_bars`. Names of
      pitches: see `pitch_spelling`.
    - A tempo counts quarters, in compound metres dotted beats; it is the simplest number that gives the file's microseconds, or a whole
      one that is at most one off (many programs round down).
    - The tracks of a type 2 file are movements, and follow each other, each from a new bar.

Dropped: velocities, pedals, controllers, pitch bend, lyrics, programs after the first note. Not covered: times in SMPTE frames, which
have no beats (an error), and the hands of a piano in one track, which are one voice.

Source: MIDI 1.0 Detailed Specification 4.2, Standard MIDI Files 1.0 (MMA 1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from statistics import median

import mido

from transformers_abc.notation.key_finding import find_key
from transformers_abc.notation.midi import DRUM_CHANNEL, DRUM_CLEF, MINUTE_US, microseconds_of
from transformers_abc.notation.midi_parts.midi_bars import Signature, bar_lengths_of, metres_of, with_start
from transformers_abc.notation.midi_parts.midi_file import MAX_MIDI_BYTES, parse_midi
from transformers_abc.notation.midi_parts.midi_tracks import TrackEvents, track_events
from transformers_abc.notation.midi_parts.quantisation import TickGrid, quantise
from transformers_abc.notation.pitch_spelling import UnspelledNote, spell
from transformers_abc.notation.tune import Key, Metre, Note, T, Tempo, Timed, Tune, Voice, effective_changes, value_at

DRUM_NAME = "Drums"
MIDDLE_C = 60
_VIOLA = 41  # program
# Parts of a beat a minute that are tried before the exact fraction, and by how many microseconds they may be off. Ours come first, so that
# a tempo of up to two decimals comes back as it was.
_TEMPO_TRIALS = ((1, 0), (10, 0), (100, 0), (1, 1))


class MidiError(ValueError):
    """A file that is no readable MIDI; the message names the file, where there is one, and the reason."""


def read_midi(path: Path) -> Tune:
    """Read a MIDI file; see the module for what is kept.

    Raises:
        MidiError: the file is no MIDI file, is damaged or is too large.
        OSError: the file itself cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_MIDI_BYTES:
            raise ValueError(f"larger than {MAX_MIDI_BYTES} bytes")
        return tune_of_midi(parse_midi(path.read_bytes()))
    except ValueError as error:
        raise MidiError(f"{path}: {error}") from error


def tune_of_midi(file: mido.MidiFile) -> Tune:
    """Convert a file in memory.

    Returns:
        The tune; without voices where the file has no notes.

    Raises:
        MidiError: its time is in SMPTE frames, or its music too long.

    >>> from transformers_abc.notation.midi import to_midi
    >>> tune = Tune((Voice((Note(Fraction(0), Fraction(1, 4), 66, 1),), "Violin", 40),), (Fraction(1),), keys=((Fraction(0), Key(2)),))
    >>> tune_of_midi(to_midi(tune)) == tune
    True
    """
    if file.ticks_per_beat <= 0:
        raise MidiError("times in SMPTE frames have no beats: save the file again with ticks per quarter note")
    try:
        return _tune(_tracks(file), TickGrid(file.ticks_per_beat), file.type)
    except ValueError as error:
        raise MidiError(str(error)) from error


def _tracks(file: mido.MidiFile) -> list[TrackEvents]:
    """The events of all tracks on one time line."""
    tracks: list[TrackEvents] = []
    start = 0
    for track in file.tracks:
        tracks.append(track_events(track, start=start, charset=file.charset))
        if file.type == 2:
            start = _next_bar_line(tracks[-1], start, file.ticks_per_beat)
    return tracks


def _next_bar_line(track: TrackEvents, start: int, ticks_per_quarter: int) -> int:
    """The first tick not before the end of a track where a bar of its last metre starts."""
    signatures = [(tick, Signature(Fraction(0), numerator, denominator)) for tick, numerator, denominator in track.signatures]
    tick, signature = next((pair for pair in reversed(signatures) if pair[1].is_possible), (start, Signature(Fraction(0), 4, 4)))
    bar = max(int(signature.metre.bar_wn * 4 * ticks_per_quarter), 1)
    return tick - (tick - track.end) // bar * bar


def _tune(tracks: list[TrackEvents], grid: TickGrid, file_type: int) -> Tune:
    signatures = with_start(_signatures(tracks, grid))
    parts = [(track, channel) for track in tracks for channel in track.channels]
    spans = [[(start, end) for start, end, _ in track.notes.get(channel, ())] for track, channel in parts]
    anchors = [(round(signature.onset_wn * grid.ticks_per_whole), signature.onset_wn) for signature in signatures]
    notes: list[list[UnspelledNote]] = [
        [
            (onset_wn, end_wn - onset_wn, pitch)
            for (onset_wn, end_wn), (_, _, pitch) in zip(times, track.notes.get(channel, ()), strict=True)
        ]
        for times, (track, channel) in zip(quantise(spans, grid, anchors), parts, strict=True)
    ]
    last_end_wn = max((onset_wn + length_wn for of_voice in notes for onset_wn, length_wn, _ in of_voice), default=Fraction(0))
    bar_lengths_wn = bar_lengths_of(signatures, last_end_wn, grid.nearest(max((track.end for track in tracks), default=0)))
    end_wn, metres = sum(bar_lengths_wn, Fraction(0)), metres_of(signatures)
    keys = _keys(tracks, grid, end_wn, notes)
    is_named_by_first = bool(tracks) and (file_type == 0 or not tracks[0].channels)
    return Tune(
        voices=tuple(
            _voice(track, channel, spell(of_voice, keys), tracks, file_type)
            for (track, channel), of_voice in zip(parts, notes, strict=True)
        ),
        bar_lengths_wn=bar_lengths_wn,
        metres=effective_changes(metres, end_wn),
        keys=keys,
        tempos=_tempos(tracks, grid, end_wn, metres),
        title=(tracks[0].name or "") if is_named_by_first else "",
    )


def _signatures(tracks: list[TrackEvents], grid: TickGrid) -> list[Signature]:
    texts = {tick: text for track in reversed(tracks) for tick, text in track.metre_texts.items()}
    at_tick = {tick: (numerator, denominator) for track in reversed(tracks) for tick, numerator, denominator in track.signatures}
    return [Signature(grid.nearest(tick), *numbers, texts.get(tick)) for tick, numbers in sorted(at_tick.items())]


def _keys(tracks: list[TrackEvents], grid: TickGrid, end_wn: Fraction, notes: list[list[UnspelledNote]]) -> Timed[Key]:
    changes = _merged((track.keys for track in tracks), grid)
    if not changes:
        return ((Fraction(0), find_key((pitch, length_wn) for of_voice in notes for _, length_wn, pitch in of_voice)),)
    return effective_changes([(Fraction(0), changes[0][1]), *changes[1:]], end_wn)


def _tempos(tracks: list[TrackEvents], grid: TickGrid, end_wn: Fraction, metres: Timed[Metre]) -> Timed[Tempo]:
    changes = _merged((track.tempos for track in tracks), grid)
    steady = effective_changes(changes, end_wn)  # compared in microseconds: the same tempo may be counted otherwise in another metre
    return tuple((onset_wn, _tempo(microseconds, value_at(metres, onset_wn))) for onset_wn, microseconds in steady)


def _merged(changes_of_tracks: Iterable[list[tuple[int, T]]], grid: TickGrid) -> list[tuple[Fraction, T]]:
    """Changes of all tracks in time order; of several at one time the last of the first track that has any."""
    at_tick = {tick: value for changes in reversed(list(changes_of_tracks)) for tick, value in changes}
    return [(grid.nearest(tick), value) for tick, value in sorted(at_tick.items())]


def _tempo(microseconds: int, metre: Metre) -> Tempo:
    """The simplest tempo of so many microseconds a quarter, to the nearest one.

    >>> str(_tempo(545455, Metre(4, 4)).beats_per_minute), _tempo(500000, Metre(6, 8))
    ('110', Tempo(beat_wn=Fraction(3, 8), beats_per_minute=Fraction(80, 1), text=''))
    """
    quarter_wn = Fraction(1, 4)
    beats_wn = [metre.beat_wn, quarter_wn] if metre.is_compound else [quarter_wn]
    for parts, tolerance in _TEMPO_TRIALS:
        for beat_wn in beats_wn:
            per_minute = Fraction(round(MINUTE_US * quarter_wn / beat_wn / microseconds * parts), parts)
            tempo = Tempo(beat_wn, per_minute)
            if per_minute and abs(microseconds_of(tempo) - microseconds) <= tolerance:
                return tempo
    return Tempo(quarter_wn, Fraction(MINUTE_US, microseconds))


def _voice(track: TrackEvents, channel: int, notes: tuple[Note, ...], tracks: list[TrackEvents], file_type: int) -> Voice:
    is_drums = channel == DRUM_CHANNEL
    name = track.name if file_type != 0 else None
    if name is None:
        name = DRUM_NAME if is_drums else ""
    program = _program(track, channel, tracks)
    return Voice(notes, name, program, DRUM_CLEF if is_drums else _clef(notes, program))


def _clef(notes: tuple[Note, ...], program: int | None) -> str:
    """By where most notes lie."""
    if program == _VIOLA:
        return "alto"
    return "bass" if notes and median(note.pitch_midi for note in notes) < MIDDLE_C else "treble"


def _program(track: TrackEvents, channel: int, tracks: list[TrackEvents]) -> int | None:
    changes = track.programs.get(channel) or [change for other in tracks if not other.notes for change in other.programs.get(channel, ())]
    if not changes:
        return None
    first_onset = min((start for start, _, _ in track.notes.get(channel, ())), default=0)
    return next((program for tick, program in reversed(changes) if tick <= first_onset), changes[0][1])
