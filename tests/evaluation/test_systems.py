"""What a user may name as a system, and the two simplest ones. The others have tests of their own."""

from pathlib import Path

import pytest

from transformers_abc.evaluation.command_system import CommandSystem
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import (
    DEFAULT_PROMPT,
    EmbeddedDefault,
    Generation,
    PredictionsFolder,
    SystemFailure,
    SystemOptions,
    SystemUnavailableError,
    system_of,
)
from transformers_abc.scoring.compare import compare

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_the_embedded_default_hears_an_example() -> None:
    reference = (EXAMPLES / "greensleeves.abc").read_text(encoding="utf-8")
    written = EmbeddedDefault().transcribe(Sample("greensleeves", "", EXAMPLES / "greensleeves.ogg", reference), 0)
    assert compare(written.text, reference).total < 0.1


def test_audio_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_text("no audio")
    with pytest.raises(SystemFailure, match=r"bad\.wav: not audio"):
        EmbeddedDefault().transcribe(Sample("bad", "", tmp_path / "bad.wav", ""), 0)


def test_predictions_lie_in_a_folder(tmp_path: Path, tune: str) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "first.abc").write_text(tune)
    system = PredictionsFolder(tmp_path)
    assert system.transcribe(Sample("suite/first", "", tmp_path, ""), 0).text == tune
    with pytest.raises(SystemFailure, match=r"second\.abc: no such file"):
        system.transcribe(Sample("suite/second", "", tmp_path, ""), 0)


def test_systems_are_told_apart_by_their_names(tmp_path: Path, tune: str) -> None:
    (tmp_path / "song.abc").write_text(tune)
    options = SystemOptions()
    assert isinstance(system_of("default", options), EmbeddedDefault)
    assert isinstance(system_of(str(tmp_path), options), PredictionsFolder)
    assert isinstance(system_of("cat {input}", options), CommandSystem)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("defualt", "is no system; name default"),
        ("{empty}", "holds neither a model"),
        ("no-such-program-here {input}".replace("{input}", "{{input}}"), "no such program"),
        ("cat '{{input}}", "cannot be split"),
    ],
)
def test_mistakes(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(SystemUnavailableError, match=message):
        system_of(source.format(empty=tmp_path), SystemOptions())


def test_prompts() -> None:
    plain, asking = Sample("a", "", Path(), ""), Sample("a", "", Path(), "", "Notes, please.")
    assert Generation().prompt_for(plain) == DEFAULT_PROMPT
    assert Generation().prompt_for(asking) == "Notes, please."
    assert Generation("Mine.").prompt_for(asking) == "Mine."
