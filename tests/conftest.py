"""What tests of several packages share: a local Hub, and oracles, other people's programs that the tests compare with.

A test that asks for an oracle is skipped where the program is missing; with ``REQUIRE_ORACLES=1`` it fails instead, so that a machine
that should have them cannot pass without.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NoReturn

import mido
import pytest
from hypothesis import settings

from hub_server import server
from hub_server.server import HubServer

# The same examples in every run, so that a change is judged by what it did; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("default", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

SoundingNotes = list[tuple[Fraction, Fraction, int]]  # (onset_wn, length_wn, pitch_midi), sorted


def _missing(oracle: str, remedy: str) -> NoReturn:
    message = f"the oracle {oracle} is not installed ({remedy})"
    if os.environ.get("REQUIRE_ORACLES") == "1":
        pytest.fail(f"{message}, and REQUIRE_ORACLES=1")
    pytest.skip(message)


@pytest.fixture(scope="session")
def missing_oracle() -> Callable[[str, str], NoReturn]:
    """A function to call where an oracle is not there, with its name and how to get it: it ends the test."""
    return _missing


@pytest.fixture(scope="session")
def abc2midi(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[SoundingNotes]]:
    """A function from ABC text to what abc2midi plays: the notes of each voice in turn. It fails where abc2midi complains."""
    program, folder = shutil.which("abc2midi") or _missing("abc2midi", "Debian: abcmidi"), tmp_path_factory.mktemp("abc2midi")

    def play(text: str) -> list[SoundingNotes]:
        abc_path, midi_path = folder / "tune.abc", folder / "tune.mid"
        abc_path.write_text(_with_chords_struck_at_once(text), encoding="utf-8")
        done = subprocess.run([program, abc_path, "-o", midi_path], capture_output=True, text=True, timeout=20, check=False)
        complaints = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("Error", "Warning"))]
        assert not complaints, "\n".join([*complaints, text])
        midi = mido.MidiFile(midi_path)
        voices = midi.tracks[1:] if midi.type == 1 else midi.tracks
        return [_sounding(track, midi.ticks_per_beat * 4) for track in voices]

    return play


def _with_chords_struck_at_once(text: str) -> str:
    """By default abc2midi plays a chord's notes ten ticks apart; each voice has to be told."""
    at_once = "%%MIDI chordattack 0\n"
    voices = re.findall(r"(?m)^V:\S+", text.partition("\nK:")[0])
    told = "".join(f"{voice}\n{at_once}" for voice in voices) or at_once
    return re.sub(r"(?m)^K:.*\n", lambda key: key[0] + told, text, count=1)


def _sounding(track: mido.MidiTrack, ticks_per_whole: int) -> SoundingNotes:
    """The notes of a track; abc2midi starts each one tick late, so that a repeated note can be told from a held one."""
    now, began, notes = 0, {}, []
    for message in track:
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            began[message.note] = now - 1
        elif message.type in ("note_on", "note_off"):
            start = began.pop(message.note)
            notes.append((Fraction(start, ticks_per_whole), Fraction(now - start, ticks_per_whole), message.note))
    return sorted(notes)


@pytest.fixture
def models_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """The local Hub, with models in place of its datasets: the same endpoints at other addresses."""
    models = [
        (method, path.replace("/api/datasets", "/api/models").replace("/datasets/", "/"), answer) for method, path, answer in server.ROUTES
    ]
    monkeypatch.setattr(server, "ROUTES", models)
    with HubServer(tokens={"secret": ("owner",)}) as hub:
        yield hub
