"""The card of the dataset: its header is one that the Hub takes, it says what the rows are, and its examples run."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

from hub_server.processes import run_python
from hub_server.tiny_dataset import EMBEDDING_FEATURES, FEATURES, ROWS, write_tiny_dataset
from transformers_abc.data.built_dataset import card_header, read_built_dataset
from transformers_abc.data.card import urmp_pieces_table
from transformers_abc.data.priming import prime

CARD = Path(__file__).parents[2] / "hub_cards" / "urmp-abc" / "README.md"
TEXT = CARD.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# What the Hub knows, of what stands here: https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
KNOWN_KEYS = {"pretty_name", "license", "language", "task_categories", "tags", "size_categories", "configs"}
SIZES = {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M"}
CONFIGS = ("default", "qa", "embeddings")


def test_header() -> None:
    header = dict(card_header(CARD.parent))
    assert header.keys() == KNOWN_KEYS
    assert header["license"] == "cc0-1.0"
    assert set(header["size_categories"]) <= SIZES
    assert all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in header["tags"])
    assert DatasetCard(TEXT).data.to_dict() == header, "huggingface_hub reads the same"


def test_header_names_the_files_that_are_built(tmp_path: Path) -> None:
    folder = write_tiny_dataset(tmp_path, CONFIGS)
    (folder / "README.md").write_text(TEXT, encoding="utf-8")
    found = read_built_dataset(folder)
    assert found.configs == CONFIGS
    assert [split.split for split in found.splits_of("embeddings")] == list(ROWS)


def test_places_for_the_builder() -> None:
    assert re.findall(r"<!-- built:(\w+) -->\n(?:.*\n)*?<!-- /built -->", TEXT) == ["splits", "figures", "settings"]


def test_it_is_the_template_of_the_builder() -> None:
    assert (files("transformers_abc.data") / "cards" / "urmp.md").read_text(encoding="utf-8") == TEXT


def test_the_splits_are_written_down_piece_by_piece() -> None:
    assert urmp_pieces_table() in TEXT


def test_all_columns_are_described() -> None:
    table = TEXT.partition("## Columns")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [
        *("id", "start_time", "question", "question_type", "answer", "audio", "piece", "family", "instruments", "tempo", "metre", "source")
    ]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(FEATURES)
    assert set(EMBEDDING_FEATURES) - set(FEATURES) == {"embedding"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    prime(write_tiny_dataset(home / "built", CONFIGS), "jonflynn/urmp-abc", home / "datasets")
    shutil.rmtree(home / "built")
    return home


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (0, "['id', 'question', "),
        (1, "01_validation_vn_vc 0.0 0.25 s at 8000 Hz\n"),
        (2, "How fast is it? -> 96 % qa test 0 1\nHow fast is it? -> 96 % qa test 1 1\n"),
        (3, "{'article': "),
    ],
)
def test_examples_run(home: Path, place: int, said: str) -> None:
    done = run_python(EXAMPLES[place], home, HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(said)


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == 4
