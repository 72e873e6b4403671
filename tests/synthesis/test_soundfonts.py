"""SoundFonts: found, and refused where they are test sounds."""

from pathlib import Path

import pytest

from transformers_abc.synthesis import soundfonts
from transformers_abc.synthesis.soundfonts import SoundFontError, check_for_training, inner_name, is_test_sound, training_soundfont


def font(path: Path, name: str) -> Path:
    """The beginning of a SoundFont that calls itself `name`."""
    inam = name.encode() + b"\0" * (2 - len(name) % 2)
    info = b"INFOifil\x04\0\0\0\x02\0\x01\0INAM" + len(inam).to_bytes(4, "little") + inam
    content = b"sfbkLIST" + len(info).to_bytes(4, "little") + info
    path.write_bytes(b"RIFF" + len(content).to_bytes(4, "little") + content)
    return path


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(soundfonts, "FOLDERS", (str(tmp_path),))
    return tmp_path


def test_a_font_says_its_name(tmp_path: Path) -> None:
    assert inner_name(font(tmp_path / "a.sf2", "Warm Sounds")) == "Warm Sounds"


def test_the_most_wanted_font_is_found_and_test_sounds_are_passed_over(places: Path) -> None:
    font(places / "aaa.sf2", "Some")
    font(places / "TimGM6mb.sf2", "TimGM6mb1.sf2")
    assert training_soundfont(environment={}) == places / "aaa.sf2"
    font(places / "FluidR3_GM.sf2", "Fluid R3 GM")
    assert training_soundfont(environment={}) == places / "FluidR3_GM.sf2"


def test_a_font_that_is_named_goes_first(places: Path) -> None:
    font(places / "FluidR3_GM.sf2", "Fluid R3 GM")
    mine = font(places / "mine.sf2", "Mine")
    assert training_soundfont(environment={"SOUNDFONT": str(mine)}) == mine
    assert training_soundfont(mine, environment={"SOUNDFONT": "/nowhere.sf2"}) == mine


@pytest.mark.parametrize(("file", "name"), [("TimGM6mb.sf2", "x"), ("renamed.sf2", "TimGM6mb1.sf2"), ("sf_GMbank.sf2", "x")])
def test_test_sounds_are_refused_by_either_name(tmp_path: Path, file: str, name: str) -> None:
    with pytest.raises(SoundFontError, match=r"test sounds and never trained on"):
        check_for_training(font(tmp_path / file, name))


def test_a_link_to_a_test_sound_is_one(tmp_path: Path) -> None:
    font(tmp_path / "TimGM6mb.sf2", "x")
    (tmp_path / "default-GM.sf2").symlink_to(tmp_path / "TimGM6mb.sf2")
    assert is_test_sound(tmp_path / "default-GM.sf2")


def test_what_is_missing_or_no_font_is_named(places: Path) -> None:
    with pytest.raises(FileNotFoundError, match="apt install fluid-soundfont-gm"):
        training_soundfont(environment={})
    font(places / "TimGM6mb.sf2", "x")
    with pytest.raises(FileNotFoundError, match=r"TimGM6mb\.sf2: kept for testing"):
        training_soundfont(environment={})
    with pytest.raises(FileNotFoundError, match=r"no SoundFont at .*gone\.sf2"):
        training_soundfont(places / "gone.sf2")
    (places / "text.sf2").write_text("RIFF no")
    with pytest.raises(SoundFontError, match=r"text\.sf2: no SoundFont"):
        check_for_training(places / "text.sf2")
