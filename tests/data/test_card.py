"""Cards: names of files break no table, and the settings of a build stand in the card of every kind."""

from pathlib import Path

import pytest

from transformers_abc.data.built_dataset import card_header
from transformers_abc.data.card import with_header, write_card

CLIP = {"seconds": 18.0, "notes": 40, "deviation_s": 0.02}
SETTINGS = {
    "clip_s": 12.5,
    "cut": "seconds",
    "recordings": "mixes",
    "sampling_rate": None,
    "questions": 2,
    "prompt": "short",
    "seed": 7,
    "source": "/home/someone/music",
}


def card_of(folder: Path, kind: str, piece: str = "song", **given: object) -> str:
    report = {"piece": piece, "family": piece, "split": "train", "clips": [CLIP]}
    return write_card(folder, kind, [report], {"default": {"train": 1}}, **given).read_text(encoding="utf-8")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["urmp", "pairs", "synthetic"])
def test_settings_are_told_and_nothing_of_the_machine(tmp_path: Path, kind: str) -> None:
    card = card_of(tmp_path, kind, settings=SETTINGS)
    table = card.partition("<!-- built:settings -->\n")[2].partition("<!-- /built -->")[0]
    assert [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in table.splitlines()[2:]] == [
        ("`clip_s`", "12.5"),
        ("`cut`", "seconds"),
        ("`recordings`", "mixes"),
        ("`sampling_rate`", "that of the recording"),
        ("`questions`", "2"),
        ("`prompt`", "short"),
        ("`seed`", "7"),
    ]
    assert "someone" not in card


@pytest.mark.parametrize("kind", ["urmp", "pairs", "synthetic"])
def test_a_card_without_settings_has_no_table_of_them(tmp_path: Path, kind: str) -> None:
    assert "<!-- built:settings -->\n<!-- /built -->\n" in card_of(tmp_path, kind)


@pytest.mark.parametrize(
    ("piece", "cell"),
    [
        ("b|ar", "b&#124;ar"),
        ("b\\|ar", "b\\&#124;ar"),
        ("a <!-- b", "a &lt;!-- b"),
        ("<!-- /built -->", "&lt;!-- /built -->"),
        ("two\nlines\r", "two lines "),
        ("söng 夜 & co", "söng 夜 & co"),
    ],
)
def test_names_break_no_table(tmp_path: Path, piece: str, cell: str) -> None:
    card = card_of(tmp_path, "pairs", piece)
    table = card.partition("<!-- built:splits -->\n")[2].partition("<!-- /built -->")[0]
    assert table.splitlines()[2:] == [f"| train | 1 | {cell} |"]


@pytest.mark.parametrize("fence", ["---\n", "--- \n", "---\n\n\n"])
def test_a_header_is_replaced_and_the_text_stays(tmp_path: Path, fence: str) -> None:
    changed = with_header(f"---\na: 1\n{fence}# Title\n", {"b": 2})
    assert changed == "---\na: 1\nb: 2\n---\n" + fence.partition("\n")[2] + "# Title\n"
    (tmp_path / "README.md").write_text(changed, encoding="utf-8")
    assert card_header(tmp_path) == {"a": 1, "b": 2}
