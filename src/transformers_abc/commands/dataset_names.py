"""``transformers-abc dataset prime|push``: make a built dataset load by name, on this machine or for everyone.

transformers-abc dataset prime urmp-abc/ --as jonflynn/urmp-abc
transformers-abc dataset push urmp-abc/ --to jonflynn/urmp-abc
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command


def add_prime(actions: Commands) -> None:
    prime = add_command(
        actions,
        "prime",
        summary="let load_dataset find it by name, without a network",
        description="Load a built dataset into the cache of Hugging Face datasets under a name of the Hub, and print where that is. What "
        "was primed under this name before is replaced. Stop it at any time: the same command goes on where it stopped.",
        examples="then in Python, from any folder, without a network (set HF_HUB_OFFLINE=1 to keep it from looking for one):\n"
        "  from datasets import load_dataset\n"
        '  load_dataset("jonflynn/urmp-abc")            the configuration default\n'
        '  load_dataset("jonflynn/urmp-abc", "qa")      another one\n'
        "Offline, where none is named, the one that was written to last is loaded, and map() and filter() write: code that works on\n"
        "several should name each, default too.\n\n"
        "environment:\n"
        "  HF_DATASETS_CACHE   the cache (default: datasets in HF_HOME)\n"
        "  HF_HOME             folder of Hugging Face caches (default: ~/.cache/huggingface)\n\n"
        "examples:\n"
        "  transformers-abc dataset prime urmp-abc/ --as jonflynn/urmp-abc",
    )
    _add_folder(prime)
    prime.add_argument("--as", dest="name", required=True, metavar="NAMESPACE/NAME", help="the name to load it by")
    prime.set_defaults(run=_prime, extra="data")


def add_push(actions: Commands) -> None:
    push = add_command(
        actions,
        "push",
        summary="publish it on the Hugging Face Hub",
        description="Upload the card of a built dataset and the files that it names, and print the address of its page. Run again, it "
        "uploads only what changed; Parquet files of an earlier build are deleted from data/.",
        examples="environment:\n"
        "  HF_TOKEN      a token that may write (default: that of `hf auth login`)\n"
        "  HF_ENDPOINT   another Hub (default: https://huggingface.co)\n\n"
        "examples:\n"
        "  transformers-abc dataset push urmp-abc/ --to OWNER/urmp-abc --dry-run\n"
        "  transformers-abc dataset push urmp-abc/ --to OWNER/urmp-abc --private",
    )
    _add_folder(push)
    push.add_argument("--to", dest="name", required=True, metavar="NAMESPACE/NAME", help="the repository; made if it is not there")
    push.add_argument("--private", action="store_true", help="make it a private repository")
    push.add_argument("--revision", default="main", metavar="BRANCH", help="made if it is not there (default: %(default)s)")
    push.add_argument("--dry-run", action="store_true", help="only list what would be uploaded; needs no token and no network")
    push.set_defaults(run=_push, extra="data")


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="FOLDER", help="of dataset build")


def _prime(options: argparse.Namespace) -> int:
    from transformers_abc.data.priming import prime

    try:
        print(prime(options.folder, options.name))
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(f'now load_dataset("{options.name}") works without a network', file=sys.stderr)
    return EXIT_OK


def _push(options: argparse.Namespace) -> int:
    from transformers_abc.hub import push_dataset

    try:
        if options.dry_run:
            _list_files(options.folder, options.name)
            return EXIT_OK
        published = push_dataset(options.folder, options.name, private=options.private, revision=options.revision)
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(published.url)
    print(f"commit {published.commit}", file=sys.stderr)
    return EXIT_OK


def _list_files(folder: Path, name: str) -> None:
    """What a push would upload."""
    from transformers_abc.data.built_dataset import read_built_dataset
    from transformers_abc.data.hub_name import HubName
    from transformers_abc.hub import files_to_push

    HubName.read(name)
    dataset = read_built_dataset(folder)
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files_to_push(dataset)}
    print("\n".join(f"{path}  {size / 1e6:.2f} MB" for path, size in sizes.items()))
    rows = ", ".join(f"{split.config} {split.split} {split.rows}" for split in dataset.splits)
    print(f"{len(sizes)} files, {sum(sizes.values()) / 1e6:.2f} MB for {name}; rows: {rows}", file=sys.stderr)
