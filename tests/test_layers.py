"""Imports among our own packages point down the layers of the architecture only, and the core stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "transformers_abc"

# A module's layer is that of the longest prefix of its path that stands here. Modules of one package may import each other; modules of
# different packages only what stands on a lower layer.
LAYERS = {
    "notation": 0,
    "outputs": 0,
    "tokenization": 1,
    "scoring": 1,
    "score_writer": 2,
    "synthesis": 3,
    "models": 3,
    "rewards": 3,
    "data": 4,
    "evaluate_metric": 4,
    "registration": 4,
    "hub": 5,
    "listening": 5,
    "training": 6,
    "transcription": 6,
    "pipeline": 6,
    "evaluation": 7,
    "commands": 8,
    "cli": 9,
    "__main__": 10,
}
HEAVY = ("torch", "transformers", "gradio", "datasets", "evaluate")
LIGHT_PACKAGES = (
    *("notation", "score_writer", "scoring", "synthesis", "outputs", "cli", "commands", "data", "rewards", "evaluation"),
    "registration",
)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)


def part_of(module: str) -> str:
    """The first component below the package: ``transformers_abc.notation.tune`` is part of ``notation``."""
    return module.split(".")[1]


def imports_of(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for name in imports_of(path):
        assert name != "transformers_abc", f"{path.name} imports from the package root, which reaches every layer"
        if name.startswith("transformers_abc."):
            other = part_of(name)
            assert other == own or LAYERS[other] < LAYERS[own], f"{path.name} (layer {LAYERS[own]}) imports {name} (layer {LAYERS[other]})"


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.relative_to(PACKAGE).parts[0].removesuffix(".py") in LIGHT_PACKAGES], ids=lambda p: p.name
)
def test_light_packages_import_nothing_heavy(path: Path) -> None:
    heavy = {name for name in imports_of(path, top_level_only=True) if name.split(".")[0] in HEAVY}
    assert not heavy


@pytest.mark.parametrize(
    "statement",
    [
        "import transformers_abc",
        "import transformers_abc.tokenization.learning, transformers_abc.tokenization.piece_counts",
        "from transformers_abc.cli import main; main(['transcribe', 'none.wav', '--midi'])",
        "from transformers_abc.cli import main; main(['convert', 'none.mid', 'none.abc'])",
        "from transformers_abc.cli import main; main(['check', 'none.abc'])",
        "from transformers_abc.cli import main; main(['score', 'none.abc', 'none.abc'])",
        "from transformers_abc.cli import main; main(['metric', 'install', '--from', 'none'])",
    ],
)
def test_import_and_command_line_load_nothing_heavy(statement: str) -> None:
    loaded = f"{statement}\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
