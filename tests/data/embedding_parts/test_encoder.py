"""Encoders of transformers, tiny and with random weights: where in time their frames lie, and what is said where one cannot be used."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    ASTConfig,
    ASTFeatureExtractor,
    ASTForAudioClassification,
    AutoModel,
    BertConfig,
    BertModel,
    ClapConfig,
    ClapFeatureExtractor,
    ClapModel,
    HubertConfig,
    HubertModel,
    PreTrainedModel,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    SeamlessM4TFeatureExtractor,
    VoxtralConfig,
    VoxtralForConditionalGeneration,
    Wav2Vec2BertConfig,
    Wav2Vec2BertModel,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    WavLMConfig,
    WavLMModel,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

from hub_server.processes import run_python
from transformers_abc.data.embedding_parts.encoder import AudioEncoder
from transformers_abc.data.embedding_parts.frames import CLIP_S, FRAME_S, pool_to_frames
from transformers_abc.data.embedding_parts.source import EmbeddingsError

RATE = 16_000
SIZE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
WHISPER_SIZE = {"d_model": 16, "encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 16}
CLAP_SIZE = {"patch_embeds_hidden_size": 8, "hidden_size": 64, "depths": [1, 1, 1, 1], "num_attention_heads": [1, 1, 2, 2]}


def whisper() -> tuple[PreTrainedModel, WhisperFeatureExtractor]:
    tokens = {"vocab_size": 20, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    decoder = {"decoder_layers": 1, "decoder_attention_heads": 2, "decoder_ffn_dim": 16}
    return WhisperForConditionalGeneration(WhisperConfig(**WHISPER_SIZE, **decoder, **tokens)), WhisperFeatureExtractor()


def wav2vec2() -> tuple[PreTrainedModel, Wav2Vec2FeatureExtractor]:
    """As the large ones, whose first layers normalise each time for itself."""
    first = {"conv_dim": (8,) * 7, "feat_extract_norm": "layer", "num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2}
    return Wav2Vec2ForCTC(Wav2Vec2Config(vocab_size=10, **first, **SIZE)), Wav2Vec2FeatureExtractor(do_normalize=False)


def ast() -> tuple[PreTrainedModel, ASTFeatureExtractor]:
    return ASTForAudioClassification(ASTConfig(**SIZE)), ASTFeatureExtractor()


def clap() -> tuple[PreTrainedModel, ClapFeatureExtractor]:
    config = ClapConfig(text_config={"vocab_size": 20, **SIZE}, audio_config=CLAP_SIZE)
    return ClapModel(config), ClapFeatureExtractor(truncation="rand_trunc")


def qwen2_audio() -> tuple[PreTrainedModel, WhisperFeatureExtractor]:
    text = {"model_type": "qwen2", "vocab_size": 20, "num_key_value_heads": 2, **SIZE}
    config = Qwen2AudioConfig(audio_config={"model_type": "qwen2_audio_encoder", **WHISPER_SIZE}, text_config=text)
    return Qwen2AudioForConditionalGeneration(config), WhisperFeatureExtractor(feature_size=128)


MODELS: dict[str, Callable[[], tuple[PreTrainedModel, object]]] = {
    "whisper": whisper,
    "wav2vec2": wav2vec2,
    "ast": ast,
    "clap": clap,
    "qwen2_audio": qwen2_audio,
}
WIDTHS = {"whisper": 16, "wav2vec2": 16, "ast": 16, "clap": 64, "qwen2_audio": 16}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A saved model of each kind."""
    found = {}
    for name, made in MODELS.items():
        torch.manual_seed(0)
        model, extractor = made()
        found[name] = tmp_path_factory.mktemp("models") / name
        model.save_pretrained(found[name])
        extractor.save_pretrained(found[name])  # type: ignore[attr-defined]
    return found


def prepared(source: Path, layer: int | None = None) -> AudioEncoder:
    encoder = AudioEncoder(str(source), layer, "cpu")
    encoder.prepare(["clip"])
    return encoder


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="FLOAT")
    return buffer.getvalue()


def noise(seconds: float) -> np.ndarray:
    return 0.1 * np.random.default_rng(0).normal(size=round(seconds * RATE))


@pytest.mark.parametrize("name", MODELS)
def test_frames_as_long_as_the_clip(folders: dict[str, Path], name: str) -> None:
    encoder = prepared(folders[name])
    assert encoder.width == WIDTHS[name]
    for seconds, sounding in ((0.02, 1), (5.0, 51), (CLIP_S, 240), (25.0, 240)):  # 5 / 0.09868 is 50.7
        frames = encoder.embed("clip", wav(noise(seconds)))
        assert (frames.shape, frames.dtype) == ((240, WIDTHS[name]), np.float32)
        assert frames[:sounding].any(axis=1).all()
        assert not frames[sounding:].any()


def test_their_kin(tmp_path: Path) -> None:
    """Others that docs/embeddings.md says were tried."""
    first = {"conv_dim": (8,) * 7, "num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2}
    tower = {"model_type": "voxtral_encoder", "num_mel_bins": 128, **SIZE, "intermediate_size": 64}  # which the projector joins by four
    text = {"model_type": "llama", "vocab_size": 20, "num_key_value_heads": 2, **SIZE}
    fused = ClapConfig(text_config={"vocab_size": 20, **SIZE}, audio_config=CLAP_SIZE | {"enable_fusion": True})
    kin: dict[str, tuple[PreTrainedModel, object]] = {
        "hubert": (HubertModel(HubertConfig(**first, **SIZE)), Wav2Vec2FeatureExtractor()),
        "wavlm": (WavLMModel(WavLMConfig(**first, **SIZE)), Wav2Vec2FeatureExtractor()),
        "wav2vec2-bert": (Wav2Vec2BertModel(Wav2Vec2BertConfig(**SIZE)), SeamlessM4TFeatureExtractor()),
        "voxtral": (
            VoxtralForConditionalGeneration(VoxtralConfig(audio_config=tower, text_config=text)),
            WhisperFeatureExtractor(feature_size=128),
        ),
        "clap-fused": (ClapModel(fused), ClapFeatureExtractor()),
    }
    for name, (model, extractor) in kin.items():
        model.save_pretrained(tmp_path / name)
        extractor.save_pretrained(tmp_path / name)  # type: ignore[attr-defined]
        frames = prepared(tmp_path / name).embed("clip", wav(noise(12.0)))
        sounding = frames.any(axis=1)
        assert sounding[:122].all(), name  # 12 / 0.09868 is 121.6
        assert not sounding[122:].any(), name


@pytest.mark.parametrize(
    ("name", "earliest", "latest"),
    [("whisper", -0.7, 0.7), ("wav2vec2", -0.7, 0.7), ("qwen2_audio", -0.7, 0.7), ("ast", -1.2, 0.2)],  # this one looks 160 ms ahead
)
@pytest.mark.parametrize("at_s", [2.0, 9.9, 12.0, 20.0, 21.5])
def test_a_click_is_where_it_was_heard(folders: dict[str, Path], name: str, earliest: float, latest: float, at_s: float) -> None:
    """What enters the first layer looks at little more than its own time, so a click changes it there and hardly elsewhere.

    Half a frame is the best that can be asked for, since a click may fall between two.
    """
    encoder = prepared(folders[name], layer=0)
    quiet = 0.001 * noise(CLIP_S)
    clicking = quiet.copy()
    clicking[round(at_s * RATE) : round((at_s + 0.05) * RATE)] += noise(0.05) * 10
    change = np.abs(encoder.embed("clip", wav(clicking)) - encoder.embed("clip", wav(quiet))).sum(axis=1)
    assert earliest <= int(change.argmax()) + 0.5 - (at_s + 0.025) / FRAME_S <= latest


@pytest.mark.parametrize("at_s", [2.0, 8.0, 13.0, 22.0])
def test_clap_hears_in_order(folders: dict[str, Path], at_s: float) -> None:
    """Its frames of 312 ms look far around, so only their order is tested."""
    encoder = prepared(folders["clap"])
    quiet = 0.001 * noise(CLIP_S)
    sounding = quiet.copy()
    sounding[round(at_s * RATE) : round((at_s + 0.6) * RATE)] += noise(0.6) * 10
    change = np.abs(encoder.embed("clip", wav(sounding)) - encoder.embed("clip", wav(quiet))).sum(axis=1)
    assert abs(int(change.argmax()) - (at_s + 0.3) / FRAME_S) <= 6


def test_it_is_what_the_encoder_gives(folders: dict[str, Path]) -> None:
    """Whisper hears 30 s, of which 5 s are the first sixth of 1,500 frames."""
    sound = noise(5.0).astype(np.float32)
    features = WhisperFeatureExtractor()(sound, sampling_rate=RATE, return_tensors="pt")["input_features"]
    model = AutoModel.from_pretrained(folders["whisper"]).eval()
    with torch.inference_mode():
        states = model.encoder(features, output_hidden_states=True).hidden_states
    for layer, hidden in ((None, states[-1]), (0, states[0]), (1, states[1])):
        expected = pool_to_frames(hidden[0, :250].numpy(), 5.0)
        np.testing.assert_allclose(prepared(folders["whisper"], layer).embed("clip", wav(sound)), expected, atol=1e-5)


def test_any_rate_and_any_number_of_channels(folders: dict[str, Path]) -> None:
    encoder = prepared(folders["whisper"])
    time_s = np.arange(3 * 48_000) / 48_000
    tone = np.sin(2 * np.pi * 440 * time_s)
    stereo = np.stack([tone, 0 * tone], axis=1)
    np.testing.assert_allclose(
        encoder.embed("clip", wav(stereo, 48_000)), encoder.embed("clip", wav(tone[::3] / 2)), atol=0.02
    )  # resampling is not exact at the ends


def test_only_the_tower_of_a_language_model_is_loaded(folders: dict[str, Path]) -> None:
    encoder = prepared(folders["qwen2_audio"])
    loaded = encoder._model.state_dict()
    saved = load_file(folders["qwen2_audio"] / "model.safetensors")
    tower = {key.removeprefix("audio_tower."): values for key, values in saved.items() if key.startswith("audio_tower.")}
    assert loaded.keys() == tower.keys()
    assert all(torch.equal(loaded[key], tower[key]) for key in tower)
    assert len(saved) > len(tower) + 10


def test_the_fingerprint_is_that_of_weights_and_settings(folders: dict[str, Path], tmp_path: Path) -> None:
    before = prepared(folders["whisper"]).fingerprint(["a"])
    moved = shutil.copytree(folders["whisper"], tmp_path / "moved")
    assert prepared(moved).fingerprint(["b"]) == before
    assert prepared(moved, layer=2).fingerprint(["a"]) != before
    weights = load_file(moved / "model.safetensors")
    weights["model.encoder.conv1.bias"] += 1
    save_file(weights, moved / "model.safetensors", {"format": "pt"})
    assert prepared(moved).fingerprint(["a"]) != before


def test_a_description_for_people(folders: dict[str, Path]) -> None:
    assert AudioEncoder(f"{folders['ast']}/").description == "encoder ast, its output"
    assert AudioEncoder("openai/whisper-large-v3", 12).description == "encoder openai/whisper-large-v3, layer 12"


# --- What cannot be used -------------------------------------------------------------------------------------------------------------


def complaint(source: Path, layer: int | None = None) -> str:
    with pytest.raises(EmbeddingsError) as caught:
        prepared(source, layer)
    assert str(caught.value).startswith(f"{source}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("layer", [3, -1])
def test_no_such_layer(folders: dict[str, Path], layer: int) -> None:
    assert complaint(folders["whisper"], layer).endswith(f"there is no layer {layer}; --layer takes 0 to 2")


def test_clap_has_no_layers_in_time(folders: dict[str, Path]) -> None:
    assert complaint(folders["clap"], 1).endswith("leave --layer out")


def test_weights_that_are_missing(folders: dict[str, Path], tmp_path: Path) -> None:
    """Transformers would fill them in at random, and say so in a table."""
    holed = shutil.copytree(folders["whisper"], tmp_path / "holed")
    weights = load_file(holed / "model.safetensors")
    del weights["model.encoder.layers.1.fc1.weight"]
    save_file(weights, holed / "model.safetensors", {"format": "pt"})
    assert complaint(holed).endswith("1 of its weights are missing, such as encoder.layers.1.fc1.weight")


def test_a_mask_for_training_may_be_missing(folders: dict[str, Path], tmp_path: Path) -> None:
    published = shutil.copytree(folders["wav2vec2"], tmp_path / "published")
    weights = load_file(published / "model.safetensors")
    del weights["wav2vec2.masked_spec_embed"]
    save_file(weights, published / "model.safetensors", {"format": "pt"})
    assert prepared(published).width == 16


def test_pickled_weights(folders: dict[str, Path], tmp_path: Path) -> None:
    pickled = shutil.copytree(folders["whisper"], tmp_path / "pickled")
    torch.save(load_file(pickled / "model.safetensors"), pickled / "pytorch_model.bin")
    (pickled / "model.safetensors").unlink()
    assert "cannot be loaded: Error no file named model.safetensors" in complaint(pickled)


def test_a_model_of_text(tmp_path: Path) -> None:
    BertModel(BertConfig(vocab_size=20, **SIZE)).save_pretrained(tmp_path / "bert")
    assert "as an audio encoder cannot be loaded" in complaint(tmp_path / "bert")


def test_no_model_at_all(tmp_path: Path) -> None:
    assert "cannot be loaded" in complaint(tmp_path)


def test_code_of_a_model_is_not_run(folders: dict[str, Path], tmp_path: Path) -> None:
    mine = shutil.copytree(folders["whisper"], tmp_path / "mine")
    config = json.loads((mine / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.MyConfig", "AutoModel": "mine.MyModel"}}
    (mine / "config.json").write_text(json.dumps(config))
    (mine / "mine.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    assert "cannot be loaded" in complaint(mine)
    assert not (tmp_path / "run").exists()


def test_a_device_that_is_not_there(folders: dict[str, Path]) -> None:
    with pytest.raises(EmbeddingsError, match="cannot be loaded"):
        AudioEncoder(str(folders["whisper"]), device="no-such-device").prepare([])


@pytest.mark.parametrize("audio", [b"", b"no audio", wav(np.zeros(0)), wav(np.full(8000, np.nan))])
def test_clips_without_sound(folders: dict[str, Path], audio: bytes) -> None:
    with pytest.raises(EmbeddingsError, match=r"clip broken: its audio .*; build the dataset again$"):
        prepared(folders["whisper"]).embed("broken", audio)


def test_offline_the_hub_is_not_asked(tmp_path: Path) -> None:
    code = (
        "from transformers_abc.data.embedding_parts.encoder import AudioEncoder\n"
        "try:\n    AudioEncoder('someone/whisper').prepare([])\n"
        "except ValueError as error:\n    print(error)\n"
    )
    done = run_python(code, tmp_path, HF_HUB_OFFLINE="1", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.stdout.startswith("someone/whisper: no folder here, and as an audio encoder of the Hub it cannot be loaded: "), done.stderr
    assert done.stdout.count("\n") == 1
