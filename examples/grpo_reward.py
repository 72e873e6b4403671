"""The rewards in a trainer of trl, on a language model so small that it trains on a CPU while one looks.

python examples/grpo_reward.py [--steps 6]

The model starts at random and knows only characters of ABC, so it learns little here: what the example shows is how rewards are passed,
weighed and logged, and that is the same with a model of your own.
"""

import argparse
import tempfile

from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
from trl import GRPOConfig, GRPOTrainer

from transformers_abc.rewards import AbcReward, FormatReward, PitchReward

CHARACTERS = "CDEFGABcdefgab|:[]/'12348=^_MLKQX\n "
TUNES = ["X:1\nM:2/4\nL:1/4\nK:C\nCD|EF|GA|Bc|]", "X:1\nM:3/4\nL:1/4\nK:G\nGAB|c2B|A2G|G3|]"]


def build_tokenizer() -> PreTrainedTokenizerFast:
    """A token for each character."""
    vocabulary = {token: index for index, token in enumerate(["<pad>", "<eos>", "<unk>", *CHARACTERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def build_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A random model of some thousand parameters."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=256,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    return LlamaForCausalLM(config)


def build_dataset() -> Dataset:
    """Prompts, and the references in the column where the rewards look for them."""
    return Dataset.from_dict({"prompt": ["X:1\n"] * len(TUNES), "answer": TUNES})


def main() -> None:
    """Train, and print what the trainer logged of the rewards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6, help="optimiser steps (default: 6)")
    options = parser.parse_args()
    tokenizer = build_tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        trainer = GRPOTrainer(
            model=build_model(tokenizer),
            processing_class=tokenizer,
            reward_funcs=[AbcReward(), PitchReward(), FormatReward()],
            args=GRPOConfig(
                output_dir=folder,
                max_steps=options.steps,
                per_device_train_batch_size=8,
                num_generations=4,
                max_completion_length=48,
                learning_rate=1e-2,
                reward_weights=[1.0, 0.5, 0.1],  # in the order of reward_funcs
                logging_steps=1,
                report_to="none",
                save_strategy="no",
                use_cpu=True,
                disable_tqdm=True,
            ),
            train_dataset=build_dataset(),
        )
        trainer.remove_callback(PrinterCallback)  # the rewards are printed below
        trainer.train()
    names = ["reward", *(f"rewards/{name}/mean" for name in trainer.reward_func_names), "AbcReward/unreadable"]
    print(*names, sep="  ")
    for logged in trainer.state.log_history:
        if "reward" in logged:
            print(*(f"{logged[name]:{len(name)}.3f}" for name in names), sep="  ")


if __name__ == "__main__":
    main()
