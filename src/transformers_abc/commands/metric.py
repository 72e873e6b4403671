"""``transformers-abc metric install``: make ``evaluate.load("abc_transcription")`` work by name, without a network.

transformers-abc metric install
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command


def add_metric(commands: Commands) -> None:
    metric = add_command(
        commands,
        "metric",
        summary="the metric for Hugging Face evaluate",
        description="abc_transcription scores ABC notation against references, in Hugging Face evaluate. It needs the package evaluate:\n"
        "  pip install 'transformers_abc[metric]'",
        examples="once:\n"
        "  transformers-abc metric install\n\n"
        "then in Python, from any folder, without a network:\n"
        "  import evaluate\n"
        '  metric = evaluate.load("abc_transcription")\n'
        "  metric.compute(predictions=[abc], references=[right_abc])      the mean loss and its parts\n"
        "  print(metric.inputs_description)                               all options and figures",
    )
    actions = metric.add_subparsers(required=True, metavar="ACTION")
    install = add_command(
        actions,
        "install",
        summary="let evaluate find it by name",
        description="Copy the metric's file to where evaluate.load finds it by name, and print that place. Run it again after an update.",
        examples="environment:\n"
        "  HF_MODULES_CACHE   folder of modules (default: modules in HF_HOME)\n"
        "  HF_HOME            folder of Hugging Face caches (default: ~/.cache/huggingface)\n\n"
        "examples:\n"
        "  transformers-abc metric install\n"
        "  HF_HOME=/data/hf transformers-abc metric install                    for a machine with a cache of its own\n"
        "  transformers-abc metric install --from spaces/abc_transcription     your own version of the metric's file",
    )
    install.add_argument(
        "--from", dest="source", type=Path, metavar="FOLDER", help="folder with abc_transcription.py (default: the file of this package)"
    )
    install.set_defaults(run=_install, extra="")


def _install(options: argparse.Namespace) -> int:
    from transformers_abc.evaluate_metric.install import MODULE_FILE, PACKAGED, install_metric

    source = options.source / MODULE_FILE if options.source else PACKAGED
    if not source.is_file():
        raise UserError(f"{source}: there is no such file; --from takes the folder that holds {MODULE_FILE}")
    try:
        print(install_metric(source))
    except OSError as error:
        raise UserError(str(error)) from error
    return EXIT_OK
