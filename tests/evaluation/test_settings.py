"""Results of different settings are never mixed."""

import json
from pathlib import Path

import pytest

from transformers_abc.evaluation.results import RESULTS_FILE
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.settings import SETTINGS_FILE, SettingsError, keep_settings, set_fingerprint

SETTINGS = {"set": "songs", "seed": 0, "prompt": None}


def test_the_same_settings_go_on_and_others_are_refused(tmp_path: Path) -> None:
    keep_settings(tmp_path, SETTINGS)
    (tmp_path / RESULTS_FILE).write_text("")
    keep_settings(tmp_path, SETTINGS)
    with pytest.raises(SettingsError, match=r"other settings \(seed was 0 and is 1; prompt was None and is 'Hm'\); choose another --out"):
        keep_settings(tmp_path, {**SETTINGS, "seed": 1, "prompt": "Hm"})
    keep_settings(tmp_path, {**SETTINGS, "seed": 1}, restart=True)
    assert not (tmp_path / RESULTS_FILE).exists()
    assert json.loads((tmp_path / SETTINGS_FILE).read_text())["seed"] == 1


def test_settings_without_results_bind_nobody(tmp_path: Path) -> None:
    keep_settings(tmp_path, SETTINGS)
    keep_settings(tmp_path, {**SETTINGS, "seed": 1})
    assert json.loads((tmp_path / SETTINGS_FILE).read_text())["seed"] == 1


@pytest.mark.parametrize(("content", "message"), [(None, "results without their settings"), ("{", "is broken"), ("[]", "is broken")])
def test_results_need_their_settings(tmp_path: Path, content: str | None, message: str) -> None:
    (tmp_path / RESULTS_FILE).write_text("")
    if content is not None:
        (tmp_path / SETTINGS_FILE).write_text(content)
    with pytest.raises(SettingsError, match=message):
        keep_settings(tmp_path, SETTINGS)


def test_a_set_is_known_by_what_is_in_it(samples: list[Sample]) -> None:
    name = set_fingerprint(samples)
    assert name == set_fingerprint(list(samples))
    assert name != set_fingerprint(samples[:2])
    samples[0].audio.write_bytes(b"shorter")
    assert name != set_fingerprint(samples)
