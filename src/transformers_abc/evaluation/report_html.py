"""The report as one page that needs nothing else: no script, no request, and nothing in a transcription that a browser would run.

All text goes through `html.escape`, and the page forbids itself everything but its own style, pictures and sound (Content-Security-Policy),
so that a fault in the first would be caught by the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from transformers_abc.evaluation.differences import Line, LinePair, coloured_notes, laid_out, line_pairs
from transformers_abc.evaluation.embedded_audio import AudioBudget
from transformers_abc.evaluation.figures import LABELS, LOSSES, ONSET_F1
from transformers_abc.evaluation.pictures import histogram, piano_rolls, strip
from transformers_abc.evaluation.report_style import STYLE
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.summary import SampleSummary, Summary
from transformers_abc.evaluation.tables import figure_rows, shown, shown_interval, verdict
from transformers_abc.scoring.composite import DEFAULT_PRESET, PRESETS

MAX_LISTED, MAX_RAW_CHARACTERS, MAX_FAILURE_CHARACTERS = 1000, 20_000, 600
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"
_LEGEND = (
    '<p class="legend"><span><i style="background:var(--same)"></i>in both</span><span><i style="background:var(--missed)"></i>missed: '
    'only in the reference</span><span><i style="background:var(--added)"></i>added: only in the prediction</span></p>'
)


def html_report(summary: Summary, settings: Mapping[str, object], samples: Sequence[Sample], worst: int) -> str:
    """The whole page; arguments as for `report_markdown.markdown_report`."""
    by_id = {sample.id: sample for sample in samples}
    title = f"{settings['system']} on {settings['set']}"
    shown_cases = summary.samples[:worst]
    audio = AudioBudget()
    cases = "".join(_case(number, case, by_id[case.id], audio) for number, case in enumerate(shown_cases, 1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"{_head(summary, settings)}{_distributions(summary)}{_figures(summary)}{_failures(summary)}"
        f"<h2>The worst {len(shown_cases)} of {len(summary.samples)}</h2>{_LEGEND}"
        '<p class="soft small">Both texts are laid out anew, so that only music differs. Notes differ as the pitch loss counts them.</p>'
        f"{cases}{_all_samples(summary, len(shown_cases))}{_settings(settings)}</main></body></html>\n"
    )


# --- The whole -----------------------------------------------------------------------------------------------------------------------


def _head(summary: Summary, settings: Mapping[str, object]) -> str:
    tiles = [_tile(summary, name) for name in (*PRESETS, ONSET_F1)]
    total = len(summary.samples) * summary.runs
    readable = f'<div class="number">{total - summary.unreadable}<span class="soft">/{total}</span></div>'
    tiles.append(f'<div class="card tile"><div class="name">readable</div>{readable}<div class="name">{summary.failed} failed</div></div>')
    return (
        f'<p class="eyebrow">Audio to ABC: evaluation</p><h1>{escape(str(settings["system"]))}</h1>'
        f'<p class="soft wrap">on <b>{escape(str(settings["set"]))}</b>. {escape(verdict(summary))}</p>'
        f'<div class="tiles">{"".join(tiles)}</div>'
    )


def _tile(summary: Summary, name: str) -> str:
    figure = summary.figures[name]
    interval = shown_interval(figure.interval) if figure and figure.interval else "no interval: one piece"
    right = "1 is right" if name == ONSET_F1 else "0 is right"
    return (
        f'<div class="card tile"><div class="name">{LABELS[name]}</div><div class="number">{shown(figure.mean if figure else None)}</div>'
        f'<div class="name">{interval}<br>{right}</div></div>'
    )


def _distributions(summary: Summary) -> str:
    rows, histograms = [], []
    for name in (*LOSSES, ONSET_F1):
        figure = summary.figures[name]
        values = [value for sample in summary.samples if (value := sample.figures[name]) is not None]
        if figure is None:
            continue
        mean = f'<div class="value">{shown(figure.mean)}</div>'
        rows.append(f'<div class="row"><div>{LABELS[name]}</div>{strip(values, figure.mean)}{mean}</div>')
        if name in PRESETS:
            histograms.append(histogram(values, f"{LABELS[name]}: samples by loss"))
    axis = '<div class="row"><div></div><div class="axis"><span>0</span><span>0.5</span><span>1</span></div><div></div></div>'
    return (
        f'<h2>Where the losses lie</h2><div class="card">{"".join(rows)}{axis}'
        '<p class="soft small">A dot is a sample, the box the middle half of them with the median as a line, the diamond the mean. '
        f'Losses: left is right. Onset F1: right is right.</p><div class="histograms">{"".join(histograms)}</div></div>'
    )


def _figures(summary: Summary) -> str:
    signatures = "<br>".join(escape(text) for text in summary.signatures.values())
    return f'<h2>Figures</h2><div class="card">{_table(figure_rows(summary))}<p class="soft small wrap">{signatures}</p></div>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(
        f'<tr><td class="name">{escape(row[0])}</td>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in body
    )
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table></div>'


def _texts(rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><td class="text">{escape(name)}</td><td class="text">{escape(text)}</td></tr>' for name, text in rows)
    return f'<div class="scroll"><table><tbody>{lines}</tbody></table></div>'


def _failures(summary: Summary) -> str:
    failures = [(sample.id, failure[:MAX_FAILURE_CHARACTERS]) for sample in summary.samples for failure in sample.failures]
    parts = []
    if failures:
        parts.append(f'<h2>Failures</h2><div class="card">{_texts(failures[:MAX_LISTED])}</div>')
    if summary.skipped:
        parts.append(f'<h2>Left out</h2><div class="card">{_texts(list(summary.skipped.items())[:MAX_LISTED])}</div>')
    return "".join(parts)


def _all_samples(summary: Summary, cases: int) -> str:
    names = (*LOSSES, ONSET_F1)
    lines = []
    for number, sample in enumerate(summary.samples[:MAX_LISTED], 1):
        link = f'<a href="#case-{number}">{escape(sample.id)}</a>' if number <= cases else escape(sample.id)
        cells = [*(shown(sample.figures[name]) for name in names), str(sample.unreadable)]
        lines.append(f'<tr><td class="name">{link}</td>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    head = "".join(f"<th>{name}</th>" for name in ("sample", *(LABELS[name] for name in names), "unreadable"))
    cut = f" (the worst {MAX_LISTED} of {len(summary.samples)})" if len(summary.samples) > MAX_LISTED else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'<h2>All samples{cut}</h2><div class="card scroll">{table}</div>'


def _settings(settings: Mapping[str, object]) -> str:
    rows = [(name, "–" if value is None else str(value)) for name, value in settings.items()]
    return f'<h2>Settings</h2><div class="card">{_texts(rows)}</div>'


# --- A case --------------------------------------------------------------------------------------------------------------------------


def _case(number: int, case: SampleSummary, sample: Sample, audio: AudioBudget) -> str:
    chips = "".join(f'<span class="chip">{LABELS[name]} <b>{shown(case.figures[name])}</b></span>' for name in (*LOSSES, ONSET_F1))
    errors = "".join(f'<p class="error">{escape(failure[:MAX_FAILURE_CHARACTERS])}</p>' for failure in case.failures)
    loss = f'<span class="soft">loss {shown(case.figures[DEFAULT_PRESET])}, shown: run {case.shown.run}</span>'
    return (
        f'<section class="card case" id="case-{number}"><header><h3>{escape(case.id)}</h3>{loss}</header><div class="chips">{chips}</div>'
        f"{errors}{audio.player(sample.audio)}"
        f"{piano_rolls(*coloured_notes(case.shown.prediction, sample.reference))}"
        f"{_side_by_side(line_pairs(laid_out(case.shown.prediction), laid_out(sample.reference)))}"
        f"{_raw('as the system wrote it', case.shown.prediction)}{_raw('what it printed beside', case.shown.log)}"
        f"{_raw('the reference as it is', sample.reference)}</section>"
    )


def _side_by_side(pairs: Sequence[LinePair]) -> str:
    cells = ['<div class="title left">reference</div><div class="title right">prediction</div>']
    for pair in pairs:
        kind = "same" if pair.is_same else "differs"
        for side, line in (("left", pair.reference), ("right", pair.prediction)):
            if line is None:
                cells.append(f'<div class="{side} gone"></div>')
            else:
                cells.append(f'<div class="{side} {kind}">{_marked(line)}</div>')
    return f'<div class="abc">{"".join(cells)}</div>'


def _marked(line: Line) -> str:
    """A line with what differs in it marked; of one that differs altogether its ground is enough."""
    if len(line) == 1:
        return escape(line[0].text)
    return "".join(escape(piece.text) if piece.is_same else f"<mark>{escape(piece.text)}</mark>" for piece in line)


def _raw(name: str, text: str) -> str:
    cut = text[:MAX_RAW_CHARACTERS] + ("…" if len(text) > MAX_RAW_CHARACTERS else "")
    return f"<details><summary>{name}</summary><pre>{escape(cut)}</pre></details>" if text.strip() else ""
