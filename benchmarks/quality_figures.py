"""Tables of how good the scores of the embedded default are, for `figures.py`; what stands in them says docs/quality.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path(__file__).parent.parent / "docs" / "results"

SETS = {
    "solo": "one voice",
    "quartet": "string quartets",
    "mixed": "mixed ensembles",
    "excerpts": "real excerpts",
}
SYSTEMS = {
    "ours": "embedded default",
    "basic_pitch": "basic-pitch 0.4, our score writer",
    "true_notes": "true notes, our score writer",
    "true_notes_instruments": "true notes and instruments, our score writer",
}
LOSSES = {
    "article": "`article`",
    "full": "`full`",
    "pitch": "pitch",
    "rhythm": "rhythm",
    "metre": "metre",
    "tempo": "tempo",
    "key": "key",
    "instrument": "instrument",
    "form": "form",
    "pitch_and_length": "pitch and length",
}
RIGHT = {
    "onset_f1": "onset F1",
    "tempo_right": "tempo",
    "metre_right": "metre",
    "key_right": "key",
    "voices_right": "voices",
    "instrument_right": "instrument",
}
SHORT = {name: LOSSES[name] for name in ("article", "full", "pitch_and_length")} | {"onset_f1": RIGHT["onset_f1"]}


def short_quality_table() -> str:
    """The main figures of every set and system; the real excerpts one by one."""
    rows = _head("set", "scores of", *SHORT.values())
    for label, systems in _short_rows():
        for place, (system, figures) in enumerate(systems.items()):
            rows.append(_row("" if place else label, SYSTEMS[system], *(_cell(figures, name, system) for name in SHORT)))
    return "\n".join(rows) + "\n\nLosses, so 0 is right, but for onset F1, where 1 is; 95 % intervals by clip.\n"


def long_quality_table() -> str:
    """All figures, a table for losses and one for what is right, by set and split."""
    parts = []
    for label, found in _all_sets():
        parts.append(f"**{label}**, {found['n']} clips of {found['works']} works\n")
        for figures in (LOSSES, RIGHT):
            rows = _head("loss" if figures is LOSSES else "right", *(SYSTEMS[system] for system in found["systems"]))
            for figure, title in figures.items():
                rows.append(_row(title, *(_cell(row["figures"], figure, system) for system, row in found["systems"].items())))
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def worst_scores() -> str:
    """The validation clips of each set with the highest `full` loss: as written, and as they should be."""
    parts = []
    for name, found in _results("quality")["sets"].items():
        for clip in found["systems"]["ours"]["worst"]:
            losses = ", ".join(f"{part} {clip['figures'][part]:.2f}" for part in LOSSES if part in clip["figures"])
            parts.append(f"**{SETS[name]}: {clip['clip']}** ({clip['work'].replace('_', ' ')}): {losses}\n")
            for label, text in (("written", clip["prediction"]), ("played", clip["reference"])):
                parts.append(f"<details><summary>{label}</summary>\n\n```\n{text.strip()}\n```\n\n</details>\n")
    return "\n".join(parts)


def chance_table() -> str:
    """The losses of the embedded default beside those it has where clips are answered with the score of another."""
    rows = _head("set", "answered with", *(LOSSES[name] for name in LOSSES if name != "pitch_and_length"))
    for label, found in _all_sets():
        ours = found["systems"].get("ours")
        if ours and ours["chance"]:
            for whose, figures in (("its own", ours["figures"]), ("another's", ours["chance"])):
                cells = (_mean(figures[figure]) for figure in LOSSES if figure != "pitch_and_length")
                rows.append(_row(label if whose == "its own" else "", whose, *cells))
    return "\n".join(rows) + "\n"


def confusion_tables() -> str:
    """What the embedded default writes for what: metre, tempo, voices and instruments, all sets together."""
    parts = []
    for name, label in {"metre": "Metre", "tempo": "Tempo, of the right one", "voices": "Voices", "instrument": "Instrument"}.items():
        counts: dict[str, dict[str, int]] = {}
        for found in _sets().values():
            for true, said in found["systems"].get("ours", {"confusions": {name: {}}})["confusions"][name].items():
                row = counts.setdefault(true, {})
                for written, count in said.items():
                    row[written] = row.get(written, 0) + count
        rows = _head(label, "in all", "written")
        for true, said in sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0])):
            written = ", ".join(f"{_own(text, true)} {count}" for text, count in sorted(said.items(), key=lambda item: (-item[1], item[0])))
            rows.append(_row(true, str(sum(said.values())), written))
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _own(written: str, true: str) -> str:
    return f"**{written}**" if written == true else written


def _results(name: str) -> dict:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"sets": {}}


def _sets() -> dict[str, dict]:
    """Test sets where they were looked at; the excerpts are for validation."""
    validation, test = (_results(name)["sets"] for name in ("quality", "quality_test"))
    return {name: test.get(name, validation.get(name)) for name in SETS if name in validation or name in test}


def _all_sets() -> Iterator[tuple[str, dict]]:
    """``(label, set)`` of both splits, test sets first."""
    for split, results in (("test", "quality_test"), ("validation", "quality")):
        sets = _results(results)["sets"]
        yield from ((_label(name, split, sets[name]), sets[name]) for name in SETS if name in sets)


def _label(name: str, split: str, found: dict) -> str:
    return f"{SETS[name]}, {split}, n = {found['n']}"


def _short_rows() -> Iterator[tuple[str, dict[str, dict]]]:
    """``(label, figures by system)``."""
    for name, found in _sets().items():
        if name != "excerpts":
            split = "test" if name in _results("quality_test")["sets"] else "validation"
            yield _label(name, split, found), {system: row["figures"] for system, row in found["systems"].items()}
            continue
        clips = list(dict.fromkeys(clip for row in found["systems"].values() for clip in row["clips"]))
        for clip in clips:
            yield f"real: {clip}", {system: _as_figures(row["clips"][clip]) for system, row in found["systems"].items()}


def _as_figures(clip: dict) -> dict[str, dict | None]:
    """The figures of one clip, as those of a set."""
    return {name: None if clip[name] is None else {"mean": clip[name], "interval_95": None} for name in {**LOSSES, **RIGHT}}


def _cell(figures: dict, name: str, system: str) -> str:
    """A mean with its interval; what a system is given is not its merit."""
    if (name == "onset_f1" and system.startswith("true_notes")) or figures[name] is None:
        return ""
    interval = figures[name]["interval_95"]
    return _mean(figures[name]) + (f" ({_short(interval[0])} to {_short(interval[1])})" if interval else "")


def _mean(figure: dict | None) -> str:
    return "" if figure is None else _short(figure["mean"])


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0") if value < 1 else f"{value:.2f}"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
