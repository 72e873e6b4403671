"""Train the listener on synthetic clips.

    transformers-abc train listener --scores DIR --soundfont FluidR3_GM.sf2 --out listener --seed 0

Every clip is a function of the seed and its number, so a run that was stopped goes on where it was from its last checkpoint, and two runs
of one seed on the same machine see the same data.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from transformers import get_wsd_schedule

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.scores import load_pieces
from transformers_abc.synthesis.soundfonts import check_for_training
from transformers_abc.synthesis.synthetic_clips import SyntheticClips
from transformers_abc.training.targets import listener_targets
from transformers_abc.training.validation import ListenerValidator

# The learning rate is constant until it falls to zero over the last part of the run, so that a run can be lengthened, up to there, without
# changing what it has done: warm-up, stable, decay (Hu et al., MiniCPM, 2024).
DECAY_SHARE = 0.3
VALIDATION_SEED = 1_000_003  # far from the seeds that people choose
VALIDATION_CLIP_S = 6.0


@dataclass(frozen=True)
class ListenerTrainingConfig:
    """Everything that decides a run; saved beside the weights."""

    out: Path
    scores: Path | None = None
    soundfont: Path | None = None
    steps: int = 1500
    batch_size: int = 8
    clip_s: float = 3.0
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    warmup_steps: int = 50
    checkpoint_every: int = 50
    validate_every: int = 250
    validation_clips: int = 40
    workers: int = 1
    threads: int = 2
    seed: int = 0
    device: str = "cpu"


# Settings that may differ when a run is resumed: they change how it runs, not what it computes.
_MAY_CHANGE = ("out", "steps", "workers", "threads", "device", "checkpoint_every", "validate_every", "validation_clips")


class _ClipDataset(Dataset):
    """Clips and targets by number, from `first` on."""

    def __init__(self, clips: SyntheticClips, model_config: AbcListenerConfig, first: int, count: int) -> None:
        self._clips, self._model_config, self._first, self._count = clips, model_config, first, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        clip = self._clips[self._first + index]
        return {"audio": clip.audio, **listener_targets(clip, self._model_config)}


def train_listener(config: ListenerTrainingConfig, model_config: AbcListenerConfig | None = None) -> Path:
    """Train, checkpoint and save; resumes if `config.out` holds a checkpoint of the same settings.

    Returns:
        The folder with ``model.safetensors``, ``config.json``, ``preprocessor_config.json`` and ``training.json``.
    """
    if config.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device {config.device!r} is not available here; use cpu")
    if config.soundfont:
        check_for_training(config.soundfont)
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    model_config = model_config or AbcListenerConfig()
    training_pieces, validation_pieces = load_pieces(config.scores, cache=config.out / "pieces") if config.scores else ([], [])
    bank = SoundFontBank(config.soundfont, model_config.sampling_rate) if config.soundfont else None
    run = _Run(config, model_config)
    clips = SyntheticClips(training_pieces, bank, config.seed, model_config.sampling_rate, config.clip_s)
    first, count = run.step * config.batch_size, (config.steps - run.step) * config.batch_size
    dataset = _ClipDataset(clips, model_config, first, count)
    loader = DataLoader(dataset, config.batch_size, num_workers=config.workers, prefetch_factor=4 if config.workers else None)
    if training_pieces and not validation_pieces:
        print("no score fell to validation: the figures are of training music", file=sys.stderr)
    validation = SyntheticClips(validation_pieces or training_pieces, bank, VALIDATION_SEED, model_config.sampling_rate, VALIDATION_CLIP_S)
    validator = ListenerValidator(validation, config.validation_clips, run.extractor)
    for batch in loader:
        run.update(batch)
        if run.step % config.validate_every == 0 or run.step == config.steps:
            run.log(validator.figures(run.model))
        if run.step % config.checkpoint_every == 0 or run.step == config.steps:
            run.save_checkpoint()
    run.model.config.decoding_thresholds = asdict(validator.best_thresholds(run.model))
    run.save()
    return config.out


class _Run:
    """The state that a checkpoint must hold: weights, optimiser, schedule, position and history."""

    def __init__(self, config: ListenerTrainingConfig, model_config: AbcListenerConfig) -> None:
        self.config = config
        self.model = AbcListener(model_config)
        self.model.to(device=config.device, memory_format=torch.channels_last)  # type: ignore[call-arg]  # transformers wraps `to` untyped
        self.extractor = extractor_for(model_config)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        decay_steps = int(config.steps * DECAY_SHARE)
        self.schedule = get_wsd_schedule(
            self.optimizer, config.warmup_steps, decay_steps, config.steps, decay_type="linear", warmup_type="linear"
        )
        self.step = 0
        self.history: list[dict[str, float]] = []
        self._recent: list[float] = []
        self._since = time.monotonic()
        config.out.mkdir(parents=True, exist_ok=True)
        self._checkpoint = config.out / "checkpoint.pt"
        if self._checkpoint.exists():
            self._load_checkpoint()

    def update(self, batch: dict[str, torch.Tensor]) -> None:
        batch = {name: value.to(self.config.device) for name, value in batch.items()}
        features = self.extractor(batch.pop("audio"))["input_features"].contiguous(memory_format=torch.channels_last)
        self.model.train()
        loss = self.model(features, **batch).loss
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        self._recent.append(loss.item())
        if self.step % 20 == 0:
            rate = 20 / (time.monotonic() - self._since)
            self.log({"loss": float(np.mean(self._recent)), "steps_per_second": round(rate, 3)})
            self._recent, self._since = [], time.monotonic()

    def log(self, figures: dict[str, float]) -> None:
        self.history.append({"step": self.step, **figures})
        print(json.dumps(self.history[-1]), flush=True)

    def save_checkpoint(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "step": self.step,
            "history": self.history,
            "settings": self._settings(),
        }
        partial = self._checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._checkpoint)

    def _load_checkpoint(self) -> None:
        state = torch.load(self._checkpoint, weights_only=True, map_location="cpu")
        if state["settings"] != self._settings():
            raise ValueError(f"{self._checkpoint} belongs to a run with other settings: choose another --out or delete it")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.step, self.history = state["step"], state["history"]
        if self.step > self.config.steps:
            raise ValueError(f"{self._checkpoint} is at step {self.step} already, beyond --steps {self.config.steps}")

    def _settings(self) -> dict[str, object]:
        """What must agree for a checkpoint to be continued; paths by name, so that a run may move to another machine."""
        decisive = {name: value for name, value in asdict(self.config).items() if name not in _MAY_CHANGE}
        return {name: value.name if isinstance(value, Path) else value for name, value in decisive.items()}

    def save(self) -> None:
        """Write the finished model in the layout of transformers, weights in half precision."""
        self.model.half().save_pretrained(self.config.out)
        self.model.float()
        self.extractor.save_pretrained(self.config.out)
        settings = {name: value.name if isinstance(value, Path) else value for name, value in asdict(self.config).items()}
        made_with = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
        record = {"settings": settings, "made_with": made_with, "history": self.history}
        write_whole(self.config.out / "training.json", json.dumps(record, indent=1) + "\n")


def extractor_for(config: AbcListenerConfig) -> AbcFeatureExtractor:
    """The feature extractor that fits a listener's configuration."""
    return AbcFeatureExtractor(
        config.sampling_rate,
        config.hop_length,
        tuple(config.window_lengths),
        config.lowest_pitch,
        config.bins_per_semitone,
        config.num_bins,
    )
