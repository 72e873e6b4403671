"""Loads the metric as a user does, in a process without a network, and writes what it found as a pickle: in_a_process.py ANSWERS ROOT.

evaluate takes seconds to import and reads its environment then, so that one process answers for all tests.
"""

import contextlib
import doctest
import io
import os
import pickle
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

REFERENCE = 'X:1\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nV:1 name="Flute"\nGAB|c2B|A3|]'
WRONG = REFERENCE.replace("c2B", "c2A")  # a wrong note of six
NO_MUSIC = "?"


def no_network(*_: object) -> NoReturn:
    raise OSError("there is no network here")


def error_of(call: Callable[[], object]) -> str:
    try:
        call()
    except ValueError as error:
        return str(error)
    return "no error"


def doctest_report(text: str) -> tuple[int, str]:
    """How many examples a text has, and what fails."""
    output = io.StringIO()
    examples = doctest.DocTestParser().get_doctest(text, {}, "text", None, 0)
    doctest.DocTestRunner().run(examples, out=output.write)
    return len(examples.examples), output.getvalue()


def answers(root: Path) -> dict[str, Any]:
    import evaluate

    found: dict[str, Any] = {"modules": str(evaluate.config.HF_MODULES_CACHE)}
    metric = evaluate.load("abc_transcription")
    found["one"] = metric.compute(predictions=[WRONG], references=[REFERENCE])
    found["several"] = metric.compute(predictions=[WRONG, WRONG], references=[[REFERENCE, WRONG], [REFERENCE]])
    for place in range(3):
        metric.add(prediction=[REFERENCE, WRONG, NO_MUSIC][place], reference=REFERENCE)
    metric.add_batch(predictions=[WRONG, WRONG], references=["", REFERENCE])
    options = {"preset": "article", "per_sample": True, "bootstrap": 200, "seed": 3, "groups": list("aabbb")}
    found["batches"] = metric.compute(**options)
    found["empty"] = error_of(lambda: metric.compute(predictions=[], references=[]))
    found["one text"] = error_of(lambda: metric.compute(predictions=WRONG, references=REFERENCE))
    found["all broken"] = error_of(lambda: metric.compute(predictions=[WRONG], references=[""]))
    found["no preset"] = error_of(lambda: metric.compute(predictions=[WRONG], references=[REFERENCE], preset="best"))
    found["lengths"] = error_of(lambda: metric.compute(predictions=[WRONG], references=[REFERENCE, REFERENCE]))
    found["after errors"] = metric.compute(predictions=[WRONG], references=[REFERENCE])
    found["inputs_description"] = doctest_report(metric.inputs_description)
    found["card"] = doctest_report((root / "hub_cards" / "abc_transcription" / "README.md").read_text(encoding="utf-8"))

    os.chdir(root)
    found["from a folder"] = (folder := evaluate.load("spaces/abc_transcription")).compute(predictions=[WRONG], references=[REFERENCE])
    both = evaluate.combine({"installed": metric, "folder": folder})
    found["combined"] = both.compute(predictions=[WRONG], references=[REFERENCE])
    both.add(WRONG, REFERENCE)
    found["combined, added"] = both.compute()
    return found


if __name__ == "__main__":
    socket.socket.connect = no_network  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = no_network
    with contextlib.redirect_stdout(sys.stderr):
        result = answers(Path(sys.argv[2]))
    Path(sys.argv[1]).write_bytes(pickle.dumps(result))
