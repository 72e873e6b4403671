"""The page of the metric's Space: two texts in, both engraved in the browser, what each part of the loss says out.

    python spaces/abc_transcription/app.py

What is engraved is what was read, written anew: the reader is bounded and never fails, while abcjs hangs on some texts that a model may
write. abcjs comes from this folder, so the page asks no other server for anything.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.scoring.compare import LEAST_PLAYED_EVENTS, AbcScore, BrokenReferenceError, compare
from transformers_abc.scoring.composite import PARTS, PRESETS
from transformers_abc.scoring.digest import digest

HERE = Path(__file__).parent
ABCJS = "abcjs/abcjs-basic-min.js"  # as seen from this folder, so that no path of the machine is part of the page
MAX_CHARACTERS = 20_000
MAX_DRAWN_CHARACTERS = 8_000  # of the music as written anew, about 3,000 notes; abcjs takes seconds from there on
MAX_FINDINGS = 20

REFERENCE = """\
X:1
T:Greensleeves
M:6/8
L:1/8
Q:3/8=56
K:Amin
V:1 name="Flute"
A | c2 d e>^fe | d2 B G>AB | c2 A A>^GA | B2 ^G E2 A |
c2 d e>^fe | d2 B G>AB | c>BA ^G>^F^G | A3 A2 |]
"""
PREDICTION = """\
X:1
T:As a model heard it
M:3/4
L:1/8
Q:1/4=84
K:C
V:1 name="Oboe"
A | c2 d e>fe | d2 B G>AB | c2 A A>^GA | B2 ^G E2 |
c2 d e>^fe | d2 B G2B | c>BA ^G>^F^G | A3 A2 |]
"""
EXAMPLES = {
    "Several faults": PREDICTION,
    "Everything right": REFERENCE,
    "An octave too high": REFERENCE.replace("K:Amin", "K:Amin octave=1"),
    "A header without music": REFERENCE.partition("A |")[0],
    "Endless repetition": PREDICTION.partition("A |")[0] + "A | " + "c2 d e>fe | " * 40,
}
TITLE = """\
# ABC transcription

How far is a transcription from the music it should be? Two texts in [ABC notation](https://abcnotation.com/wiki/abc:standard:v2.1) are
compared as they sound. 0 is right, 1 is as wrong as can be. The same figures come from
`evaluate.load("abc_transcription")`.
"""
OF_PARTS = {
    "pitch": "notes inserted, deleted or replaced",
    "rhythm": "place in the bar, and length",
    "metre": "M:",
    "tempo": "Q:",
    "key": "K:, by its signature",
    "instrument": "by voice",
    "form": "bars that do not sum, errors, repetition",
}


def judge(prediction: str, reference: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Score a text against another.

    Returns:
        What to show of the prediction and of the reference, and the figures as HTML.
    """
    if max(len(prediction), len(reference)) > MAX_CHARACTERS:
        too_long = {"abc": "", "note": f"Texts may have {MAX_CHARACTERS:,} characters here; in Python there is no limit.", "findings": []}
        return too_long, too_long, _message("There is no score, since a text is too long.")
    ours, theirs = read_abc(prediction), read_abc(reference)
    try:
        figures = _figures(compare(ours, theirs))
    except BrokenReferenceError:
        figures = _message("There is no score: the reference has no music, so there is nothing to compare with.")
    return _shown(ours), _shown(theirs), figures


def _shown(tune: Tune) -> dict[str, Any]:
    """What engrave.js draws of a tune: its notes, and what the reader found."""
    abc, note = "", "No music was found in this text."
    if digest(tune, LEAST_PLAYED_EVENTS).is_readable:  # which does not depend on how far repeats are played out
        abc, note = write_abc(tune), ""
    if len(abc) > MAX_DRAWN_CHARACTERS:
        abc, note = "", "This music is too long to be drawn here; its figures are right all the same."
    findings = [f"Line {found.line}, column {found.column}: {found.message}" for found in tune.diagnostics]
    if len(findings) > MAX_FINDINGS:
        findings[MAX_FINDINGS:] = [f"and {len(findings) - MAX_FINDINGS} more"]
    return {"abc": abc, "note": note, "findings": findings}


def _figures(score: AbcScore) -> str:
    """The figures as HTML; nothing of a text is part of it."""
    totals = "".join(
        f'<div class="total"><b>{score.totals[preset]:.3f}</b><span>loss, preset {preset}</span></div>' for preset in reversed(PRESETS)
    )
    rows = "".join(_row(part, score.parts[part]) for part in PARTS)
    readable = "" if score.is_readable else _message("The prediction has no music, so its loss is 1.")
    reward = f'<div class="total"><b>{score.reward:.3f}</b><span>reward, preset {score.preset}</span></div>'
    return (
        f'{readable}<div class="totals">{totals}{reward}</div>'
        '<table class="parts"><thead><tr><th>part</th><th>loss</th><th class="bar"></th><th>weight, full</th><th>weight, article</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
        f"<p>{score.pitch_edits} edits of pitch and {score.rhythm_edits} of rhythm in {score.notes} notes.</p>"
        f'<p class="signature"><span>signature</span> <code>{score.signature}</code></p>'
    )


def _row(part: str, loss: float | None) -> str:
    weights = "".join(f"<td>{weights[part]:.2f}</td>" if part in weights else "<td></td>" for weights in reversed(PRESETS.values()))
    shown = '<td class="unsaid">not in the reference</td><td class="bar"></td>'
    if loss is not None:
        shown = f'<td>{loss:.3f}</td><td class="bar"><i style="width:{100 * loss:.0f}%"></i></td>'
    return f'<tr><th title="{OF_PARTS[part]}">{part}<small>{OF_PARTS[part]}</small></th>{shown}{weights}</tr>'


def _message(text: str) -> str:
    return f'<p class="message" role="status">{text}</p>'


def build() -> gr.Blocks:
    """The page, with an example filled in."""
    ours, theirs, figures = judge(PREDICTION, REFERENCE)
    with gr.Blocks(title="ABC transcription", analytics_enabled=False) as page:
        gr.Markdown(TITLE)
        with gr.Row():
            prediction, our_score = _column("Prediction", PREDICTION, ours)
            reference, their_score = _column("Reference", REFERENCE, theirs)
        results = gr.HTML(figures, elem_id="figures")
        gr.Examples(
            [[text, REFERENCE] for text in EXAMPLES.values()],
            [prediction, reference],
            example_labels=list(EXAMPLES),
            label="Predictions to try",
        )
        gr.on(
            [prediction.change, reference.change],
            judge,
            [prediction, reference],
            [our_score, their_score, results],
            show_progress="hidden",
            trigger_mode="always_last",
            api_name="score",
        )
    return page


def _column(label: str, text: str, shown: dict[str, Any]) -> tuple[gr.Textbox, gr.HTML]:
    with gr.Column(min_width=320):
        box = gr.Textbox(text, label=label, lines=10, max_lines=16, max_length=MAX_CHARACTERS, elem_classes="abc")
        score = gr.HTML(
            shown,
            html_template='<div class="note"></div><div class="paper"><div class="score"></div></div><ul class="findings"></ul>',
            js_on_load=(HERE / "engrave.js").read_text(encoding="utf-8"),
            head=f'<script src="gradio_api/file={ABCJS}"></script>',
            elem_classes="engraving",
        )
    return box, score


def main() -> None:
    os.chdir(HERE)
    gr.set_static_paths([ABCJS])
    theme = gr.themes.Soft(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])  # of the machine, not of a server
    build().launch(theme=theme, css_paths="style.css", footer_links=["api"])


if __name__ == "__main__":
    main()
