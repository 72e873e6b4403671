"""Read recordings with the notes that are played in them: any audio with MIDI that is aligned to it, or with annotations.

`find_pairs` says what belongs together, in the layouts of `pair_parts.files`; `read_pair` reads one piece. Bars come from where they are
known:
    - A MIDI file whose notes lie on its beats gives bars, metre and keys; when its notes sound says its tempo map.
    - A MIDI file that is a performance (`pair_parts.performance` tells which are), or whose tempos are none that anyone plays (below 10 or
      above 400 quarters a minute, but for a fermata), gives onsets only; beats and bars are found.
    - JAMS annotations give beats and bars.

Notes are those of the file: their pitches, in their order, at the times that it says. The sustain pedal makes no note longer, and drums
are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.pair_parts.files import JAMS_ENDING, PairFiles, find_pairs
from transformers_abc.data.pair_parts.jams import read_jams
from transformers_abc.data.pair_parts.midi_files import read_midi_notes
from transformers_abc.data.pair_parts.musical_time import MusicalTime, is_musical_tempo
from transformers_abc.data.pair_parts.performance import found_time, is_performance
from transformers_abc.data.pair_parts.score import PlayedScore, Player, score_of
from transformers_abc.data.pair_parts.slakh import read_track
from transformers_abc.score_writer.heard_note import HeardNote

__all__ = ["PairFiles", "PairsError", "find_pairs", "read_pair"]

LARGEST_DIFFERENCE_S = 10.0  # between the end of a recording and that of its notes
MOST_LOST = 0.02  # of the notes
MOST_UNMUSICAL = 0.02  # of the notes, may begin at a tempo that no one plays: a fermata is often written so


@dataclass(frozen=True, slots=True)
class _Played:
    """What the files of a piece say.

    Attributes:
        time: None where no beats are known.
        is_midi: whether `time` is that of a MIDI file, which a performance does not keep.
        stems: recordings, each with the place of the player who is heard in it.
    """

    players: Sequence[Player]
    time: MusicalTime | None
    is_midi: bool
    mixes: Sequence[Path]
    stems: Sequence[tuple[Path, int]] = ()
    problems: tuple[str, ...] = ()

    @property
    def notes(self) -> list[HeardNote]:
        return [note for player in self.players for note in player.notes]


def read_pair(files: PairFiles) -> tuple[AlignedPiece, tuple[str, ...]]:
    """Read one piece.

    Returns:
        The piece, and what is missing, wrong or doubtful about it, one sentence each, with the file.

    Raises:
        PairsError: it cannot be used.
    """
    played = _played(files)
    if len({note.onset_s for note in played.notes}) < 2:
        raise PairsError(f"{files.notes}: fewer than two notes with a pitch that begin at different times")
    problems = list(played.problems)
    mixes = [path for path in played.mixes if _is_usable(path, played.notes, problems)]
    stems = [(path, player) for path, player in played.stems if _is_usable(path, played.players[player].notes, problems, is_part=True)]
    if not mixes and not stems:
        raise PairsError("; ".join(problems) or f"{files.notes}: no recording of it")
    score = _score(played)
    if score.lost > MOST_LOST * len(played.notes):
        problems.append(f"{files.notes}: {score.lost} of {len(played.notes)} notes repeat another one too fast to be written")
    voices_of = {
        place: tuple(v for v, player in enumerate(score.player_of_voice) if player == place) for place in range(len(played.players))
    }
    recordings = [
        *(PieceRecording(path, tuple(range(len(score.tune.voices)))) for path in mixes),
        *(PieceRecording(path, voices_of[player]) for path, player in stems),
    ]
    return AlignedPiece(files.id, files.family, "pairs", score.tune, score.onsets_s, tuple(recordings)), tuple(problems)


def _played(files: PairFiles) -> _Played:
    path = files.notes
    if path is None:
        raise PairsError(f"{files.recordings[0]}: no MIDI file of that name beside it, and no JAMS annotation of it")
    if path.is_dir():
        track = read_track(path)
        stems = [(stem, player) for player, stem in enumerate(track.stems) if stem is not None]
        return _Played(track.players, track.time, True, [track.mix] if track.mix else [], stems, track.problems)
    if not files.recordings:
        raise PairsError(f"{path}: no recording of that name (wav, flac, ogg or mp3) beside it")
    if path.suffix.lower() == JAMS_ENDING:
        player, marked = read_jams(path)
        return _Played([player], marked, False, files.recordings)
    players, time = read_midi_notes(path)
    return _Played(players, time, True, files.recordings)


def _score(played: _Played) -> PlayedScore:
    """The notes in the musical time of their files, or in one that is found."""
    if played.time is not None and not played.is_midi:
        return score_of(played.players, played.time, is_written=False)
    time = played.time
    if time is None or not _is_kept(time, [note.onset_s for note in played.notes]):
        return score_of(played.players, found_time(played.notes), is_written=False)
    return score_of(played.players, time, is_written=True)


def _is_kept(time: MusicalTime, onsets_s: Sequence[float]) -> bool:
    """Whether the time of a MIDI file is musical, and its notes keep to it."""
    ticks = time.ticks_at(onsets_s)
    unmusical = sum(not is_musical_tempo(bpm) for bpm in time.tempos_at(ticks))
    return unmusical <= MOST_UNMUSICAL * len(onsets_s) and not is_performance(ticks, time.ticks_per_quarter)


def _is_usable(path: Path, notes: Sequence[HeardNote], problems: list[str], *, is_part: bool = False) -> bool:
    """Whether a recording can be read and named; a doubt about it is told, too."""
    if not _is_utf8(path.name):  # which is part of the id of its rows
        problems.append(f"{path}: its name is not UTF-8; rename it")
        return False
    try:
        duration_s = Recording(path).duration_s
    except AudioError as error:
        problems.append(str(error))
        return False
    end_s = max(note.offset_s for note in notes)
    if end_s > duration_s + LARGEST_DIFFERENCE_S or (not is_part and duration_s > end_s + LARGEST_DIFFERENCE_S):
        problems.append(f"{path}: lasts {duration_s:.1f} s, but its notes end at {end_s:.1f} s: are they of this recording?")
    return True


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
