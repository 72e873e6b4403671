"""The rewards in the trainers of trl, with the model of examples/grpo_reward.py: random, and some thousand parameters."""

import importlib.util
import math
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from transformers_abc.rewards import AbcReward, FormatReward, KeyReward, PitchReward

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "grpo_reward.py"
DOCUMENTATION = ROOT / "docs" / "rewards.md"
WEIGHTS = {"AbcReward": 1.0, "PitchReward": 0.5, "FormatReward": 0.25, "KeyReward": 0.1}


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("grpo_reward", EXAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("trainer_class", "config_class"), [(GRPOTrainer, GRPOConfig), (RLOOTrainer, RLOOConfig)])
def test_two_steps(trainer_class: Callable, config_class: Callable, example: ModuleType, tmp_path: Path) -> None:
    tokenizer = example.build_tokenizer()
    trainer = trainer_class(
        model=example.build_model(tokenizer),
        processing_class=tokenizer,
        reward_funcs=[AbcReward(), PitchReward(), FormatReward(), KeyReward()],
        args=config_class(
            output_dir=str(tmp_path),
            max_steps=2,
            per_device_train_batch_size=4,
            num_generations=2,
            max_completion_length=24,
            reward_weights=list(WEIGHTS.values()),
            logging_steps=1,
            report_to="none",
            save_strategy="no",
            use_cpu=True,
            beta=0.0,  # without a reference model, which RLOO would load by its name
            seed=0,
        ),
        train_dataset=example.build_dataset(),
    )
    trainer.train()
    assert trainer.reward_func_names == list(WEIGHTS)
    steps = [logged for logged in trainer.state.log_history if "reward" in logged]
    assert len(steps) == 2
    for logged in steps:
        means = {name: logged[f"rewards/{name}/mean"] for name in WEIGHTS}
        assert all(0.0 <= mean <= 1.0 for mean in means.values())
        assert all(math.isfinite(logged[f"rewards/{name}/std"]) for name in WEIGHTS)
        assert logged["reward"] == pytest.approx(sum(weight * means[name] for name, weight in WEIGHTS.items()), abs=1e-5)
        assert logged["AbcReward/loss/full"] == pytest.approx(1 - means["AbcReward"], abs=1e-5)
        assert logged["AbcReward/loss/pitch"] == pytest.approx(1 - means["PitchReward"], abs=1e-5)
        assert 0.0 <= logged["AbcReward/unreadable"] <= 1.0
        assert "AbcReward/loss/tempo" not in logged  # no reference says a tempo
    completions, extra = trainer._logs["completion"], trainer._logs["extra"]  # the table of completions
    assert len(completions) == len(extra["AbcReward/loss/article"]) == len(extra["AbcReward/loss/full"]) == 4
    assert [1 - loss for loss in extra["AbcReward/loss/full"]] == pytest.approx(trainer._logs["rewards"]["AbcReward"], abs=1e-6)


def test_the_snippet_of_the_documentation(example: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [snippet] = re.findall(r"^```python trainer\n(.*?)^```$", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    tokenizer = example.build_tokenizer()
    names = {"model": example.build_model(tokenizer), "tokenizer": tokenizer, "dataset": example.build_dataset()}
    snippet = snippet.replace('output_dir="policy"', 'output_dir="policy", use_cpu=True')
    exec(compile(snippet, DOCUMENTATION.name, "exec"), names)
    assert names["trainer"].reward_func_names == ["AbcReward", "FormatReward"]
