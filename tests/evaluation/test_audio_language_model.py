"""A Qwen2-Audio with a few random numbers for weights, made here and saved to a folder, as a system."""

from pathlib import Path

import pytest

from transformers_abc.evaluation.audio_language_model import AudioLanguageModel
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import Generation, SystemOptions, SystemUnavailableError, system_of

SPECIAL = ["<|endoftext|>", "<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>", "<|im_start|>", "<|im_end|>"]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level tokenizer without merges, a four-second feature extractor and one layer each."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("tiny-qwen")
    vocabulary = {token: number for number, token in enumerate(SPECIAL + sorted(pre_tokenizers.ByteLevel.alphabet()))}
    letters = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    letters.pre_tokenizer, letters.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=letters, eos_token=SPECIAL[0], pad_token=SPECIAL[0], additional_special_tokens=SPECIAL[1:]
    )
    extractor = transformers.WhisperFeatureExtractor(feature_size=16, chunk_length=4)
    transformers.Qwen2AudioProcessor(extractor, tokenizer).save_pretrained(folder)
    text = {"model_type": "qwen2", "vocab_size": len(vocabulary), "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
    text |= {"num_attention_heads": 2, "num_key_value_heads": 2, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
    audio = {"d_model": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 32, "num_mel_bins": 16}
    audio |= {"max_source_positions": 200}
    torch.manual_seed(0)
    config = transformers.Qwen2AudioConfig(audio_config=audio, text_config=text, audio_token_index=vocabulary["<|AUDIO|>"])
    model = transformers.Qwen2AudioForConditionalGeneration(config)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights *= 20  # so that what is heard makes a difference, in spite of so few numbers
    model.save_pretrained(folder)
    return folder


def written(folder: Path, sample: Sample, seed: int, generation: Generation) -> str:
    system = AudioLanguageModel(str(folder), generation)
    system.prepare()
    return system.transcribe(sample, seed).text


def test_it_writes_by_its_seed_and_only_what_is_new(model_folder: Path, samples: list[Sample]) -> None:
    drawn = Generation(max_new_tokens=12)
    texts = [written(model_folder, samples[0], seed, drawn) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert all(0 < len(text) <= 12 for text in texts)
    assert "Transcribe" not in "".join(texts)


def test_without_temperature_nothing_is_random(model_folder: Path, samples: list[Sample]) -> None:
    greedy = Generation(temperature=0, max_new_tokens=8)
    assert AudioLanguageModel(str(model_folder), greedy).is_deterministic
    assert written(model_folder, samples[0], 1, greedy) == written(model_folder, samples[0], 2, greedy)


def test_the_audio_is_heard(model_folder: Path, samples: list[Sample], tmp_path: Path) -> None:
    """The same seed and prompt over other audio: what the model sees must differ."""
    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(0).normal(0, 0.3, 48_000), 16_000)
    other = Sample("noise", "noise", tmp_path / "noise.wav", samples[0].reference)
    drawn = Generation(temperature=1.0, top_p=1.0, max_new_tokens=40)
    assert written(model_folder, samples[0], 1, drawn) != written(model_folder, other, 1, drawn)


def test_recordings_that_are_too_long_are_doubted(model_folder: Path, samples: list[Sample], tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "long.wav", np.zeros(16_000 * 6), 16_000)
    system = AudioLanguageModel(str(model_folder), Generation(max_new_tokens=1))
    system.prepare()
    assert system.transcribe(samples[0], 0).log == ""
    long = Sample("long", "long", tmp_path / "long.wav", samples[0].reference)
    assert system.transcribe(long, 0).log == "the processor takes 4 s at once: of 6.0 s the model may have heard only the beginning"


def test_a_folder_with_a_model_is_one(model_folder: Path, tmp_path: Path) -> None:
    assert system_of(str(model_folder), SystemOptions()).name == model_folder.name
    (tmp_path / "config.json").write_text('{"model_type": "qwen2_audio"}')
    with pytest.raises(SystemUnavailableError, match="this model cannot be loaded"):
        system_of(str(tmp_path), SystemOptions()).prepare()
