"""``transformers-abc evaluate``: run a system over recordings with references and report how well it transcribes.

    transformers-abc evaluate --set examples/ --system default --out report/

The folder of ``--out`` takes ``settings.json``, ``results.jsonl`` (a line a transcription, written as it is done, so that the same command
goes on where it was stopped) and the reports. More stands in docs/evaluation.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.console import EXIT_FINDINGS, EXIT_OK, Commands, UserError, add_command, complain, positive

if TYPE_CHECKING:
    from transformers_abc.evaluation.sets import EvaluationSet
    from transformers_abc.evaluation.summary import Summary
    from transformers_abc.evaluation.systems import System, SystemOptions


def add_evaluate(commands: Commands) -> None:
    command = add_command(
        commands,
        "evaluate",
        summary="measure how well a system transcribes",
        description="Run a system over recordings with references, score it, and write report.html, report.md and report.json. "
        "Stop it at any time: the same command goes on where it stopped.",
        examples="sets:\n"
        "  FOLDER                    name.wav, .flac, .mp3 or .ogg with name.abc, .musicxml, .mxl or .mid beside it\n"
        "  DATASET[:CONFIG]:SPLIT    of the Hub or a folder, with the columns audio and answer (and piece)\n\n"
        "systems:\n"
        "  default                   the model that ships with this program\n"
        "  FOLDER or OWNER/NAME      an audio language model of transformers\n"
        "  http://HOST:PORT/v1       a served model with the chat API of OpenAI\n"
        "  'PROGRAM {input}'         a command that prints ABC; or one that writes it: 'PROGRAM {input} {output}'\n"
        "  FOLDER                    of predictions, NAME.abc\n\n"
        "examples:\n"
        "  transformers-abc evaluate --set examples/ --system default --out report/\n"
        "  transformers-abc evaluate --set OWNER/NAME:test --samples 30 --system qwen-abc/ --out report/\n"
        "  transformers-abc evaluate --set songs/ --system http://localhost:8000/v1 --temperature 0 --out report/",
    )
    number = positive(int)
    command.add_argument("--set", required=True, metavar="SET", help="recordings with references")
    command.add_argument("--system", required=True, help="what transcribes them")
    command.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for results and reports; made if it is not there")
    command.add_argument("--samples", type=number, metavar="N", help="draw so many samples (default: all)")
    command.add_argument(
        "--runs", type=number, default=3, metavar="N", help="transcribe each so often; once if nothing is random (default: %(default)s)"
    )
    command.add_argument("--seed", type=int, default=0, help="of the draw and of the system (default: %(default)s)")
    command.add_argument("--worst", type=number, default=10, metavar="N", help="samples shown in the report (default: %(default)s)")
    command.add_argument("--restart", action="store_true", help="forget what is in --out")
    command.add_argument("--retry-failed", action="store_true", help="do again what failed")
    _add_system_options(command)
    command.set_defaults(run=_evaluate, extra="evaluate")


def _add_system_options(command: argparse.ArgumentParser) -> None:
    models = command.add_argument_group("language models")
    models.add_argument("--prompt", help="what is asked (default: the set's question, or a plain one)")
    models.add_argument("--temperature", type=_between(0, 10), default=0.7, help="0 takes the likeliest token (default: %(default)s)")
    models.add_argument("--top-p", type=_between(1e-6, 1), default=0.95, help="share of probability drawn from (default: %(default)s)")
    models.add_argument("--max-new-tokens", type=positive(int), default=2048, metavar="N", help="of an answer (default: %(default)s)")
    models.add_argument("--device", help="of a model that runs here, such as cuda:1 (default: a GPU if there is one)")
    models.add_argument("--model", help="name of the model at an endpoint (default: the first that it offers)")
    models.add_argument("--api-key-env", metavar="VARIABLE", help="of the environment, with an endpoint's key")
    command.add_argument(
        "--time-limit", type=positive(float), default=600.0, metavar="S", help="for a command or request, in seconds (default: %(default)s)"
    )


def _between(low: float, high: float) -> type[float]:
    """A type of argument in a range, both ends included."""

    def parse(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be between {low:g} and {high:g}, got {text}")
        return value

    parse.__name__ = "number"
    return parse  # type: ignore[return-value]


def _evaluate(options: argparse.Namespace) -> int:
    from transformers_abc.evaluation.results import ResultsError
    from transformers_abc.evaluation.sets import SetError, load_set
    from transformers_abc.evaluation.settings import SettingsError
    from transformers_abc.evaluation.systems import SystemUnavailableError, system_of
    from transformers_abc.outputs import OutputError

    _make_folder(options.out)
    try:
        found = load_set(options.set, options.out / "audio", options.samples, options.seed)
        for remark in (*found.remarks, *(f"{name}: left out: {reason}" for name, reason in found.skipped.items())):
            complain(remark)
        system = system_of(options.system, _system_options(options))
        return _run(found, system, options)
    except (SetError, SettingsError, ResultsError, OutputError) as error:
        raise UserError(str(error)) from error
    except SystemUnavailableError as error:
        raise UserError(f"{error} (what was done is kept)" if (options.out / "results.jsonl").exists() else str(error)) from error


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: cannot be made a folder: {error.strerror or error}") from error


def _system_options(options: argparse.Namespace) -> SystemOptions:
    from transformers_abc.evaluation.systems import Generation, SystemOptions

    key = None
    if options.api_key_env is not None:
        key = os.environ.get(options.api_key_env)
        if not key:
            raise UserError(f"--api-key-env {options.api_key_env}: there is no such variable in the environment")
    generation = Generation(options.prompt, options.temperature, options.top_p, options.max_new_tokens)
    return SystemOptions(generation, options.device, options.model, key, options.time_limit)


def _run(found: EvaluationSet, system: System, options: argparse.Namespace) -> int:
    from transformers_abc.evaluation.runner import run_evaluation
    from transformers_abc.evaluation.settings import keep_settings
    from transformers_abc.evaluation.summary import summarise

    runs = 1 if system.is_deterministic else options.runs
    if runs < options.runs:
        complain(f"{system.name}: writes the same every time, so one run is enough")
    settings = _settings(found, system, runs, options)
    keep_settings(options.out, settings, restart=options.restart)
    results = run_evaluation(found.samples, system, runs, options.seed, options.out, retry_failed=options.retry_failed, progress=True)
    summary = summarise(results, found.skipped)
    _report(summary, settings, found, options)
    if summary.failed == len(results):
        complain(f"every transcription failed; the first: {summary.samples[0].failures[0]}")
        return EXIT_FINDINGS
    return EXIT_OK


def _settings(found: EvaluationSet, system: System, runs: int, options: argparse.Namespace) -> dict[str, str | int | float | None]:
    """All that a figure depends on."""
    from transformers_abc.evaluation.settings import set_fingerprint
    from transformers_abc.scoring.compare import signature

    return {
        "set": options.set,
        "system": system.name,
        "system_source": options.system,
        "samples": len(found.samples),
        "set_fingerprint": set_fingerprint(found.samples),
        "runs": runs,
        "seed": options.seed,
        "prompt": options.prompt,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "max_new_tokens": options.max_new_tokens,
        "time_limit_s": options.time_limit,
        "signature": signature("full"),
    }


def _report(summary: Summary, settings: dict[str, str | int | float | None], found: EvaluationSet, options: argparse.Namespace) -> None:
    """Write the three reports and print the table."""
    from transformers_abc.evaluation.report_html import html_report
    from transformers_abc.evaluation.report_markdown import markdown_report
    from transformers_abc.evaluation.summary import summary_json
    from transformers_abc.evaluation.tables import figure_rows, plain_table, verdict
    from transformers_abc.outputs import write_whole

    contents = {
        "report.json": summary_json(summary, settings),
        "report.md": markdown_report(summary, settings, found.samples, options.worst),
        "report.html": html_report(summary, settings, found.samples, options.worst),
    }
    print(f"{plain_table(figure_rows(summary))}\n\n{verdict(summary)}\n" + "\n".join(summary.signatures.values()))
    sys.stdout.flush()
    for name, content in contents.items():
        print(write_whole(options.out / name, content), file=sys.stderr)
