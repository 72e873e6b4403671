"""Which files of a folder belong together: recordings, and the notes that are played in them.

Layouts, told from the names alone, and mixed as they come:
    - ``song.wav`` with ``song.mid`` beside it, in any depth of folders. With ``maestro-v*.csv`` or ``.json`` above them a piece takes its
      family (composer and title: one composition is played several times) and its split from there; otherwise its family is the name of
      the file without folders and capitals, so that ``take1/song`` and ``take2/Song`` stay together.
    - A folder with ``metadata.yaml``, or with ``mix.*`` and a folder ``MIDI``: a track of Slakh. Its split is the folder that it lies in.
    - ``NAME.jams`` with ``NAME.wav`` or ``NAME_*.wav`` anywhere: GuitarSet. The family of ``00_BN1-129-Eb_comp`` is the lead sheet
      ``BN1-129-Eb``, which every player has; that of another name is the name.

A file without its partner is a piece too: `pairs.read_pair` says what it lacks.

Sources: Hawthorne et al., *Enabling Factorized Piano Music Modeling and Generation with the MAESTRO Dataset*, ICLR 2019. Manilow et al.,
*Cutting Music Source Separation Some Slakh*, WASPAA 2019. Xi et al., *GuitarSet: A Dataset for Guitar Transcription*, ISMIR 2018.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from transformers_abc.data.pair_parts.errors import PairsError
from transformers_abc.data.pair_parts.maestro import Compositions
from transformers_abc.data.urmp_splits import SPLITS
from transformers_abc.outputs import printable

AUDIO_ENDINGS = (".wav", ".flac", ".ogg", ".mp3")  # of several with one name the first is taken
MIDI_ENDINGS = (".mid", ".midi")
JAMS_ENDING = ".jams"
TRACK_METADATA, TRACK_SCORE, TRACK_MIX, TRACK_PARTS, TRACK_STEMS = "metadata.yaml", "all_src.mid", "mix", "MIDI", "stems"

_LEAD_SHEET = re.compile(r"\d+_(?P<sheet>.+)_(?:comp|solo)")


@dataclass(frozen=True, slots=True)
class PairFiles:
    """What belongs together.

    Attributes:
        id: path below the root without its ending, with a number where another piece has the same; can be written as UTF-8.
        family: pieces of a family share music.
        split: one of `urmp_splits.SPLITS` where the collection says so.
        notes: a MIDI file, a JAMS file or the folder of a track; None where there is none.
        recordings: of the same performance, the best to listen to first; the stems of a track are not among them.
    """

    id: str
    family: str
    split: str | None
    notes: Path | None
    recordings: tuple[Path, ...]


def find_pairs(root: Path) -> list[PairFiles]:
    """The pieces below a folder, in the order of their ids; no file is opened but MAESTRO's table.

    Raises:
        PairsError: there is no recording with notes, or a table that cannot be read.
    """
    if not root.is_dir():
        raise PairsError(f"{root}: no such folder")
    paths = sorted(root.rglob("*"))
    tracks = [folder for folder in [root, *paths] if folder.is_dir() and is_track(folder)]
    inside = set(tracks)
    files = [path for path in paths if path.is_file() and inside.isdisjoint(path.parents)]
    pieces = _with_ids_of_their_own([*_tracks(root, tracks), *_named_alike(root, files)])
    if not any(piece.notes and piece.recordings for piece in pieces):
        raise PairsError(
            f"{root}: no recording with its notes: looked for NAME.wav, .flac, .ogg or .mp3 with NAME.mid or .midi beside it, for "
            f"annotations NAME.jams with recordings NAME_*.wav, and for folders with {TRACK_METADATA}, {TRACK_MIX}.flac and {TRACK_PARTS}"
        )
    return sorted(pieces, key=lambda piece: piece.id)


def is_track(folder: Path) -> bool:
    """Whether a folder is a track in Slakh's layout."""
    return (folder / TRACK_METADATA).is_file() or ((folder / TRACK_PARTS).is_dir() and audio_of(folder / TRACK_MIX) is not None)


def audio_of(stem: Path) -> Path | None:
    """The recording of a name, which is given without its ending."""
    return next((path for ending in AUDIO_ENDINGS if (path := stem.with_name(stem.name + ending)).is_file()), None)


def _tracks(root: Path, folders: Sequence[Path]) -> Iterator[PairFiles]:
    for folder in folders:
        mix = audio_of(folder / TRACK_MIX)
        name = printable(root.name if folder == root else folder.relative_to(root).as_posix())
        above = [root.name, *folder.relative_to(root).parts[:-1]]
        split = next((split for split in SPLITS if split in above), None)
        yield PairFiles(name, name, split, folder, (mix,) if mix else ())


def _named_alike(root: Path, files: Sequence[Path]) -> Iterator[PairFiles]:
    audio = _by_stem(files, AUDIO_ENDINGS)
    midi = _by_stem(files, MIDI_ENDINGS)
    jams = {stem: path for stem, path in _by_stem(files, (JAMS_ENDING,)).items() if stem not in midi}
    takes = _takes(audio)
    compositions = Compositions.below(root, files)
    used: set[Path] = set()
    for stem, path in midi.items():
        recordings: tuple[Path, ...] = (audio[stem],) if stem in audio else ()
        used.update(recordings)
        family, split = compositions.of(path) or (_family(stem), None)
        yield PairFiles(_id(root, stem), printable(family), split, path, recordings)
    for stem, path in jams.items():
        recordings = tuple(takes[stem.name])
        used.update(recordings)
        sheet = _LEAD_SHEET.fullmatch(stem.name)
        yield PairFiles(_id(root, stem), printable(sheet["sheet"] if sheet else stem.name), None, path, recordings)
    for stem, path in audio.items():
        if path not in used:
            yield PairFiles(_id(root, stem), _family(stem), None, None, (path,))


def _by_stem(files: Sequence[Path], endings: Sequence[str]) -> dict[Path, Path]:
    """Files by their path without its ending."""
    found: dict[Path, Path] = {}
    for ending in endings:
        for path in files:
            if path.suffix.lower() == ending:
                found.setdefault(path.with_suffix(""), path)
    return found


def _takes(audio: dict[Path, Path]) -> dict[str, list[Path]]:
    """Recordings by their name and by every beginning of it before an underscore; microphones before pickups."""
    takes: dict[str, list[Path]] = defaultdict(list)
    for stem, path in sorted(audio.items(), key=lambda item: (not item[0].name.endswith("_mic"), item[0])):
        words = stem.name.split("_")
        for end in range(1, len(words) + 1):
            takes["_".join(words[:end])].append(path)
    return takes


def _with_ids_of_their_own(pieces: Sequence[PairFiles]) -> list[PairFiles]:
    """The first piece of an id keeps it: ``song.mid`` beside a track ``song/`` is ``song (2)``."""
    taken = {piece.id for piece in pieces}
    seen: set[str] = set()
    distinct = []
    for piece in pieces:
        name = piece.id
        if name in seen:
            name = next(numbered for number in count(2) if (numbered := f"{piece.id} ({number})") not in taken)
            taken.add(name)
        seen.add(name)
        distinct.append(replace(piece, id=name))
    return distinct


def _family(stem: Path) -> str:
    return printable(stem.name.casefold())


def _id(root: Path, stem: Path) -> str:
    return printable(stem.relative_to(root).as_posix())
