"""SoundFonts: where they are, and which of them may be trained on.

TimGM6mb and csound's bank, which share samples, are test sounds: a model that had heard them in training could not be tested on them. They
are known by the name of the file, links followed, and by the name written inside.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

VARIABLE = "SOUNDFONT"
ENDINGS = (".sf2", ".sf3")
# Folders in which Linux distributions, FluidSynth and MuseScore look; Homebrew's last.
FOLDERS = (
    "~/.local/share/soundfonts",
    "~/.local/share/sounds/sf2",
    "~/.local/share/sounds/sf3",
    "/usr/local/share/soundfonts",
    "/usr/share/soundfonts",
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/opt/homebrew/share/soundfonts",
)
PREFERRED = ("fluidr3_gm", "fluidr3", "musescore_general", "default-gm", "default")  # how names begin, the most wanted first
_TEST_SOUNDS = re.compile(r"timgm6mb|timgm|sf_gmbank|csound", re.IGNORECASE)
_HEADER_BYTES = 4096  # the INFO chunk stands first


class SoundFontError(ValueError):
    """A SoundFont that cannot be used; the message names it, says why and what to do."""


def training_soundfont(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The SoundFont to train on: the one given, the one that the variable `VARIABLE` names, or the best in the usual places.

    Args:
        given: a file; None to look for one.
        environment: of the process.

    Raises:
        FileNotFoundError: there is none.
        SoundFontError: it is no SoundFont, or a test sound.
    """
    named = given or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    if named is not None:
        check_for_training(named)
        return named
    found = sorted((path for folder in FOLDERS for path in _soundfonts_in(Path(folder).expanduser())), key=_rank)
    usable = [path for path in found if not is_test_sound(path)]
    if usable:
        return usable[0]
    held_out = f" ({', '.join(map(str, found))}: kept for testing)" if found else ""
    raise FileNotFoundError(
        f"no SoundFont to train on in {', '.join(FOLDERS)}{held_out}: install one (Debian: apt install fluid-soundfont-gm), "
        f"name one in the variable {VARIABLE}, or do without and use random timbres"
    )


def check_for_training(path: Path) -> None:
    """Refuse what is no SoundFont, and test sounds.

    Raises:
        FileNotFoundError: no such file.
        SoundFontError: see above.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no SoundFont at {path}")
    inner_name(path)
    if is_test_sound(path):
        raise SoundFontError(f"{path}: TimGM6mb and csound's bank are test sounds and never trained on: use FluidR3 or another SoundFont")


def is_test_sound(path: Path) -> bool:
    """Whether a SoundFont is kept for testing; a file that is none is not.

    >>> is_test_sound(Path("/usr/share/sounds/sf2/TimGM6mb.sf2")), is_test_sound(Path("FluidR3_GM.sf2"))
    (True, False)
    """
    names = [path.name, path.resolve().name]
    if path.is_file():
        with suppress(SoundFontError):
            names.append(inner_name(path))
    return any(_TEST_SOUNDS.search(name) for name in names)


def inner_name(path: Path) -> str:
    """The name that a SoundFont gives itself (chunk INAM of its INFO list; SoundFont 2.04, section 5.3); empty where it has none.

    Raises:
        SoundFontError: it is no SoundFont.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if header[:4] != b"RIFF" or header[8:12] != b"sfbk":
        raise SoundFontError(f"{path}: no SoundFont, since it does not begin with RIFF and sfbk: give a .sf2 or .sf3 file")
    place = header.find(b"INAM")
    if place < 0:
        return ""
    length = int.from_bytes(header[place + 4 : place + 8], "little")
    return header[place + 8 : place + 8 + length].split(b"\0")[0].decode("latin-1")


def _soundfonts_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS and path.is_file()]


def _rank(path: Path) -> int:
    name = path.name.lower()
    return next((place for place, start in enumerate(PREFERRED) if name.startswith(start)), len(PREFERRED))
