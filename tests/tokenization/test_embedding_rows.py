"""Rows for new tokens in models, training them with peft, and the whole way with an audio language model in a fresh process."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers import (
    AutoModel,
    GPT2Config,
    GPT2LMHeadModel,
    PhiConfig,
    PhiForCausalLM,
    PreTrainedModel,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    Qwen2Config,
    Qwen2ForCausalLM,
    TokenizersBackend,
    WhisperFeatureExtractor,
)

from hub_server.processes import run_python
from tokenization.language_models import CHAT_TEMPLATE, PIECES, are_installed, real_tokenizer, small_tokenizer
from transformers_abc.tokenization import extend_tokenizer
from transformers_abc.tokenization.embedding_rows import add_rows, remove_rows

SPELLED = {12: [1, 2, 2], 13: [0], 14: [11, 3]}  # tokens 12 to 14 stand for texts that these stood for
KNOWN = 12
LAYERS = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2}
TUNE = "X:1\nM:4/4\nL:1/8\nK:G\nG2 B2 d2 B2 | c2 A2 F2 D2 | G8 |]\n"


def qwen2(rows: int, tied: bool = False) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    return Qwen2ForCausalLM(
        Qwen2Config(vocab_size=rows, **LAYERS, tie_word_embeddings=tied, bos_token_id=0, eos_token_id=0, pad_token_id=0)
    )


def phi(rows: int) -> PhiForCausalLM:
    """Whose output embeddings have a bias."""
    torch.manual_seed(0)
    model = PhiForCausalLM(PhiConfig(vocab_size=rows, **LAYERS, bos_token_id=0, eos_token_id=0))
    nn.init.normal_(model.lm_head.bias)
    return model


def qwen2_audio(rows: int, audio_token: int = 4, ends: int = 0) -> Qwen2AudioForConditionalGeneration:
    torch.manual_seed(0)
    hearing = {"num_mel_bins": 8, "d_model": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 32}
    special = {"bos_token_id": ends, "eos_token_id": ends, "pad_token_id": ends}
    return Qwen2AudioForConditionalGeneration(
        Qwen2AudioConfig(
            audio_config={"model_type": "qwen2_audio_encoder", **hearing, "max_source_positions": 100},  # two seconds of sound
            text_config={"model_type": "qwen2", "vocab_size": rows, **LAYERS, **special},
            audio_token_index=audio_token,
        )
    )


def weights(model: PreTrainedModel) -> list[torch.Tensor]:
    """What has a row for each token, input embeddings first."""
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    return [inputs.weight, outputs.weight, *([outputs.bias] if getattr(outputs, "bias", None) is not None else [])]


MODELS: dict[str, tuple[Callable[[int], PreTrainedModel], list[str]]] = {
    "untied": (qwen2, ["embed_tokens", "lm_head"]),
    "tied": (lambda rows: qwen2(rows, tied=True), ["embed_tokens"]),
    "bias": (phi, ["embed_tokens", "lm_head"]),
    "bf16": (lambda rows: qwen2(rows).to(torch.bfloat16), ["embed_tokens", "lm_head"]),
    "GPT-2": (lambda rows: GPT2LMHeadModel(GPT2Config(vocab_size=rows, n_embd=8, n_layer=1, n_head=2)), ["wte"]),
    "Qwen2-Audio": (qwen2_audio, ["embed_tokens", "lm_head"]),
}


@pytest.mark.parametrize("rows", [12, 14, 15, 16, 20, 128])
@pytest.mark.parametrize("kind", MODELS)
def test_new_rows_are_means_and_old_ones_stay(kind: str, rows: int) -> None:
    build, names = MODELS[kind]
    model = build(rows)
    before = [weight.detach().clone() for weight in weights(model)]
    trainable, _ = add_rows(model, SPELLED, KNOWN)
    after = weights(model)
    assert trainable == {name: [12, 13, 14] for name in names}
    assert (after[0] is after[1]) == (len(names) == 1)
    # 15 are needed: fewer become as many, since 12 and 14 are no round numbers; more stay
    assert all(len(weight) == max(rows, 15) == model.config.get_text_config().vocab_size for weight in after)
    for old, new in zip(before, after, strict=True):
        assert new.dtype == old.dtype
        assert torch.equal(new[:12], old[:12])
        assert torch.equal(new[15:], old[15:])
        for token, spelled in SPELLED.items():
            assert torch.equal(new[token], torch.stack([old[each].float() for each in spelled]).mean(dim=0).to(old.dtype))
    assert model(input_ids=torch.tensor([[1, 12, 14, 2]])).logits.shape == (1, 4, max(rows, 15))


@pytest.mark.parametrize(("rows", "becomes"), [(24, 32), (64, 128), (128, 256), (20, 25)])
def test_round_numbers_of_rows_stay_round(rows: int, becomes: int) -> None:
    model = qwen2(rows)
    add_rows(model, {token: [0] for token in range(rows, {20: 25, 24: 25, 64: 65, 128: 129}[rows])}, rows)
    assert [len(weight) for weight in weights(model)] == [becomes] * 2


def test_sums_do_not_lose_what_bf16_cannot_hold() -> None:
    model = qwen2(12).to(torch.bfloat16)
    with torch.no_grad():
        model.get_input_embeddings().weight[0] = 1.0
    add_rows(model, {12: [0] * 1000}, 12)
    assert (model.get_input_embeddings().weight[12] == 1.0).all()


def test_fewer_rows_than_tokens() -> None:
    model = qwen2(11)
    with pytest.raises(ValueError, match="11 rows of embeddings for 12 tokens: it does not belong"):
        add_rows(model, SPELLED, KNOWN)
    with pytest.raises(ValueError, match="does not belong to this tokenizer"):
        extend_tokenizer(small_tokenizer(), qwen2(100), pieces=PIECES, most_tokens=2)
    assert len(model.get_input_embeddings().weight) == 11


def test_a_model_that_does_not_generate() -> None:
    with pytest.raises(ValueError, match="Qwen2Model has no output embeddings"):
        add_rows(AutoModel.from_config(qwen2(12).config), SPELLED, KNOWN)


def test_no_tokens() -> None:
    model = qwen2(12)
    assert add_rows(model, {}, KNOWN)[0] == {"embed_tokens": [], "lm_head": []}
    assert len(model.get_input_embeddings().weight) == 12


@pytest.mark.parametrize("rows", [12, 13, 14, 15, 16, 128])
@pytest.mark.parametrize("kind", MODELS)
def test_rows_are_removed(kind: str, rows: int) -> None:
    """New ones go, and those that were there without a token have what they had."""
    build, names = MODELS[kind]
    model = build(rows)
    before = [weight.detach().clone() for weight in weights(model)]
    _, former = add_rows(model, SPELLED, KNOWN)
    assert any(not torch.equal(new[:rows], old) for new, old in zip(weights(model), before, strict=True)) == (rows > 12)
    remove_rows(model, former)
    assert model.config.get_text_config().vocab_size == rows
    assert all(torch.equal(new, old) and new.dtype == old.dtype for new, old in zip(weights(model), before, strict=True))
    assert all(weight.requires_grad for weight in weights(model))
    assert (weights(model)[0] is weights(model)[1]) == (len(names) == 1)


def test_rows_that_are_not_there_are_not_removed() -> None:
    _, former = add_rows(qwen2(16), SPELLED, KNOWN)
    with pytest.raises(ValueError, match="fewer than 16 rows"):
        remove_rows(qwen2(14), former)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("spare", [0, 20, 128])
def test_one_call_undoes_tokenizer_and_model(spare: int, tied: bool) -> None:
    """As real models have them, with spare rows for some of the 50 tokens, for all, or for none."""
    model = qwen2(len(small_tokenizer()) + spare, tied)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    extension = extend_tokenizer(small_tokenizer(), model, pieces=PIECES, most_tokens=50)
    former = before["lm_head.weight"]
    assert torch.equal(model.lm_head.weight[: len(former)], former) == (not spare)
    with torch.no_grad():
        model.get_input_embeddings().weight[list(extension.token_ids)] += 1.0  # as training would
    tokenizer = extension.undo(model)
    assert tokenizer.backend_tokenizer.to_str() == small_tokenizer().backend_tokenizer.to_str()
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_there_is_no_model_to_undo() -> None:
    extension = extend_tokenizer(small_tokenizer(), pieces=PIECES, most_tokens=3)
    assert extension.former_rows is None
    with pytest.raises(ValueError, match="extended without a model"):
        extension.undo(qwen2(2000))
    assert extension.undo().get_vocab() == small_tokenizer().get_vocab()


class Forgetful(Qwen2ForCausalLM):
    """Whose author did not think of the configuration when embeddings are resized."""

    def resize_token_embeddings(self, *arguments: Any, **settings: Any) -> nn.Embedding:
        size = self.config.vocab_size
        embeddings = super().resize_token_embeddings(*arguments, **settings)
        self.config.vocab_size = size
        return embeddings


def test_sizes_that_disagree_after_resizing() -> None:
    model = Forgetful(qwen2(12).config)
    with pytest.raises(ValueError, match=r"sizes disagree after resizing: .*'config.vocab_size': 12}, of 15 needed"):
        add_rows(model, SPELLED, KNOWN)


def test_a_model_that_does_not_belong_is_found_before_anything_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers_abc.tokenization.extension.joins", None)  # whoever learns fails
    with pytest.raises(ValueError, match="does not belong to this tokenizer"):
        extend_tokenizer(small_tokenizer(), qwen2(100))
    with pytest.raises(ValueError, match="has no output embeddings"):
        extend_tokenizer(small_tokenizer(), AutoModel.from_config(qwen2(2000).config))


# --- peft ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tied", [False, True])
def test_peft_trains_the_new_rows_and_no_others(tied: bool, tmp_path: Path) -> None:
    model = qwen2(len(small_tokenizer()), tied)
    extension = extend_tokenizer(small_tokenizer(), model, pieces=PIECES, most_tokens=40)
    new = list(extension.token_ids)
    before = [weight.detach().clone() for weight in weights(model)]
    start = copy.deepcopy(model)
    adapted = get_peft_model(
        model, LoraConfig(r=2, target_modules=["q_proj"], trainable_token_indices=extension.trainable_token_indices, task_type="CAUSAL_LM")
    )
    ids = torch.tensor([extension.tokenizer.encode(TUNE + "\nA2 poster")])
    assert set(ids[0].tolist()) & set(new)
    optimiser = torch.optim.SGD([parameter for parameter in adapted.parameters() if parameter.requires_grad], lr=1.0)
    for _ in range(2):
        adapted(input_ids=ids, labels=ids).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    adapted.save_pretrained(tmp_path)
    logits = adapted(input_ids=ids).logits
    loaded = PeftModel.from_pretrained(start, tmp_path)
    assert torch.allclose(loaded(input_ids=ids).logits, logits, atol=1e-5)
    merged = adapted.merge_and_unload()
    assert torch.allclose(merged(input_ids=ids).logits, logits, atol=1e-5)
    assert (weights(merged)[0] is weights(merged)[1]) == tied
    old = [token for token in range(len(before[0])) if token not in new]
    for trained, untrained in zip(weights(merged), before, strict=True):
        assert torch.equal(trained[old], untrained[old])
        used = [token for token in new if token in ids]
        assert not torch.isclose(trained[used], untrained[used]).all(dim=1).any()


@pytest.mark.parametrize("tied", [False, True])
def test_undone_under_an_adapter_that_was_unloaded(tied: bool) -> None:
    model = qwen2(len(small_tokenizer()) + 20, tied)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    extension = extend_tokenizer(small_tokenizer(), model, pieces=PIECES, most_tokens=40)
    adapted = get_peft_model(
        model, LoraConfig(r=2, target_modules=["q_proj"], trainable_token_indices=extension.trainable_token_indices, task_type="CAUSAL_LM")
    )
    unloaded = adapted.unload()
    extension.undo(unloaded)
    after = unloaded.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], before[name]) for name in before)


# --- An audio language model ---------------------------------------------------------------------------------------------------------

CLIPS = [np.random.default_rng(seed).normal(size=size).astype(np.float32) for seed, size in ((0, 32_000), (1, 17_000))]
PROMPT = "<|im_start|>user\n<|audio_bos|><|AUDIO|><|audio_eos|>Write ABC.<|im_end|>\n<|im_start|>assistant\n"
AFTER_SAVING = """
import json, sys
sys.modules["transformers_abc"] = None  # whoever imports it fails
import numpy as np
import torch
from transformers import AutoProcessor, Qwen2AudioForConditionalGeneration
folder, prompt, *wholes = sys.argv[1:]
processor = AutoProcessor.from_pretrained(folder)
model = Qwen2AudioForConditionalGeneration.from_pretrained(folder).eval()
clips = [np.load(f"{folder}/{place}.npy") for place in (0, 1)]
sound = {"audio": clips, "sampling_rate": 16_000, "return_tensors": "pt", "padding": True}
batch = processor(text=wholes, **sound)
labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
with torch.no_grad():
    loss = model(**batch, labels=labels).loss.item()
    written = model.generate(**processor(text=[prompt] * 2, **sound), max_new_tokens=12, do_sample=False)
print(json.dumps([loss, written.tolist()]))
"""


def test_extended_trained_saved_and_loaded(tmp_path: Path) -> None:
    """The tokenizer of an audio language model learns ABC, the model learns two clips; a fresh process has the same loss and answers."""
    tokenizer: TokenizersBackend = real_tokenizer("Qwen2") if are_installed() else small_tokenizer()
    model = qwen2_audio(len(tokenizer), tokenizer.convert_tokens_to_ids("<|AUDIO|>"), tokenizer.eos_token_id)
    processor = Qwen2AudioProcessor(WhisperFeatureExtractor(feature_size=8, chunk_length=2), tokenizer, chat_template=CHAT_TEMPLATE)
    extension = extend_tokenizer(processor.tokenizer, model, pieces=PIECES, most_tokens=100)
    processor.tokenizer = extension.tokenizer
    processor.tokenizer.padding_side = "left"
    assert set(extension.trainable_token_indices) == {"embed_tokens", "lm_head"}
    sound = {"audio": CLIPS, "sampling_rate": 16_000, "return_tensors": "pt", "padding": True}
    wholes = [PROMPT + answer + "<|im_end|>" for answer in (TUNE, TUNE[:70])]
    batch = processor(text=wholes, **sound)
    assert batch["input_ids"].max() in extension.token_ids
    assert (batch["input_ids"] == model.config.audio_token_index).sum(dim=1).tolist() == [50, 27]
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-2)
    losses = []
    for _ in range(4):
        loss = model(**batch, labels=labels).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.5, losses

    with torch.no_grad():
        loss = model.eval()(**batch, labels=labels).loss.item()
        written = model.generate(**processor(text=[PROMPT] * 2, **sound), max_new_tokens=12, do_sample=False)
    model.save_pretrained(tmp_path / "saved")
    processor.save_pretrained(tmp_path / "saved")
    for place, clip in enumerate(CLIPS):
        np.save(tmp_path / "saved" / f"{place}.npy", clip)
    done = run_python(AFTER_SAVING, tmp_path, tmp_path / "saved", PROMPT, *wholes)
    assert done.returncode == 0, done.stderr
    fresh_loss, fresh_written = json.loads(done.stdout)
    assert fresh_written == written.tolist()
    assert fresh_loss == pytest.approx(loss, rel=1e-5)
    assert "abc_extension" in json.loads((tmp_path / "saved" / "tokenizer_config.json").read_text(encoding="utf-8"))
