"""The tokenizer with what transformers and its company do to tokenizers, and with an audio language model."""

import copy
import pickle
import re
from itertools import chain, pairwise
from pathlib import Path
from threading import Thread

import datasets
import jinja2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from transformers import (
    DataCollatorForSeq2Seq,
    GPT2Config,
    GPT2LMHeadModel,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    TextIteratorStreamer,
    WhisperFeatureExtractor,
    pipeline,
)

from hub_server.processes import run_python
from hub_server.server import HubServer
from oracles import corpus
from tokenization.signs import BEGINS_AMID_A_NOTE, joins_bars
from tokenization.texts import LINE_BREAKS, SPECIAL_SPELLINGS, any_text, composed
from transformers_abc.notation.midi_reader import read_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.writer import write_abc
from transformers_abc.tokenization.tokenization_abc import CHAT_TEMPLATE, PACKAGED, SIGNS, SPECIAL_TOKENS, AbcTokenizer, abc_tokenizer

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TEXTS = composed(6)
QUESTION, ANSWER = "What do you hear?", "X:1\nM:3/4\nL:1/8\nK:G\nG2 A2 B2 | c6 |]\n"


# --- Exact ---------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=500, deadline=None)
@given(any_text)
def test_decoding_gives_any_text_back(tokenizer: AbcTokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(
    "sign", [*LINE_BREAKS, *SPECIAL_SPELLINGS, " ", "  ", "\t", "\0", "\ufeff", "é", "♯", "🎵", "\U0010ffff"], ids=repr
)
def test_decoding_gives_odd_characters_back(tokenizer: AbcTokenizer, sign: str) -> None:
    for text in (sign, 2 * sign, f"X:1{sign}K:C{sign}c2 |{sign}d", f"{sign}|{sign}\n[V:1] {sign}c{sign}"):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_decoding_gives_the_corpus_back(tokenizer: AbcTokenizer, missing_oracle) -> None:
    folder = corpus.folder() or missing_oracle("music21's corpus", "tests/oracles/install")
    texts = [tune.text for tune in corpus.tunes(folder)]
    assert len(texts) == corpus.TUNES
    assert tokenizer.batch_decode(tokenizer(texts).input_ids) == texts


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data is not here")
def test_decoding_gives_real_scores_back(tokenizer: AbcTokenizer) -> None:
    smallest = min((SHARED / "openscore_quartets").glob("*.mxl"), key=lambda path: path.stat().st_size)
    tunes = [read_musicxml(smallest), *(read_midi(path) for path in sorted((SHARED / "urmp_excerpts").rglob("*.mid")))]
    assert len(tunes) > 2
    for tune in tunes:
        text = write_abc(tune, interleave=True)
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_no_token_holds_music_on_both_sides_of_a_bar_line(tokenizer: AbcTokenizer) -> None:
    """None of the vocabulary, so none of any text."""
    tokens = tokenizer.batch_decode([[token_id] for token_id in range(len(tokenizer))])
    assert not [token for token in tokens if joins_bars(token)]


def test_no_learned_token_begins_amid_a_note_and_reaches_into_the_next(tokenizer: AbcTokenizer) -> None:
    learned = tokenizer.batch_decode([[token_id] for token_id in range(SIGNS, len(tokenizer))])
    assert not [token for token in learned if BEGINS_AMID_A_NOTE.match(token)]
    assert all(map(BEGINS_AMID_A_NOTE.match, ("][", ") (", "]2 [", "-]2 [", ") ((3:2:3", "2 d", "/2^c")))


@pytest.mark.parametrize("interleave", [False, True])
def test_line_breaks_of_windows_cost_a_token_where_they_lead_to_a_field(tokenizer: AbcTokenizer, interleave: bool) -> None:
    for text in composed(20, interleave=interleave):
        leading = re.findall(r"\n(?=[A-Za-z]:|%)|(?<![|\]])\n(?=\[V:)", text)
        as_windows = text.replace("\n", "\r\n")
        assert len(tokenizer.encode(as_windows)) == len(tokenizer.encode(text)) + len(leading)
        assert tokenizer.decode(tokenizer.encode(as_windows)) == as_windows


def test_tunes_as_found_cost_a_few_per_cent_more_with_line_breaks_of_windows(tokenizer: AbcTokenizer, missing_oracle) -> None:
    folder = corpus.folder() or missing_oracle("music21's corpus", "tests/oracles/install")
    texts = [tune.text.replace("\r\n", "\n") for tune in corpus.tunes(folder)][::60]
    before, after = (sum(map(len, tokenizer(each).input_ids)) for each in (texts, [text.replace("\n", "\r\n") for text in texts]))
    assert before < after < 1.05 * before


def test_a_prompt_may_end_anywhere_in_the_header_but_in_a_break(tokenizer: AbcTokenizer) -> None:
    for text in TEXTS:
        breaks = [match.start() for match in re.finditer(r"\n", text[: text.index("\nK:") + 1])]
        for place in breaks:
            assert tokenizer.encode(text[:place]) + tokenizer.encode(text[place:]) == tokenizer.encode(text)
            assert tokenizer.encode(text[: place + 1]) + tokenizer.encode(text[place + 1 :]) != tokenizer.encode(text)


def test_half_of_a_surrogate_pair_is_no_text(tokenizer: AbcTokenizer) -> None:
    with pytest.raises(TypeError):
        tokenizer.encode("\ud800")
    assert tokenizer.decode(tokenizer.encode("\ud800".encode(errors="replace").decode())) == "?"


def test_special_tokens_that_are_read_as_text(tokenizer: AbcTokenizer) -> None:
    title = "X:1\nT:<|end|>\nK:C\n"
    ids = tokenizer.encode(title, split_special_tokens=True)
    assert not set(ids) & set(tokenizer.all_special_ids)
    assert tokenizer.decode(ids) == title


def test_the_packaged_tokenizer_has_no_name(tokenizer: AbcTokenizer) -> None:
    """Not the folder where the package is installed."""
    assert tokenizer.name_or_path == abc_tokenizer(2048).name_or_path == ""


def test_special_tokens_come_from_their_spelling_alone(tokenizer: AbcTokenizer) -> None:
    assert [tokenizer.encode(token) for token in SPECIAL_TOKENS] == [[index] for index in range(len(SPECIAL_TOKENS))]
    assert not set(tokenizer.encode(ANSWER)) & set(tokenizer.all_special_ids)
    assert tokenizer.decode(tokenizer.encode(f"<|start|>{ANSWER}<|end|>"), skip_special_tokens=True) == ANSWER


# --- Batches -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding(tokenizer: AbcTokenizer, side: str) -> None:
    batch = tokenizer(TEXTS, padding=True, padding_side=side, return_tensors="pt")
    longest = batch.input_ids.shape[1]
    for text, ids, mask in zip(TEXTS, batch.input_ids.tolist(), batch.attention_mask.tolist(), strict=True):
        alone = tokenizer.encode(text)
        padding = [tokenizer.pad_token_id] * (longest - len(alone))
        assert ids == (padding + alone if side == "left" else alone + padding)
        assert [index for index, is_there in zip(ids, mask, strict=True) if is_there] == alone


@pytest.mark.parametrize("side", ["left", "right"])
def test_truncation(tokenizer: AbcTokenizer, side: str) -> None:
    cut = copy.deepcopy(tokenizer)
    cut.truncation_side = side
    for text, ids in zip(TEXTS, cut(TEXTS, truncation=True, max_length=20).input_ids, strict=True):
        whole = tokenizer.encode(text)
        assert ids == (whole[-20:] if side == "left" else whole[:20])
    assert tokenizer.encode(TEXTS[0]) == cut.encode(TEXTS[0])  # and nothing is cut unless asked


def test_overflowing_tokens_go_on_where_the_others_end(tokenizer: AbcTokenizer) -> None:
    batch = tokenizer(TEXTS, truncation=True, max_length=16, return_overflowing_tokens=True)
    for place, text in enumerate(TEXTS):
        parts = [ids for ids, sample in zip(batch.input_ids, batch.overflow_to_sample_mapping, strict=True) if sample == place]
        assert len(parts) > 1
        assert list(chain.from_iterable(parts)) == tokenizer.encode(text)


def test_offsets_are_what_tokens_decode_to(tokenizer: AbcTokenizer) -> None:
    for text in TEXTS:
        encoded = tokenizer(text, return_offsets_mapping=True)
        slices = [text[start:end] for start, end in encoded.offset_mapping]
        assert slices == tokenizer.batch_decode([[token_id] for token_id in encoded.input_ids])
        assert "".join(slices) == text


@settings(max_examples=200, deadline=None)
@given(any_text)
def test_offsets_leave_no_character_out(tokenizer: AbcTokenizer, text: str) -> None:
    """The bytes of one character share its place; else each token begins where the last one ended."""
    offsets = tokenizer(text, return_offsets_mapping=True).offset_mapping
    assert all(left[1] == right[0] or left[1] - right[0] == 1 for left, right in pairwise(offsets))
    assert not text or (offsets[0][0], offsets[-1][1]) == (0, len(text))


def test_copies_are_the_same(tokenizer: AbcTokenizer) -> None:
    for other in (pickle.loads(pickle.dumps(tokenizer)), copy.deepcopy(tokenizer)):
        assert type(other) is AbcTokenizer
        assert other(TEXTS).input_ids == tokenizer(TEXTS).input_ids
        assert (other.audio_token, other.pad_token, other.chat_template) == ("<|AUDIO|>", "<|pad|>", tokenizer.chat_template)


def test_a_dataset_is_mapped_by_two_processes(tokenizer: AbcTokenizer) -> None:
    rows = datasets.Dataset.from_dict({"abc": TEXTS})
    mapped = rows.map(lambda batch: tokenizer(batch["abc"]), batched=True, batch_size=2, num_proc=2)
    assert list(mapped["input_ids"]) == tokenizer(TEXTS).input_ids


@pytest.mark.parametrize("side", ["left", "right"])
def test_collator(tokenizer: AbcTokenizer, side: str) -> None:
    padding = copy.deepcopy(tokenizer)
    padding.padding_side = side
    rows = [{**tokenizer(text), "labels": tokenizer.encode(text)} for text in TEXTS[:3]]
    batch = DataCollatorForSeq2Seq(padding, pad_to_multiple_of=8)(rows)
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    assert batch["labels"].shape[1] % 8 == 0
    assert torch.equal(batch["labels"] == -100, batch["attention_mask"] == 0)
    for labels, text in zip(batch["labels"], TEXTS[:3], strict=True):
        assert tokenizer.decode(labels[labels != -100]) == text


# --- Saved and loaded ----------------------------------------------------------------------------------------------------------------


def test_a_saved_folder_is_the_same(tmp_path: Path, tokenizer: AbcTokenizer) -> None:
    tokenizer.save_pretrained(tmp_path)
    loaded = AbcTokenizer.from_pretrained(tmp_path)
    assert loaded(TEXTS).input_ids == tokenizer(TEXTS).input_ids
    assert loaded.backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()
    assert (loaded.all_special_tokens, loaded.audio_token) == (tokenizer.all_special_tokens, tokenizer.audio_token)
    assert loaded.chat_template == tokenizer.chat_template == CHAT_TEMPLATE


@pytest.mark.parametrize(("bos", "eos"), [(True, False), (False, True), (True, True)])
def test_tokens_at_the_ends(tmp_path: Path, tokenizer: AbcTokenizer, bos: bool, eos: bool) -> None:
    with_ends = AbcTokenizer.from_pretrained(PACKAGED, add_bos_token=bos, add_eos_token=eos)
    with_ends.save_pretrained(tmp_path)
    for loaded in (with_ends, AbcTokenizer.from_pretrained(tmp_path)):
        expected = bos * [tokenizer.bos_token_id] + tokenizer.encode(ANSWER) + eos * [tokenizer.eos_token_id]
        assert loaded.encode(ANSWER) == loaded(ANSWER).input_ids == expected
        assert loaded.encode(ANSWER, add_special_tokens=False) == tokenizer.encode(ANSWER)
        assert loaded.decode(expected, skip_special_tokens=True) == ANSWER


PUSHING = """
import sys
from transformers import AutoTokenizer
import transformers_abc
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
tokenizer.push_to_hub("owner/abc-tokenizer")
loaded = AutoTokenizer.from_pretrained("owner/abc-tokenizer")
print(type(loaded).__name__, loaded.encode(sys.argv[2]) == tokenizer.encode(sys.argv[2]))
"""


def test_pushed_and_loaded_by_name(tmp_path: Path, models_hub: HubServer) -> None:
    done = run_python(PUSHING, tmp_path, PACKAGED, TEXTS[0], HF_ENDPOINT=models_hub.url, HF_TOKEN="secret")
    assert done.stdout == "AbcTokenizer True\n", done.stderr
    files = models_hub.repositories["owner/abc-tokenizer"].branches["main"].files
    assert {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"} <= set(files)


# --- Conversations -------------------------------------------------------------------------------------------------------------------


def conversation(answer: object = ANSWER) -> list[dict[str, object]]:
    return [
        {"role": "system", "content": "You write ABC."},
        {"role": "user", "content": [{"type": "audio", "audio": "clip.wav"}, {"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": answer},
    ]


WRITTEN = f"<|system|>You write ABC.<|user|><|audio_bos|><|AUDIO|><|audio_eos|>{QUESTION}<|assistant|>{ANSWER}<|end|>"


def test_a_conversation_as_text(tokenizer: AbcTokenizer) -> None:
    in_parts = conversation([{"type": "text", "text": ANSWER[:9]}, {"type": "text", "text": ANSWER[9:]}])
    for messages in (conversation(), in_parts):
        assert tokenizer.apply_chat_template(messages, tokenize=False) == WRITTEN
    system = [{"role": "system", "content": [{"type": "text", "text": "You write ABC."}]}]
    assert WRITTEN.startswith(tokenizer.apply_chat_template(system, tokenize=False))


def test_what_prompts_an_answer_is_the_beginning_of_the_whole(tokenizer: AbcTokenizer) -> None:
    prompt = tokenizer.apply_chat_template(conversation()[:2], add_generation_prompt=True, return_dict=False)
    whole = tokenizer.apply_chat_template(conversation(), return_dict=False)
    assert whole[: len(prompt)] == prompt
    assert tokenizer.decode(whole[len(prompt) :]) == f"{ANSWER}<|end|>"


def test_the_mask_of_an_answer_covers_it_and_its_end(tokenizer: AbcTokenizer) -> None:
    two_answers = [*conversation(), {"role": "user", "content": "Again."}, {"role": "assistant", "content": "X:2\n"}]
    encoded = tokenizer.apply_chat_template(two_answers, return_assistant_tokens_mask=True, return_dict=True)
    learned = [token for token, is_learned in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if is_learned]
    assert tokenizer.decode(learned) == f"{ANSWER}<|end|>X:2\n<|end|>"


def test_an_unknown_role_is_an_error(tokenizer: AbcTokenizer) -> None:
    with pytest.raises(jinja2.TemplateError, match="a role is system, user or assistant, not tool"):
        tokenizer.apply_chat_template([{"role": "tool", "content": "c"}])


@pytest.mark.parametrize(
    ("role", "content", "message"),
    [
        ("user", [{"type": "image"}], "a part is text, or audio for the model to hear, not this, of the user"),
        ("user", [{"type": "audio_url", "audio_url": "clip.wav"}], "not this, of the user"),
        ("user", [{"type": "text"}], "not this, of the user"),
        ("user", {"type": "audio"}, "not this, of the user"),
        ("assistant", [{"type": "audio", "audio": "clip.wav"}], "not this, of the assistant"),
        ("assistant", None, "a message of the assistant has no content"),
        ("user", [], "a message of the user has no content"),
        ("system", 5, "a message of the system has no content"),
    ],
)
def test_content_that_cannot_be_written_is_an_error(tokenizer: AbcTokenizer, role: str, content: object, message: str) -> None:
    with pytest.raises(jinja2.TemplateError, match=message):
        tokenizer.apply_chat_template([{"role": role, "content": content}], tokenize=False)


def test_a_message_without_content_is_an_error_and_an_empty_one_is_none(tokenizer: AbcTokenizer) -> None:
    with pytest.raises(jinja2.TemplateError, match="a message of the user has no content"):
        tokenizer.apply_chat_template([{"role": "user"}], tokenize=False)
    assert tokenizer.apply_chat_template([{"role": "user", "content": ""}], tokenize=False) == "<|user|>"


# --- Models --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def language_model(tokenizer: AbcTokenizer) -> GPT2LMHeadModel:
    torch.manual_seed(0)
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    return GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2, n_positions=128, **ends)).eval()


def test_pipeline(tokenizer: AbcTokenizer, language_model: GPT2LMHeadModel) -> None:
    write = pipeline("text-generation", model=language_model, tokenizer=copy.deepcopy(tokenizer), device="cpu")
    prompts = ["X:1\nM:4/4\n", "X:1\nM:6/8\nL:1/8\nK:G\n"]
    answers = write(prompts, max_new_tokens=12, max_length=None, do_sample=False, batch_size=2)
    for prompt, (answer,) in zip(prompts, answers, strict=True):
        ids = language_model.generate(**tokenizer(prompt, return_tensors="pt"), max_new_tokens=12, do_sample=False)
        assert answer["generated_text"].startswith(prompt)
        assert answer["generated_text"] == tokenizer.decode(ids[0], skip_special_tokens=True)


@pytest.mark.parametrize("text", [*TEXTS[:2], "T:Ünïcode 🎵 é\nno tune at all,\nbut words", "c"])
def test_streamed_text_is_the_decoded_text(tokenizer: AbcTokenizer, text: str) -> None:
    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, timeout=20)
    streamer.put(torch.tensor([tokenizer.encode("X:1\n")]))
    for token_id in tokenizer.encode(text):
        streamer.put(torch.tensor([token_id]))
    streamer.end()
    assert "".join(streamer) == text


def test_streaming_what_a_model_writes(tokenizer: AbcTokenizer, language_model: GPT2LMHeadModel) -> None:
    prompt = tokenizer("X:1\nK:C\n", return_tensors="pt")
    limits = {"max_new_tokens": 40, "do_sample": False, "suppress_tokens": list(range(9, 9 + 256))}  # signs, no halves of characters
    whole = language_model.generate(**prompt, **limits)[0, prompt.input_ids.shape[1] :]
    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, timeout=20)
    Thread(target=language_model.generate, kwargs={**prompt, **limits, "streamer": streamer}).start()
    assert "".join(streamer) == tokenizer.decode(whole)


SAMPLING_RATE = 16_000
CLIPS = [np.random.default_rng(seed).normal(size=size).astype(np.float32) for seed, size in ((0, 32_000), (1, 17_000))]


@pytest.fixture(scope="module")
def processor(tokenizer: AbcTokenizer) -> Qwen2AudioProcessor:
    """Qwen2-Audio's, for two seconds of sound: 200 frames, 50 audio tokens. Without a chat template it would take Qwen's."""
    extractor = WhisperFeatureExtractor(feature_size=8, chunk_length=2)
    return Qwen2AudioProcessor(extractor, copy.deepcopy(tokenizer), chat_template=tokenizer.chat_template)


def audio_language_model(tokenizer: AbcTokenizer) -> Qwen2AudioForConditionalGeneration:
    torch.manual_seed(0)
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    layers = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2}
    hearing = {"num_mel_bins": 8, "d_model": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 32}
    config = Qwen2AudioConfig(
        audio_config={"model_type": "qwen2_audio_encoder", **hearing, "max_source_positions": 100},
        text_config={"model_type": "qwen2", "vocab_size": len(tokenizer), **layers, **ends},
        audio_token_index=tokenizer.convert_tokens_to_ids(tokenizer.audio_token),
    )
    return Qwen2AudioForConditionalGeneration(config)


GENERATING = """
import sys
import numpy as np
import transformers_abc
from transformers import AutoProcessor, Qwen2AudioForConditionalGeneration
folder = sys.argv[1]
processor = AutoProcessor.from_pretrained(folder)
model = Qwen2AudioForConditionalGeneration.from_pretrained(folder)
clips = [np.load(f"{folder}/{place}.npy") for place in (0, 1)]
inputs = processor(text=[sys.argv[2]] * 2, audio=clips, sampling_rate=16_000, return_tensors="pt", padding=True)
written = model.generate(**inputs, max_new_tokens=24, do_sample=False)
print(type(processor.tokenizer).__name__, written.tolist())
"""


def test_an_audio_language_model(tmp_path: Path, processor: Qwen2AudioProcessor) -> None:
    """Forward, a few steps on two clips of unequal length, generate; and the same once more in a fresh process."""
    tokenizer = processor.tokenizer
    model = audio_language_model(tokenizer)
    messages = [
        {"role": "user", "content": [{"type": "audio", "audio": "clip"}, {"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": ANSWER},
    ]
    whole = processor.apply_chat_template(messages, tokenize=False)
    assert whole == f"<|user|><|audio_bos|><|AUDIO|><|audio_eos|>{QUESTION}<|assistant|>{ANSWER}<|end|>"
    sound = {"audio": CLIPS, "sampling_rate": SAMPLING_RATE, "return_tensors": "pt", "padding": True}
    batch = processor(text=[whole, whole], **sound)
    # 200 frames and 107 of them, halved twice, rounding as two strides do
    assert (batch["input_ids"] == model.config.audio_token_index).sum(dim=1).tolist() == [50, 27]
    assert model(**batch).logits.shape == (*batch["input_ids"].shape, len(tokenizer))

    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-2)
    losses = []
    for _ in range(20):
        loss = model(**batch, labels=labels).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0], losses

    tokenizer.padding_side = "left"
    prompt = processor.apply_chat_template(messages[:1], tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[prompt, prompt], **sound)
    written = model.eval().generate(**inputs, max_new_tokens=24, do_sample=False)
    assert written.shape[1] > inputs["input_ids"].shape[1]
    folder = tmp_path / "saved"
    processor.save_pretrained(folder)
    model.save_pretrained(folder)
    for place, clip in enumerate(CLIPS):
        np.save(folder / f"{place}.npy", clip)
    done = run_python(GENERATING, tmp_path, folder, prompt)
    assert done.stdout == f"AbcTokenizer {written.tolist()}\n", done.stderr


@pytest.mark.parametrize("size", [SIGNS, 2048, 4096])
def test_a_smaller_vocabulary_has_the_same_ids(size: int) -> None:
    whole, smaller = abc_tokenizer(), abc_tokenizer(size)
    assert len(smaller) == size
    assert smaller.get_vocab() == {token: index for token, index in whole.get_vocab().items() if index < size}
    assert smaller.decode(smaller.encode(ANSWER)) == ANSWER
    assert len(smaller.encode(ANSWER)) >= len(whole.encode(ANSWER))
    assert smaller.chat_template == whole.chat_template
    assert set(smaller.all_special_tokens) == set(whole.all_special_tokens)
    assert (size == 4096) == (smaller.backend_tokenizer.to_str() == whole.backend_tokenizer.to_str())


@pytest.mark.parametrize("size", [SIGNS - 1, 4097])
def test_a_vocabulary_of_another_size_is_an_error(size: int) -> None:
    with pytest.raises(ValueError, match="a vocabulary has 1,"):
        abc_tokenizer(size)
