"""Train the listener on synthetic clips.

    transformers-abc train listener --scores DIR --soundfont FluidR3_GM.sf2 --out listener --seed 0

Every clip is a function of the seed and its number, so a run that was stopped goes on where it was from its last checkpoint, and two runs
of one seed on the same machine see the same data. The loop is transformers' `Trainer`, so `accelerate launch -m transformers_abc train
listener ...` trains on many GPUs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import load_file
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments, set_seed

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.synthesis.orchestras import Orchestras
from transformers_abc.synthesis.scores import load_pieces
from transformers_abc.synthesis.synthetic_clips import SyntheticClips
from transformers_abc.synthesis.timbres import Orchestra
from transformers_abc.synthesis.training_banks import training_banks
from transformers_abc.training.runs import begin_run, check_steps, write_record
from transformers_abc.training.targets import listener_targets
from transformers_abc.training.validation import ListenerValidator

# The learning rate is constant until it falls to zero over the last part of the run, so that a run can be lengthened, up to there, without
# changing what it has done: warm-up, stable, decay (Hu et al., MiniCPM, 2024).
DECAY_SHARE = 0.3
VALIDATION_SEED = 1_000_003  # far from the seeds that people choose
VALIDATION_CLIP_S = 6.0


@dataclass(frozen=True)
class ListenerTrainingConfig:
    """Everything that decides a run; saved beside the weights.

    Attributes:
        out: folder for checkpoints and the finished model.
        start_from: folder of a listener to start from instead of from nothing; what does not fit the model is learnt anew.
        scores, soundfont, samples: what is played, and on what; see `synthesis`.
        steps, batch_size, clip_s: updates, clips an update (on each device), and seconds a clip.
        learning_rate, weight_decay, warmup_steps: of AdamW.
        bf16: compute in bfloat16 where that is precise enough; twice as fast on processors that have it.
        report_to: a tracker of the `Trainer`, such as ``tensorboard``, ``trackio`` or ``wandb``.
        workers, threads: processes that make clips, and threads of the network on a CPU.
        device: ``auto`` or ``cpu``.
    """

    out: Path
    scores: Path | None = None
    soundfont: Path | None = None
    samples: Path | None = None
    start_from: Path | None = None
    steps: int = 6400
    batch_size: int = 6
    clip_s: float = 4.0
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    warmup_steps: int = 100
    bf16: bool = False
    checkpoint_every: int = 100
    validate_every: int = 500
    validation_clips: int = 120
    report_to: str = "none"
    workers: int = 1
    threads: int = 2
    seed: int = 0
    device: str = "auto"


# Settings that may differ when a run is resumed: they change how it runs, not what it computes.
_MAY_CHANGE = ("out", "steps", "workers", "threads", "device", "checkpoint_every", "validate_every", "validation_clips", "report_to")


class _ClipDataset(Dataset):
    """Clips and targets by number."""

    def __init__(self, clips: SyntheticClips, model_config: AbcListenerConfig, count: int) -> None:
        self._clips, self._model_config, self._count = clips, model_config, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        if not 0 <= index < self._count:
            raise IndexError(index)
        clip = self._clips[index]
        return {"audio": clip.audio, **listener_targets(clip, self._model_config)}


class ListenerTrainer(Trainer):
    """A `Trainer` that hears audio: features are computed on the device, and validation listens to whole clips."""

    def __init__(self, *args: Any, extractor: AbcFeatureExtractor, validator: ListenerValidator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._extractor, self._validator = extractor, validator

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor | Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        labels = dict(inputs)
        features = self._extractor(labels.pop("audio"))["input_features"].contiguous(memory_format=torch.channels_last)
        output = model(features, **labels)
        return (output.loss, output) if return_outputs else output.loss

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        figures = {f"eval_{name}": value for name, value in self._validator.figures(cast(AbcListener, self.model)).items()}
        self.log(figures)
        return figures


def train_listener(config: ListenerTrainingConfig, model_config: AbcListenerConfig | None = None) -> Path:
    """Train, checkpoint and save; resumes if `config.out` holds a checkpoint of the same settings.

    Returns:
        The folder with ``model.safetensors``, ``config.json``, ``preprocessor_config.json`` and ``training.json``.

    Raises:
        ValueError: the folder belongs to another run, or sounds that are kept for tests are given.
    """
    model_config = model_config or AbcListenerConfig()
    rate = model_config.sampling_rate
    bank = training_sounds(config.soundfont, config.samples, rate, config.out / "sounds")
    training_pieces, validation_pieces = load_pieces(config.scores, cache=config.out / "pieces") if config.scores else ([], [])
    world = {"world_size": int(os.environ.get("WORLD_SIZE", "1"))}  # as many processes see as many different clips
    checkpoint = begin_run(config.out, config, _MAY_CHANGE, world)  # after what is given was found to be there
    if checkpoint:
        state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        check_steps(state["global_step"], state["max_steps"], config.steps, DECAY_SHARE)
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    model = AbcListener(model_config)
    if config.start_from:
        take_weights(model, config.start_from)
    if training_pieces and not validation_pieces:
        print("no score fell to validation: the figures are of training music", file=sys.stderr)
    extractor = AbcFeatureExtractor.for_listener(model_config)
    clips = SyntheticClips(training_pieces, bank, config.seed, rate, config.clip_s)
    validation = SyntheticClips(validation_pieces or training_pieces, bank, VALIDATION_SEED, rate, VALIDATION_CLIP_S)
    validator = ListenerValidator(validation, config.validation_clips, extractor)
    arguments = _trainer_arguments(config)
    dataset = _ClipDataset(clips, model_config, config.steps * arguments.train_batch_size * max(arguments.world_size, 1))
    trainer = ListenerTrainer(
        model.to(memory_format=torch.channels_last),  # type: ignore[call-arg]  # transformers wraps `to` untyped
        arguments,
        train_dataset=dataset,
        eval_dataset=dataset,  # asked for, but `evaluate` listens to the validator's clips
        extractor=extractor,
        validator=validator,
    )
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if trainer.is_world_process_zero():
        _save(trainer, validator, extractor, config)
    return config.out


def take_weights(model: AbcListener, folder: Path) -> list[str]:
    """Give a model the weights of another where they have its names and shapes.

    Returns:
        The names of the weights that stay as they were.

    Raises:
        FileNotFoundError: the folder has no ``model.safetensors``.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not there; --start-from takes the folder of a trained listener")
    own, found = model.state_dict(), load_file(path)
    fitting = {name: weight.float() for name, weight in found.items() if name in own and own[name].shape == weight.shape}
    model.load_state_dict(fitting, strict=False)
    return sorted(own.keys() - fitting.keys())


def training_sounds(soundfont: Path | None, samples: Path | None, sampling_rate: int, cache: Path) -> Orchestra | None:
    """What the training music is played on beside random timbres.

    Raises:
        FileNotFoundError: one of them is not there.
        ValueError: the sounds are kept for tests, or are none.
    """
    banks = training_banks(soundfont, samples, sampling_rate, cache)
    return Orchestras(banks) if banks else None


def _trainer_arguments(config: ListenerTrainingConfig) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(config.out),
        max_steps=config.steps,
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        lr_scheduler_type="warmup_stable_decay",
        lr_scheduler_kwargs={"num_decay_steps": int(config.steps * DECAY_SHARE), "decay_type": "linear"},
        warmup_steps=config.warmup_steps,
        max_grad_norm=1.0,
        bf16=config.bf16,
        train_sampling_strategy="sequential",  # clip number i is seen as the i-th, so that a resumed run sees what is left
        seed=config.seed,
        eval_strategy="steps",
        eval_steps=config.validate_every,
        save_strategy="steps",
        save_steps=config.checkpoint_every,
        save_total_limit=2,  # were the machine to stop amid the last, the one before is whole
        logging_steps=20,
        report_to=config.report_to,
        dataloader_num_workers=config.workers,
        dataloader_prefetch_factor=4 if config.workers else None,
        dataloader_persistent_workers=config.workers > 0,
        remove_unused_columns=False,
        label_names=["onset_labels"],
        use_cpu=config.device == "cpu",
    )


def _save(trainer: ListenerTrainer, validator: ListenerValidator, extractor: AbcFeatureExtractor, config: ListenerTrainingConfig) -> None:
    """Write the finished model in the layout of transformers, weights in half precision, with the thresholds that suit it."""
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False).cpu().float().eval()
    model.config.decoding_thresholds = asdict(validator.best_thresholds(model))
    figures: Mapping[str, float] = validator.figures(model)
    model.half().save_pretrained(config.out)
    extractor.save_pretrained(config.out)
    write_record(config.out, config, trainer.state.log_history, validation=figures)
