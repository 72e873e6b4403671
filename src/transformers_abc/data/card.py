"""The card of a built dataset: a template for its kind of source, with what the build knows filled in.

Templates stand in ``cards/``. A block ``<!-- built:NAME -->`` ... ``<!-- /built -->`` of one is replaced by the table NAME. The YAML
header gets the configurations that there are and the size. The template of URMP is also the card in ``hub_cards/urmp-abc``. Names of
pieces are those of files, so they are escaped: none ends a cell or opens a comment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from transformers_abc.data.built_dataset import CARD, DEFAULT, HEADER
from transformers_abc.data.urmp_splits import PIECES, SPLITS
from transformers_abc.outputs import write_whole

_BLOCK = re.compile(r"(<!-- built:(\w+) -->\n).*?(<!-- /built -->)", re.DOTALL)
# The Hub's names of sizes, with the rows up to which they hold.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGER = "1M<n<10M"
# What a card tells of the settings, and nothing else: others may name folders of the machine.
_SETTINGS = {
    "clip_s": "seconds that a clip has at most",
    "cut": "where clips end: `bars`, between bars; `seconds`, wherever that is",
    "recordings": "of each piece: `mixes`, `stems` (of single players) or `all`",
    "sampling_rate": "of the audio, in Hz",
    "questions": "short ones for each clip, at most",
    "prompt": "wording of what asks for a transcription: `full`, `short` or `mixed`",
    "seed": "of wordings and of what is asked",
}
_ESCAPES = {ord("|"): "&#124;", ord("<"): "&lt;"} | dict.fromkeys((*range(32), 127, 0x85, 0x2028, 0x2029), " ")

Report = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, int]]


def write_card(out: Path, kind: str, reports: Sequence[Report], rows: Rows, settings: Mapping[str, Any] = {}) -> Path:
    """Write the card of a build.

    Args:
        out: the dataset's folder.
        kind: ``urmp``, ``pairs`` or ``synthetic``.
        reports: of all pieces, as in ``build.json``.
        rows: by configuration and split.
        settings: of the build, by name; see `settings_table`.
    """
    template = files("transformers_abc.data").joinpath("cards", f"{kind}.md").read_text(encoding="utf-8")
    tables = {
        "splits": lambda: pieces_table(reports),
        "figures": lambda: figures_table(reports, rows),
        "settings": lambda: settings_table(settings),
    }
    text = _BLOCK.sub(lambda found: found[1] + tables[found[2]]() + found[3], template)
    return write_whole(out / CARD, with_header(text, metadata(rows)))


def with_header(card: str, values: Mapping[str, Any]) -> str:
    """A card with some values of its YAML header replaced or added; the rest stays in its order.

    Raises:
        ValueError: the text does not begin with a header.
    """
    import yaml

    found = HEADER.match(card)
    if not found:
        raise ValueError("a card begins with a YAML header between two lines of ---")
    header = {**yaml.safe_load(found[1]), **values}
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=140)}---\n{card[found.end() :]}"


def metadata(rows: Rows) -> dict[str, Any]:
    """What a build knows of the header."""
    size = sum(count for splits in rows.values() for count in splits.values())
    return {"size_categories": [size_category(size)], "configs": configs_header(rows)}


def configs_header(rows: Rows) -> list[dict[str, Any]]:
    """The entry ``configs`` of the header, for configurations and splits that have rows.

    >>> configs_header({"default": {"train": 3}})
    [{'config_name': 'default', 'data_files': [{'split': 'train', 'path': 'data/default/train-*.parquet'}], 'default': True}]
    """
    return [
        {
            "config_name": config,
            "data_files": [{"split": split, "path": f"data/{config}/{split}-*.parquet"} for split in SPLITS if split in splits],
            **({"default": True} if config == DEFAULT else {}),
        }
        for config, splits in rows.items()
    ]


def size_category(rows: int) -> str:
    """The Hub's name for a size.

    >>> size_category(855), size_category(3420)
    ('n<1K', '1K<n<10K')
    """
    return next((name for limit, name in _SIZES if rows < limit), _LARGER)


def figures_table(reports: Sequence[Report], rows: Rows) -> str:
    """Clips, hours and questions of each split, and how far notes are from where their text puts them."""
    lines = [
        "| split | pieces | clips | hours | questions | notes | median distance of onsets from the text |",
        "|---|---|---|---|---|---|---|",
    ]
    for split in SPLITS:
        of_split = [report for report in reports if report["split"] == split and report["clips"]]
        if not of_split:
            continue
        clips = [clip for report in of_split for clip in report["clips"]]
        hours = sum(clip["seconds"] for clip in clips) / 3600
        distance_ms = 1000 * median(clip["deviation_s"] for clip in clips)
        figures = (len(of_split), len(clips), f"{hours:.2f}", rows.get("qa", {}).get(split, 0), sum(clip["notes"] for clip in clips))
        lines.append(f"| {split} | {' | '.join(map(str, figures))} | {distance_ms:.0f} ms |")
    return "\n".join(lines) + "\n"


def settings_table(settings: Mapping[str, Any]) -> str:
    """What of the settings decides how the rows are; empty where none of them is known.

    >>> print(settings_table({"clip_s": 25.0, "sampling_rate": None, "source": "/data/urmp"}))
    | setting | value | |
    |---|---|---|
    | `clip_s` | 25 | seconds that a clip has at most |
    | `sampling_rate` | that of the recording | of the audio, in Hz |
    <BLANKLINE>
    """
    lines = [f"| `{name}` | {_setting(settings[name])} | {meaning} |" for name, meaning in _SETTINGS.items() if name in settings]
    return "\n".join(["| setting | value | |", "|---|---|---|", *lines]) + "\n" if lines else ""


def _setting(value: object) -> str:
    if value is None:  # of the sampling rate only
        return "that of the recording"
    return escaped(f"{value:g}" if isinstance(value, float) else str(value))


def escaped(text: str) -> str:
    r"""Text for a cell of a table.

    >>> escaped("a|b <!-- c\nd")
    'a&#124;b &lt;!-- c d'
    """
    return text.translate(_ESCAPES)


def pieces_table(reports: Sequence[Report]) -> str:
    """The pieces of each split by family; of long lists the beginning."""
    return splits_table((report["split"], report["family"], report["piece"]) for report in reports if report["clips"])


def urmp_pieces_table() -> str:
    """The same for all of URMP."""
    return splits_table((split, piece.split("_")[1], piece) for split, pieces in PIECES.items() for piece in pieces)


def splits_table(pieces: Iterable[tuple[str, str, str]], most: int = 60) -> str:
    """A table of ``(split, family, piece)``.

    >>> print(splits_table([("test", "Miserere", "40_Miserere"), ("test", "Arioso", "42_Arioso"), ("test", "Miserere", "41_Miserere")]))
    | split | families | pieces |
    |---|---|---|
    | test | 2 | 40_Miserere, 41_Miserere; 42_Arioso |
    <BLANKLINE>
    """
    families: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for split, family, piece in pieces:
        families[split][family].append(escaped(piece))
    lines = ["| split | families | pieces |", "|---|---|---|"]
    for split in (split for split in SPLITS if split in families):
        named = [", ".join(members) for members in families[split].values()]
        more = f" and {len(named) - most} more families" if len(named) > most else ""
        lines.append(f"| {split} | {len(named)} | {'; '.join(named[:most])}{more} |")
    return "\n".join(lines) + "\n"
