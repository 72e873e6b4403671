"""What is played in MIDI files, in seconds: players of a song, or the stems of a track of Slakh.

Drums have no pitches and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np

from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.pair_parts.musical_time import LONGEST_S, MusicalTime, time_of_midi
from transformers_abc.data.pair_parts.score import Player
from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.notation.midi import DRUM_CLEF
from transformers_abc.notation.midi_parts.midi_file import MAX_MIDI_BYTES, parse_midi
from transformers_abc.notation.midi_parts.midi_tracks import TickNote, track_events
from transformers_abc.notation.midi_reader import tune_of_midi
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.scoring.instrument_names import instrument_of


def read_midi_notes(path: Path) -> tuple[list[Player], MusicalTime]:
    """The players of a file and its own musical time.

    Every track is a player, whose instrument is told by the name of the track where that is one, else by its program, else by General
    MIDI's first: a piano.

    Raises:
        PairsError: it cannot be read.
    """
    try:
        if path.stat().st_size > MAX_MIDI_BYTES:
            raise ValueError(f"larger than {MAX_MIDI_BYTES} bytes")
        file = parse_midi(path.read_bytes())
        time = time_of_midi(file)
        players = list(_players(file, time))
        end_s = max((note.offset_s for player in players for note in player.notes), default=0.0)
        if end_s > LONGEST_S:
            raise ValueError(f"its notes end at {end_s:g} s, and no recording lasts {LONGEST_S:g} s")
        return players, time
    except OSError as error:
        raise PairsError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise PairsError(f"{path}: {error}") from error


def _players(file: mido.MidiFile, time: MusicalTime) -> Iterator[Player]:
    events = [track_events(track, charset=file.charset) for track in file.tracks]
    played = [track.notes.get(channel, []) for track in events for channel in track.channels]
    for voice, notes in zip(tune_of_midi(file).voices, played, strict=True):  # names and programs as the reader finds them
        if notes and voice.clef != DRUM_CLEF:
            program = voice.program or 0
            named = instrument_of(voice.name, program)
            yield Player(PROGRAM_NAMES.index(named) if named in PROGRAM_NAMES else program, _in_seconds(notes, time))


def _in_seconds(notes: list[TickNote], time: MusicalTime) -> tuple[HeardNote, ...]:
    starts_s = time.seconds_at(np.array([start for start, _, _ in notes]))
    ends_s = time.seconds_at(np.array([end for _, end, _ in notes]))
    return tuple(
        HeardNote(float(start_s), float(end_s), pitch) for start_s, end_s, (_, _, pitch) in zip(starts_s, ends_s, notes, strict=True)
    )
