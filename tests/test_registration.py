"""Whoever imports what first, the Auto classes of transformers know ours; each order in a process of its own."""

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer, Qwen2AudioProcessor, TokenizersBackend, WhisperFeatureExtractor
from transformers.models.auto import tokenization_auto

from hub_server.processes import run_python
from transformers_abc.registration import register_auto_classes
from transformers_abc.tokenization.tokenization_abc import AbcTokenizer, abc_tokenizer

TEXT = "X:1\nM:6/8\nL:1/8\nK:G\nG3 B2d | ^c'3/2d/2e fg2 |]\n"
MODEL_TYPES = ("qwen2_audio", "gpt2", "t5", "llama")
KNOWN_EXCEPTION = "qwen2"  # beside its config.json AutoTokenizer builds the model's own class, with other ids: see `registration`
LOADING = """
import json, sys
from pathlib import Path
def load(folder):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return [type(tokenizer).__name__, tokenizer.encode(TEXT)]
folder, TEXT = Path(sys.argv[1]), sys.argv[2]
"""
# Each prints, as JSON, what was loaded.
OURS_FIRST = f"""{LOADING}
import transformers_abc
assert not {{"torch", "transformers", "tokenizers"}} & set(sys.modules), "the import is not light"
loaded = {{name: load(folder / name) for name in ("alone", *{MODEL_TYPES})}}
from transformers import AutoProcessor
tokenizer = AutoProcessor.from_pretrained(folder / "processor").tokenizer
print(json.dumps(loaded | {{"processor": [type(tokenizer).__name__, tokenizer.encode(TEXT)]}}))
"""
OURS_LAST = f"""{LOADING}
sys.modules["transformers_abc"] = None  # not to be had
without = load(folder / "alone")
del sys.modules["transformers_abc"]
import transformers_abc
print(json.dumps([without, load(folder / "alone")]))
"""
OURS_BETWEEN_AND_BROKEN = f"""{LOADING}
import transformers
assert "transformers.models.auto.tokenization_auto" not in sys.modules
import transformers_abc
sys.modules["transformers_abc.tokenization.tokenization_abc"] = None
broken = load(folder / "alone")
del sys.modules["transformers_abc.tokenization.tokenization_abc"]
transformers_abc.registration.register_auto_classes()
print(json.dumps([broken, load(folder / "alone")]))
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our tokenizer alone, beside the configurations of models, and in a processor."""
    folder = tmp_path_factory.mktemp("saved")
    tokenizer = abc_tokenizer()
    tokenizer.save_pretrained(folder / "alone")
    for model_type in (*MODEL_TYPES, KNOWN_EXCEPTION):
        tokenizer.save_pretrained(folder / model_type)
        (folder / model_type / "config.json").write_text(json.dumps({"model_type": model_type}), encoding="utf-8")
    Qwen2AudioProcessor(WhisperFeatureExtractor(feature_size=8), tokenizer).save_pretrained(folder / "processor")
    return folder


def loaded(code: str, folders: Path, home: Path, complaint: str = "") -> object:
    done = run_python(code, home, folders, TEXT)
    assert complaint in done.stderr if complaint else not done.stderr, done.stderr
    return json.loads(done.stdout)


def test_ours_first(folders: Path, tmp_path: Path) -> None:
    ours = ["AbcTokenizer", abc_tokenizer().encode(TEXT)]
    assert loaded(OURS_FIRST, folders, tmp_path) == dict.fromkeys(("alone", *MODEL_TYPES, "processor"), ours)


def test_ours_last_and_what_is_loaded_without_it(folders: Path, tmp_path: Path) -> None:
    ids = abc_tokenizer().encode(TEXT)
    assert loaded(OURS_LAST, folders, tmp_path) == [["TokenizersBackend", ids], ["AbcTokenizer", ids]]


def test_an_error_between_transformers_and_its_auto_classes_is_reported_and_breaks_nothing(folders: Path, tmp_path: Path) -> None:
    ids = abc_tokenizer().encode(TEXT)
    complaint = "tokenization_auto does not know the classes of transformers_abc"
    assert loaded(OURS_BETWEEN_AND_BROKEN, folders, tmp_path, complaint) == [["TokenizersBackend", ids], ["AbcTokenizer", ids]]


def test_the_model_type_that_has_no_ear_for_who_saved_a_tokenizer(folders: Path, tmp_path: Path) -> None:
    """Should it get one, this fails: then the limit can be taken out of the documents."""
    wrong = AutoTokenizer.from_pretrained(folders / KNOWN_EXCEPTION)
    assert type(wrong).__name__ == "Qwen2Tokenizer"
    assert wrong.encode(TEXT) != abc_tokenizer().encode(TEXT)
    wrong.save_pretrained(tmp_path / "wrong")  # as a trainer does
    assert AbcTokenizer.from_pretrained(tmp_path / "wrong").encode(TEXT) != abc_tokenizer().encode(TEXT)
    for right in (AbcTokenizer, TokenizersBackend):
        loaded = right.from_pretrained(folders / KNOWN_EXCEPTION)
        loaded.save_pretrained(tmp_path / right.__name__)
        for tokenizer in (loaded, AbcTokenizer.from_pretrained(tmp_path / right.__name__)):
            assert tokenizer.encode(TEXT) == abc_tokenizer().encode(TEXT)


def test_registered_again_there_is_one_configuration() -> None:
    before = len(tokenization_auto.TOKENIZER_MAPPING)
    register_auto_classes()
    assert len(tokenization_auto.TOKENIZER_MAPPING) == before
