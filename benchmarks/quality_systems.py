"""What writes scores in the quality benchmark: a hearing of the audio, then the score writer. Both are kept, each by all it depends on.

- ``ours``: the embedded default.
- ``basic_pitch``: the notes of basic-pitch through our score writer.
- ``true_notes`` and ``true_notes_instruments``: the notes of the reference through our score writer, without and with who plays each of
  them: what the score writer loses by itself.

Where notes come without instruments, every voice is called what is commonest in the set.

Notes are kept by the audio and by what heard it, scores by the notes and by what wrote them: after a change of the score writer nothing is
heard again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from quality_sets import Clip
from tqdm import tqdm

import transformers_abc
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import write_whole
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.writing import write_score

OURS, BASIC_PITCH, TRUE_NOTES, TRUE_INSTRUMENTS = "ours", "basic_pitch", "true_notes", "true_notes_instruments"
SYSTEMS = (OURS, BASIC_PITCH, TRUE_NOTES, TRUE_INSTRUMENTS)
WITHOUT_INSTRUMENTS = (BASIC_PITCH, TRUE_NOTES)
PACKAGE = Path(transformers_abc.__file__).parent
LISTENER = ("models", "transcription.py", "data/audio.py", "score_writer/heard_note.py")
SCORE_WRITER = ("models", "transcription.py", "score_writer", "notation")
FORMAT = 1  # of what is kept

# Runs in the baseline's environment: paths in, a line of notes for each.
_BASELINE = """
import json, logging, sys
logging.disable()  # of what else could be installed
from basic_pitch import FilenameSuffix, build_icassp_2022_model_path
from basic_pitch.inference import Model, predict
model = Model(build_icassp_2022_model_path(FilenameSuffix.onnx))
for path in sys.argv[1:]:
    events = [[float(start), float(end), int(pitch), float(loudness)] for start, end, pitch, loudness, *_ in predict(path, model)[2]]
    print("NOTES" + json.dumps(events), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a system made of a clip: the notes it had and the score as ABC."""

    notes: tuple[HeardNote, ...]
    abc: str


@dataclass(frozen=True)
class Keeper:
    """Finds what was heard and written before, and does what is missing.

    Args:
        cache: a folder.
        baseline: a Python that has basic-pitch; None where there is none.
    """

    cache: Path
    baseline: Path | None = None

    @cached_property
    def listener(self) -> str:
        """A digest of what hears: source and weights."""
        return digest_of(PACKAGE / name for name in LISTENER)

    @cached_property
    def score_writer(self) -> str:
        """A digest of what writes."""
        return digest_of(PACKAGE / name for name in SCORE_WRITER)

    def written(self, system: str, clips: Sequence[Clip], commonest: str) -> list[Written] | None:
        """What a system writes of clips; None where basic-pitch is wanted and neither it nor all of its notes are there.

        Args:
            system: one of `SYSTEMS`.
            clips: of one set.
            commonest: the instrument of all voices where the system knows of none.
        """
        if system == BASIC_PITCH and not self._hear_by_basic_pitch(clips):
            return None
        bar = tqdm(clips, f"{system} on {clips[0].name.rsplit('-', 1)[0]}", unit="clip", file=sys.stderr)
        return [self._written(system, clip, commonest) for clip in bar]

    def _written(self, system: str, clip: Clip, commonest: str) -> Written:
        notes = self._heard(system, clip)
        named = commonest if system in WITHOUT_INSTRUMENTS else ""
        # As `transcribe` does, without a title.
        key = sha256(json.dumps([[asdict(note) for note in notes], clip.duration_s, named, FORMAT]).encode()).hexdigest()[:20]
        kept = self.cache / "scores" / self.score_writer / f"{key}.abc"
        if not kept.exists():
            tune = write_score(list(notes), clip.duration_s)
            if named:
                program = next(instrument.program for instrument in HEARD_INSTRUMENTS if instrument.name == named)
                tune = replace(tune, voices=tuple(replace(voice, name=named, program=program) for voice in tune.voices))
            _keep(kept, write_abc(tune))
        return Written(notes, kept.read_text(encoding="utf-8"))

    def _heard(self, system: str, clip: Clip) -> tuple[HeardNote, ...]:
        if system in (TRUE_NOTES, TRUE_INSTRUMENTS):
            return tuple(true_notes(clip, with_instruments=system == TRUE_INSTRUMENTS))
        if system == BASIC_PITCH:
            return _read_notes(self._basic_pitch_file(clip))
        kept = self.cache / "heard" / self.listener / f"{clip.content}.json"
        if not kept.exists():
            from transformers_abc.transcription import hear

            _keep_notes(kept, hear(clip.audio).notes)
        return _read_notes(kept)

    def _basic_pitch_file(self, clip: Clip) -> Path:
        return self.cache / "heard" / "basic-pitch-0.4" / f"{clip.content}.json"

    def _hear_by_basic_pitch(self, clips: Sequence[Clip]) -> bool:
        """Whether the notes of basic-pitch are there, after it has heard what it had not."""
        missing = [clip for clip in clips if not self._basic_pitch_file(clip).exists()]
        if not missing:
            return True
        if self.baseline is None:
            return False
        command = [str(self.baseline), "-c", _BASELINE, *(str(clip.audio) for clip in missing)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = (line.removeprefix("NOTES") for line in process.stdout if line.startswith("NOTES"))
            for clip, line in zip(missing, tqdm(lines, "basic-pitch", len(missing), unit="clip", file=sys.stderr), strict=False):
                events = json.loads(line)
                _keep_notes(self._basic_pitch_file(clip), (HeardNote(*event) for event in events))
        if process.returncode or not all(self._basic_pitch_file(clip).exists() for clip in missing):
            raise SystemExit(f"{self.baseline}: basic-pitch failed with status {process.returncode}; its message stands above")
        return True


def true_notes(clip: Clip, *, with_instruments: bool) -> Iterator[HeardNote]:
    """The reference as a perfect listener would give it."""
    names = [instrument.name for instrument in HEARD_INSTRUMENTS]
    for note in clip.notes:
        evidence = tuple(float(name == note.instrument) for name in names) if with_instruments else ()
        yield HeardNote(note.onset_s, note.offset_s, note.pitch_midi, 1.0, evidence)


def digest_of(paths: Iterable[Path]) -> str:
    """Of the contents of files and folders, without what Python makes of them."""
    digest = sha256(str(FORMAT).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def _keep_notes(path: Path, notes: Iterable[HeardNote]) -> None:
    _keep(path, json.dumps([asdict(note) for note in notes]))


def _read_notes(path: Path) -> tuple[HeardNote, ...]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(HeardNote(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}) for row in rows)


def _keep(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
