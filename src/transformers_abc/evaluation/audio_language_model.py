"""An audio language model of transformers as a system: Qwen2-Audio, and all that share its interface.

What a processor returns is forwarded whole, since models name the masks of their audio differently. No code of a model's own is run, and
weights are read from safetensors only. How long a recording may be is the processor's matter: Qwen2-Audio hears 30 seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import Generation, SystemFailure, SystemUnavailableError, Transcription, answer

if TYPE_CHECKING:
    import numpy as np

# What transformers says where a kind of model is not among those that an Auto class knows.
_OTHER_KIND = "Unrecognized configuration class"


class AudioLanguageModel:
    """A model and its processor.

    Args:
        source: folder, or name on the Hub.
        generation: how it writes.
        device: as torch names it; a GPU where there is one by default.
    """

    def __init__(self, source: str, generation: Generation, device: str | None = None) -> None:
        self.name = Path(source).resolve().name if Path(source).is_dir() else source
        self.is_deterministic = generation.temperature == 0
        self._source, self._generation, self._device = source, generation, device
        self._processor: Any = None
        self._model: Any = None

    def prepare(self) -> None:
        import torch

        is_folder = Path(self._source).is_dir()
        try:
            self._processor = _load_processor(self._source, is_folder)
            model = _load_model(self._source, is_folder)
            self._model = model.eval().to(self._device or ("cuda" if torch.cuda.is_available() else "cpu"))
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            what = "this model" if is_folder else "no folder here, and as a model of the Hub it"
            raise SystemUnavailableError(f"{self._source}: {what} cannot be loaded: {_first_line(error)}") from error

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        import torch

        from transformers_abc.data.audio import AudioError
        from transformers_abc.evaluation.audio_samples import read_mono

        try:
            audio = read_mono(sample.audio, self._processor.feature_extractor.sampling_rate)
            torch.manual_seed(seed)
            return answer(self._write(audio, self._generation.prompt_for(sample)), self._doubt(audio))
        except AudioError as error:
            raise SystemFailure(str(error)) from error
        except (RuntimeError, ValueError) as error:  # such as too little memory, or more audio than the model takes
            raise SystemFailure(f"{type(error).__name__}: {_first_line(error)}") from error

    def _doubt(self, audio: np.ndarray) -> str:
        """A word on recordings longer than the processor takes at once: some models go on with what follows, others never hear it."""
        extractor = self._processor.feature_extractor
        longest_s, length_s = extractor.to_dict().get("chunk_length"), len(audio) / extractor.sampling_rate
        if not longest_s or length_s <= longest_s:
            return ""
        return f"the processor takes {longest_s:g} s at once: of {length_s:.1f} s the model may have heard only the beginning"

    def _write(self, audio: np.ndarray, prompt: str) -> str:
        import torch

        content = [{"type": "audio", "audio": audio}, {"type": "text", "text": prompt}]
        inputs = self._processor.apply_chat_template(
            [[{"role": "user", "content": content}]], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        ).to(self._model.device)
        # Features come in single precision, the weights may not.
        inputs = {key: value.to(self._model.dtype) if value.is_floating_point() else value for key, value in inputs.items()}
        drawn: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if self._generation.temperature > 0:
            drawn = {"do_sample": True, "temperature": self._generation.temperature, "top_p": self._generation.top_p, "top_k": 0}
        with torch.inference_mode():
            tokens = self._model.generate(**inputs, max_new_tokens=self._generation.max_new_tokens, **drawn)
        if not self._model.config.is_encoder_decoder:
            tokens = tokens[:, inputs["input_ids"].shape[1] :]
        return str(self._processor.batch_decode(tokens, skip_special_tokens=True)[0])


def _load_processor(source: str, is_folder: bool) -> Any:
    from transformers import AutoProcessor

    return AutoProcessor.from_pretrained(source, trust_remote_code=False, local_files_only=is_folder)


def _load_model(source: str, is_folder: bool) -> Any:
    """Most models are among the multimodal ones; a few are sequence-to-sequence only."""
    from transformers import AutoModelForMultimodalLM, AutoModelForSeq2SeqLM
    from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

    settings = {"trust_remote_code": False, "local_files_only": is_folder, "use_safetensors": True, "dtype": "auto"}
    showed_progress = is_progress_bar_enabled()
    disable_progress_bar()  # of loading weights: the evaluation has its own
    try:
        return AutoModelForMultimodalLM.from_pretrained(source, **settings)
    except ValueError as error:
        if _OTHER_KIND not in str(error):
            raise
        return AutoModelForSeq2SeqLM.from_pretrained(source, **settings)
    finally:
        if showed_progress:
            enable_progress_bar()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
