"""``transformers-abc dataset prime|push`` as a user meets them."""

import argparse
import shutil
from pathlib import Path

import pytest

from hub_server.processes import load_by_name, run_python
from hub_server.server import HubServer
from hub_server.tiny_dataset import columns_of, write_tiny_dataset
from transformers_abc.commands.console import UserError
from transformers_abc.commands.dataset_names import add_prime, add_push

NAME = "jonflynn/urmp-abc"
COMMAND = """
import argparse, sys
from transformers_abc.commands.dataset_names import add_prime, add_push
actions = (parser := argparse.ArgumentParser()).add_subparsers()
add_prime(actions), add_push(actions)
options = parser.parse_args()
sys.exit(options.run(options))
"""


def run(*arguments: str) -> int:
    """The command in this process."""
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers()
    add_prime(actions)
    add_push(actions)
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status


def test_prime_says_where_and_what_works_now(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built")
    done = run_python(COMMAND, tmp_path, "prime", built, "--as", NAME)
    assert done.stdout == f"{tmp_path / 'datasets' / 'jonflynn___urmp-abc'}\n", done.stderr
    assert done.stderr.endswith('now load_dataset("jonflynn/urmp-abc") works without a network\n')
    (found,) = load_by_name(tmp_path, NAME, {"name": "qa"}, HF_HUB_OFFLINE="1")
    assert found["test"][1] == columns_of("qa", "test")


def test_push_prints_the_address(tmp_path: Path) -> None:
    built = write_tiny_dataset(tmp_path / "built")
    with HubServer(tokens={"secret": ("me",)}) as hub:
        done = run_python(COMMAND, tmp_path, "push", built, "--to", "me/music", "--private", HF_ENDPOINT=hub.url, HF_TOKEN="secret")
    assert done.stdout == f"{hub.url}/datasets/me/music\n", done.stderr
    assert hub.repositories["me/music"].private
    assert done.stderr.endswith(f"commit {hub.repositories['me/music'].branches['main'].sha}\n")


def test_dry_run_lists_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = write_tiny_dataset(tmp_path / "built", ("default",))
    (built / "build.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert run("push", str(built), "--to", NAME, "--dry-run") == 0
    output = capsys.readouterr()
    assert [line.split("  ")[0] for line in output.out.splitlines()] == [
        "README.md",
        "data/default/train-00000-of-00001.parquet",
        "data/default/validation-00000-of-00001.parquet",
        "data/default/test-00000-of-00001.parquet",
    ]
    assert output.err.startswith("4 files, ")
    assert output.err.endswith(" MB for jonflynn/urmp-abc; rows: default train 3, default validation 1, default test 2\n")


@pytest.mark.parametrize("arguments", [("prime", "--as"), ("push", "--to"), ("push", "--dry-run", "--to")])
def test_mistakes_are_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    built = write_tiny_dataset(tmp_path / "built", ("default",))
    action, *options = arguments
    with pytest.raises(UserError, match=r"^nowhere: is no name of a dataset on the Hub, which has the form NAMESPACE/NAME$"):
        run(action, str(built), *options, "nowhere")
    shutil.rmtree(built / "data")
    with pytest.raises(UserError, match=r"^.*built: its card names .*, and there is no such file; build it again$"):
        run(action, str(built), *options, NAME)
