"""What a small model learns by vocabulary: settings are kept to, and a vocabulary that is added later gets the same time."""

import doctest
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tokenization.texts import composed

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("token_learning", "token_texts", "token_costs", "token_training", "token_vocabularies", "token_learning_figures", "token_model")
TEXTS = composed(12)


@pytest.fixture(scope="module")
def benchmark() -> Iterator[SimpleNamespace]:
    """The modules, without leaving the folder on the path, where other modules have names that tests use too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        modules = {name: importlib.import_module(name) for name in MODULES}
        loaded = {name for name in sys.modules if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(ROOT / "benchmarks"))}
        for name in loaded:
            patch.delitem(sys.modules, name)
        yield SimpleNamespace(**modules)


@pytest.fixture
def texts(benchmark: SimpleNamespace) -> object:
    return benchmark.token_texts.Texts(tuple(TEXTS[:6]), tuple(TEXTS[6:8]), tuple(TEXTS[8:10]), tuple(TEXTS[10:]))


def test_examples(benchmark: SimpleNamespace) -> None:
    for name in MODULES:
        module: ModuleType = getattr(benchmark, name)
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("change", ["seconds", "pilot_seconds", "learning_rates", "samples"])
def test_results_of_other_settings_are_not_gone_on_with(benchmark: SimpleNamespace, texts: object, tmp_path: Path, change: str) -> None:
    settings = {"seconds": 1.0, "pilot_seconds": 0.5, "learning_rates": (1e-3, 2e-3), "samples": 2}
    learning, path = benchmark.token_learning, tmp_path / "results.json"
    results = learning.opened(path, benchmark.token_training.Settings(**settings), texts)
    learning.save(path, results)
    assert learning.opened(path, benchmark.token_training.Settings(**settings), texts) == json.loads(path.read_text())
    other = settings | {change: (3e-3,) if change == "learning_rates" else 7}
    with pytest.raises(ValueError, match="holds results of other settings"):
        learning.opened(path, benchmark.token_training.Settings(**other), texts)


def test_vocabularies_have_their_size(benchmark: SimpleNamespace, texts: object, tmp_path: Path) -> None:
    named = benchmark.token_vocabularies.tokenizer_named
    for name in ("shipped 2048", "whole 1500", "free 1500", "gpt2 350"):
        assert named(name, texts, tmp_path).get_vocab_size() == int(name.split()[1])
    for name in ("shipped", "signs 4", "other 2048", "whole x"):
        with pytest.raises(ValueError, match="is no vocabulary"):
            named(name, texts, tmp_path)


def test_costs_are_measured_once_and_in_one_measure(benchmark: SimpleNamespace, texts: object, monkeypatch: pytest.MonkeyPatch) -> None:
    costs = benchmark.token_costs
    measured = {"signs": 4.0, "shipped 2048": 3.0}
    monkeypatch.setattr(costs, "measured_costs", lambda tokenizers, texts: {name: measured[name] for name in tokenizers})
    both = dict.fromkeys(measured)
    assert costs.missing_costs(both, {}, texts) == measured
    assert costs.missing_costs(both, {"signs": 2.0}, texts) == {"shipped 2048": 1.5}  # the machine was twice as fast
    assert costs.missing_costs(both, measured, texts) == {}
    with pytest.raises(ValueError, match="give a vocabulary that was measured, such as signs"):
        costs.missing_costs({"shipped 2048": None}, {"signs": 2.0}, texts)


def test_a_vocabulary_from_cost_to_table(
    benchmark: SimpleNamespace, texts: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a step or two of training, in this process."""
    learning, training = benchmark.token_learning, benchmark.token_training
    monkeypatch.setattr(benchmark.token_costs, "COST_BATCHES", 1)
    monkeypatch.setattr(benchmark.token_costs, "COST_ROUNDS", 1)
    settings = training.Settings(0.02, 0.01, (1e-3, 2e-3), 1)
    results = learning.opened(tmp_path / "results.json", settings, texts)
    tokenizers = {"signs": benchmark.token_vocabularies.tokenizer_named("signs", texts, tmp_path)}
    for name, cost in benchmark.token_costs.missing_costs(tokenizers, {}, texts).items():
        assert cost > 0
        results["vocabularies"][name] = {**benchmark.token_vocabularies.described(tokenizers[name], texts.validation), "cost": cost}
    pilots = list(training.pilot_jobs(tokenizers, results, settings))
    assert [(job.learning_rate, job.seed) for job in pilots] == [(1e-3, None), (2e-3, None)]
    results["vocabularies"]["signs"]["pilot"] = {"0.001": 2.0, "0.002": 1.0}
    assert not list(training.pilot_jobs(tokenizers, results, settings))
    [job] = training.measuring_jobs(tokenizers, results, settings, [0])
    assert job.learning_rate == 2e-3
    monkeypatch.setattr(training, "sampled", lambda *_: {"n": 1, "reads": 0, "recoded": 1})
    results["vocabularies"]["signs"]["runs"]["0"] = training.run(job, texts, settings)
    assert not list(training.measuring_jobs(tokenizers, results, settings, [0]))
    table = learning.table(results)
    assert "| signs | 1,434 |" in table
    assert "Models of 1.5 to 1.5 million parameters; 0 s of processor time" in table
