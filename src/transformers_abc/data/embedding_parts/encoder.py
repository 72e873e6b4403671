"""Embeddings by an audio encoder of transformers: Whisper, wav2vec 2.0 and its kin, the Audio Spectrogram Transformer, CLAP, and the audio
tower of a language model such as Qwen2-Audio, of which only the tower is loaded.

No code of a model's own is run, and weights are read from safetensors only. With ``HF_HUB_OFFLINE=1`` the Hub is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transformers_abc.data.embedding_parts.clip_sound import clip_sound
from transformers_abc.data.embedding_parts.frames import CLIP_S, frames_within, pool_to_frames
from transformers_abc.data.embedding_parts.hidden_layout import CLAP, in_time, window_of
from transformers_abc.data.embedding_parts.source import EmbeddingsError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig

SHORTEST_S = 0.5  # given to an encoder at once; what is shorter is padded with silence, since some need more than one window of a transform
_TRIAL_S = 1.0
_ROUNDING = 1e-6  # of a frame
_TOWER = {r"^(?:model\.|thinker\.)?audio_tower\.": ""}  # how checkpoints of language models name it
_UNUSED = "masked_spec_embed"  # of wav2vec 2.0, for training only; published checkpoints lack it
_CHANGING = ("_name_or_path", "transformers_version")  # in a configuration, without a change of the encoder
# What transformers and torch raise for a model that is not there, not an audio encoder, damaged, or too large for the device.
_FAILURES = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError)


class AudioEncoder:
    """An encoder and its feature extractor.

    Args:
        source: folder, or name on the Hub.
        layer: of the hidden states, from 0, which is what enters the first layer; None takes what the encoder gives at its end.
        device: as torch names it; a GPU where there is one by default.
    """

    needs_audio = True

    def __init__(self, source: str, layer: int | None = None, device: str | None = None) -> None:
        self._source, self._layer, self._device = source, layer, device
        self._extractor: Any = None
        self._model: Any = None
        self._config: Mapping[str, Any] = {}
        self._width = 0
        self._weights = ""

    def prepare(self, names: Sequence[str]) -> None:
        import torch

        is_folder = Path(self._source).is_dir()
        try:
            with _quiet():
                self._extractor = _load_extractor(self._source, is_folder)
                model = _load_encoder(self._source, is_folder)
            self._model = model.eval().to(self._device or ("cuda" if torch.cuda.is_available() else "cpu"))
        except _FAILURES as error:
            what = "as an audio encoder" if is_folder else "no folder here, and as an audio encoder of the Hub it"
            raise EmbeddingsError(f"{self._source}: {what} cannot be loaded: {_first_line(error)}") from error
        self._config = self._model.config.to_dict()
        if self._layer is not None and self._config["model_type"] == CLAP:
            raise EmbeddingsError(f"{self._source}: CLAP's layers have no frames in time until the last; leave --layer out")
        trial = np.zeros(round(_TRIAL_S * self._extractor.sampling_rate), dtype=np.float32)
        self._width = self._frames(trial, "a second of silence").shape[1]
        self._weights = _weights_digest(self._model)

    @property
    def width(self) -> int:
        return self._width

    @property
    def description(self) -> str:
        name = Path(self._source).resolve().name if Path(self._source).is_dir() else self._source
        return f"encoder {name}, {'its output' if self._layer is None else f'layer {self._layer}'}"

    def has(self, name: str) -> bool:
        return True

    def fingerprint(self, names: Sequence[str]) -> str:
        config = {key: value for key, value in self._config.items() if key not in _CHANGING}
        settings = json.dumps([config, self._extractor.to_dict(), self._layer], default=str, sort_keys=True)
        return sha256(f"{self._weights}\0{settings}".encode()).hexdigest()

    def embed(self, name: str, audio: bytes) -> np.ndarray:
        frames = self._frames(clip_sound(name, audio, self._extractor.sampling_rate), f"clip {name}")
        if not np.isfinite(frames).all():
            raise EmbeddingsError(f"{self._source}: gives values that are not finite for clip {name}")
        return frames

    def _frames(self, samples: np.ndarray, what: str) -> np.ndarray:
        """Our frames of a sound; those beyond its end are zero."""
        clip_s = len(samples) / self._extractor.sampling_rate
        try:
            hidden, seconds = self._hidden_states(samples)
        except _FAILURES as error:
            raise EmbeddingsError(f"{self._source}: cannot encode {what}: {_first_line(error)}") from error
        frames = pool_to_frames(hidden, seconds)
        frames[frames_within(clip_s) :] = 0
        return frames

    def _hidden_states(self, samples: np.ndarray) -> tuple[np.ndarray, float]:
        """The encoder's frames of a sound, ``[T, D]``, and how many seconds they cover: window by window, without what is padding."""
        rate = self._extractor.sampling_rate
        window = window_of(self._extractor.to_dict(), self._config)
        taken_s, covered_s = (window.taken_s, window.covered_s) if window else (CLIP_S, max(len(samples) / rate, SHORTEST_S))
        parts, step_s, clip_s = [], 1.0, len(samples) / rate
        for start_s in np.arange(0, clip_s, covered_s):
            sound = samples[round(start_s * rate) : round((start_s + taken_s) * rate)]
            frames = self._run(np.pad(sound, (0, max(round(SHORTEST_S * rate) - len(sound), 0))))
            step_s = covered_s / len(frames)
            parts.append(frames[: int(np.ceil((clip_s - start_s) / step_s - _ROUNDING))])
        hidden = np.concatenate(parts)
        return hidden, len(hidden) * step_s

    def _run(self, sound: np.ndarray) -> np.ndarray:
        """What the encoder gives for one window, as frames in time."""
        import torch

        inputs = self._extractor(sound, sampling_rate=self._extractor.sampling_rate, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            outputs = self._model(**inputs, output_hidden_states=self._layer is not None)
        return in_time(self._chosen(outputs)[0].float().cpu().numpy(), self._config)

    def _chosen(self, outputs: Any) -> torch.Tensor:
        if self._layer is None:
            last: torch.Tensor = outputs.last_hidden_state
            return last
        if not 0 <= self._layer < len(outputs.hidden_states):
            raise ValueError(f"there is no layer {self._layer}; --layer takes 0 to {len(outputs.hidden_states) - 1}")
        hidden: torch.Tensor = outputs.hidden_states[self._layer]
        return hidden


def _load_extractor(source: str, is_folder: bool) -> Any:
    from transformers import AutoFeatureExtractor

    return AutoFeatureExtractor.from_pretrained(source, trust_remote_code=False, local_files_only=is_folder)


def _load_encoder(source: str, is_folder: bool) -> Any:
    """The part of a model that hears.

    Raises:
        ValueError: weights of it are missing, or see `_FAILURES`.
    """
    import torch
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(source, trust_remote_code=False, local_files_only=is_folder)
    settings: dict[str, Any] = {
        "trust_remote_code": False,
        "local_files_only": is_folder,
        "use_safetensors": True,
        "dtype": torch.float32,
        "output_loading_info": True,
    }
    tower = _tower_config(config)
    if config.model_type == "clap":
        model, info = AutoModel.from_pretrained(source, **settings)
        encoder = model.audio_model
    elif tower is not None:
        encoder, info = AutoModel.from_pretrained(source, config=tower, key_mapping=_TOWER, **settings)
    else:
        model, info = AutoModel.from_pretrained(source, **settings)
        encoder = model.get_encoder() if config.is_encoder_decoder else model
    missing = sorted(key for key in info["missing_keys"] if not key.endswith(_UNUSED))
    if missing:
        raise ValueError(f"{len(missing)} of its weights are missing, such as {missing[0]}")
    return encoder


def _tower_config(config: PreTrainedConfig) -> Any:
    """The configuration of a language model's audio tower; None where it has none."""
    return config.audio_config if "audio_config" in config.sub_configs else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without progress of loading, and without a table of weights that an encoder does not need."""
    from transformers.utils import logging

    verbosity, showed_progress = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if showed_progress:
            logging.enable_progress_bar()


def _weights_digest(model: torch.nn.Module) -> str:
    """The same for the same weights, whatever their folder is called."""
    digest = sha256()
    for name, values in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(values.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
