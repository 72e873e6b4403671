"""A fixed choice of music21's tunes against both oracles, and what the last run over all of them found."""

import json

import pytest

from . import abc2midi, corpus
from .comparison import Comparison, compare, played_by_us
from .fixing import NUMBER
from .places import RESULTS, memory_path
from .preparation import prepare
from .sounding import differences

LEAST_AGREEMENT = 0.995
MOST_EXCLUDED = 0.02


@pytest.fixture(scope="module")
def all_tunes(require_oracle) -> list[corpus.CorpusTune]:
    require_oracle("music21's corpus")
    return list(corpus.tunes(corpus.folder()))


@pytest.fixture(scope="module")
def comparison(all_tunes, require_oracle) -> Comparison:
    require_oracle("abc2midi")
    require_oracle("abcjs")
    fixed = set(corpus.fixed_names())
    return compare([tune for tune in all_tunes if tune.name in fixed], memory_path())


@pytest.fixture(scope="module")
def last_run() -> dict:
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def test_the_corpus_is_whole(all_tunes):
    names = {tune.name for tune in all_tunes}
    assert len(all_tunes) == len(names) == corpus.TUNES
    assert len(corpus.fixed_names()) == NUMBER
    assert set(corpus.fixed_names()) <= names


@pytest.mark.parametrize("oracle", ["abc2midi", "abcjs"])
def test_the_fixed_tunes_differ_where_the_last_run_says(comparison, last_run, oracle):
    found = {finding.tune: finding.first for finding in comparison.findings[oracle]}
    known = last_run["disagreements"][oracle].keys() & set(corpus.fixed_names())
    assert not found.keys() - known, {tune: found[tune] for tune in found.keys() - known}
    assert found.keys() == known, "these agree now; run make oracles to write that down"


def test_the_last_run_found_what_is_asked_for(last_run):
    assert last_run["tunes"] == corpus.TUNES
    assert last_run["agree"]["abc2midi"] / last_run["tunes"] >= LEAST_AGREEMENT
    assert last_run["excluded_share"] <= MOST_EXCLUDED


def test_a_wrong_note_is_found(comparison):
    """The comparison can fail: tunes that only we hear a semitone higher agree nowhere."""
    tunes = [tune for tune in comparison.tunes if "K:" in tune.text][:20]
    texts = [prepare(tune.text).text for tune in tunes]
    raised = [played_by_us(tune.text.replace("\nK:", "\n%%MIDI transpose 1\nK:", 1)) for tune in tunes]
    played = [answer["notes"] for answer in abc2midi.play(texts, memory_path())]
    assert all(differences(ours, theirs) != ([], []) for ours, theirs in zip(raised, played, strict=True))
