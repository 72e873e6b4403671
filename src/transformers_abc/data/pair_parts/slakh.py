"""A track of Slakh: a mix and its stems, each with MIDI of its own.

    TrackNNNNN/metadata.yaml    of each stem its instrument (program_num), whether it is drums, and whether it is in the mix
               all_src.mid      the whole, with bars and tempo map
               mix.flac         or .wav, .ogg, .mp3
               MIDI/S00.mid     stems/S00.flac

Drums are heard in the mix and are not in the score. A track without metadata takes programs and drums from its MIDI files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.pair_parts.files import TRACK_METADATA, TRACK_MIX, TRACK_PARTS, TRACK_SCORE, TRACK_STEMS, audio_of
from transformers_abc.data.pair_parts.midi_files import read_midi_notes
from transformers_abc.data.pair_parts.musical_time import MusicalTime
from transformers_abc.data.pair_parts.score import Player
from transformers_abc.notation.instruments import PROGRAM_NAMES

OMITTED = "omitted"  # Slakh's folder of tracks whose music is in another split, too


@dataclass(frozen=True, slots=True)
class Track:
    """What is played in a track.

    Attributes:
        players: one a stem that has pitches.
        stems: the recording of each; None where there is none.
        mix: None where it has players whose notes are not known.
        time: of the music.
        problems: what is missing, one sentence each, with the file.
    """

    players: tuple[Player, ...]
    stems: tuple[Path | None, ...]
    mix: Path | None
    time: MusicalTime
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stem:
    name: str
    program: int | None
    is_drums: bool
    is_heard: bool


def read_track(folder: Path) -> Track:
    """Read a track.

    Raises:
        PairsError: nothing of it can be used.
    """
    if folder.parent.name == OMITTED:
        raise PairsError(f"{folder}: Slakh leaves it out, since its music is in another track")
    problems: list[str] = []
    known, unknown = _players_by_stem(folder, problems)
    if not known:
        raise PairsError(f"{folder}: no stem with pitched notes{': ' if problems else ''}{'; '.join(problems)}")
    score = folder / TRACK_SCORE
    time = next(iter(known.values()))[1]
    if score.is_file():
        time = read_midi_notes(score)[1]
    stems = [audio_of(folder / TRACK_STEMS / name) for name in known]
    missing = [name for name, stem in zip(known, stems, strict=True) if stem is None]
    if missing and (folder / TRACK_STEMS).is_dir():
        problems.append(f"{folder / TRACK_STEMS}: no recording of {', '.join(missing)}")
    mix = audio_of(folder / TRACK_MIX)
    if mix and unknown:
        problems.append(f"{mix}: left out, since the notes of {', '.join(unknown)} are not known")
    return Track(tuple(player for player, _ in known.values()), tuple(stems), None if unknown else mix, time, tuple(problems))


def _players_by_stem(folder: Path, problems: list[str]) -> tuple[dict[str, tuple[Player, MusicalTime]], list[str]]:
    """The stems with pitches, and the names of those whose notes are heard but not known."""
    known: dict[str, tuple[Player, MusicalTime]] = {}
    unknown: list[str] = []
    for stem in _stems(folder):
        if stem.is_drums or not stem.is_heard:
            continue
        try:
            players, time = read_midi_notes(folder / TRACK_PARTS / f"{stem.name}.mid")
        except PairsError as error:
            problems.append(str(error))
            unknown.append(stem.name)
            continue
        if players:
            program = players[0].program if stem.program is None else stem.program
            known[stem.name] = Player(program, tuple(sorted(note for player in players for note in player.notes))), time
    return known, unknown


def _stems(folder: Path) -> list[_Stem]:
    path = folder / TRACK_METADATA
    if not path.is_file():
        return [_Stem(part.stem, None, is_drums=False, is_heard=True) for part in sorted((folder / TRACK_PARTS).glob("*.mid"))]
    stems = _metadata(path).get("stems")
    if not isinstance(stems, Mapping) or not all(isinstance(stem, Mapping) for stem in stems.values()):
        raise PairsError(f"{path}: names no stems; fetch it again, or take it away to have instruments told by the MIDI files")
    named = sorted(((str(name), stem) for name, stem in stems.items()), key=lambda item: item[0])
    for name, _ in named:
        if not _is_file_name(name):
            raise PairsError(f"{path}: its stem {name[:80]!r} is no plain file name; fetch it again, or take it away")
    return [_stem(name, stem) for name, stem in named]


def _is_file_name(name: str) -> bool:
    """Whether it names something in a folder and nothing elsewhere, on any system."""
    return name not in ("", ".", "..") and PurePath(name).name == name and "\\" not in name and name.isprintable()


def _stem(name: str, values: Mapping[str, Any]) -> _Stem:
    program = values.get("program_num")
    is_program = isinstance(program, int) and program in range(len(PROGRAM_NAMES))
    return _Stem(name, program if is_program else None, bool(values.get("is_drum")), values.get("audio_rendered") is not False)


def _metadata(path: Path) -> Mapping[str, Any]:
    import yaml  # huggingface_hub brings it

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    # Beside its own errors the reader lets through those of a tag whose text is of another kind (a month 13), and of deep nesting.
    except (OSError, ValueError, KeyError, AttributeError, RecursionError, yaml.YAMLError) as error:
        raise PairsError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    return values if isinstance(values, Mapping) else {}
