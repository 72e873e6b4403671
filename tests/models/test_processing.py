"""Sound and ABC through one processor."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoProcessor

from small_listener import small_listener
from transformers_abc.models.decoding import DecodingThresholds, decode_notes
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListenerOutput
from transformers_abc.models.processing import AbcProcessor
from transformers_abc.tokenization import abc_tokenizer

RATE = 16_000
TEXTS = ["X:1\nK:G\nG3|", "X:1\nM:6/8\nL:1/8\nK:G\nG3 B2d|"]


@pytest.fixture(scope="module")
def processor() -> AbcProcessor:
    return AbcProcessor(AbcFeatureExtractor(), abc_tokenizer())


@pytest.fixture(scope="module")
def clips() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, (2, RATE)).astype(np.float32)


def test_audio_alone_is_the_extractors(processor: AbcProcessor, clips: np.ndarray) -> None:
    batch = processor(audio=clips, sampling_rate=RATE, tuning=-0.2)
    assert list(batch) == ["input_features"]
    assert torch.equal(batch.input_features, processor.feature_extractor(clips, tuning=-0.2).input_features)


def test_text_alone_is_the_tokenizers(processor: AbcProcessor) -> None:
    batch = processor(text=TEXTS)
    assert [processor.decode(ids, skip_special_tokens=True) for ids in batch.input_ids] == TEXTS
    assert batch.attention_mask.shape == batch.input_ids.shape
    assert "input_features" not in batch


def test_both_are_an_example_of_the_two(processor: AbcProcessor, clips: np.ndarray) -> None:
    batch = processor(audio=clips, text=TEXTS, sampling_rate=RATE)
    assert set(batch) == {"input_features", "labels"}
    assert [processor.decode(labels[labels != -100]) for labels in batch.labels] == TEXTS
    assert (batch.labels[0] == -100).any()


def test_wrong_use_is_told(processor: AbcProcessor, clips: np.ndarray) -> None:
    with pytest.raises(ValueError, match="audio, text or both"):
        processor()
    with pytest.raises(ValueError, match="got 1 and 2"):
        processor(audio=clips, text=TEXTS[:1])
    with pytest.raises(ValueError, match="got 44100 Hz"):
        processor(audio=clips, sampling_rate=44_100)


def test_saved_and_loaded(tmp_path: Path, clips: np.ndarray) -> None:
    processor = AbcProcessor(AbcFeatureExtractor(hop_length=320), abc_tokenizer())
    processor.save_pretrained(tmp_path)
    for loaded in (AbcProcessor.from_pretrained(tmp_path), AutoProcessor.from_pretrained(tmp_path)):
        assert type(loaded) is AbcProcessor
        assert type(loaded.tokenizer).__name__ == "AbcTokenizer"
        ours, theirs = (it(audio=clips, text=TEXTS) for it in (processor, loaded))
        assert torch.equal(ours.input_features, theirs.input_features)
        assert torch.equal(ours.labels, theirs.labels)


def test_notes_of_a_batch(processor: AbcProcessor) -> None:
    config = small_listener().config
    onset, frame = torch.full((2, 80, 88), -9.0), torch.full((2, 80, 88), -9.0)
    onset[1, 10, 39], frame[1, 10:30, 39] = 3.0, 3.0  # a note of the second clip, frames 10 to 30
    outputs = AbcListenerOutput(onset_logits=onset, frame_logits=frame, instrument_logits=torch.zeros(2, 10, 88, 15))
    config.decoding_thresholds = {"onset": 0.5, "frame": 0.5}
    first, (note,) = processor.post_process_notes(outputs, config)
    assert first == []
    assert (round(note.onset_s, 3), note.offset_s, note.pitch_midi) == (0.25, 0.75, 60)
    evidence = np.full((10, 88, 15), 1 / 15)
    expected = decode_notes(
        onset[1].sigmoid().numpy(), frame[1].sigmoid().numpy(), evidence, 0.025, 8, DecodingThresholds(onset=0.5, frame=0.5)
    )
    assert expected == [note]


def test_a_damaged_tokenizer_is_not_replaced(processor: AbcProcessor, tmp_path: Path) -> None:
    processor.save_pretrained(tmp_path)
    file = tmp_path / "tokenizer.json"
    file.write_text(file.read_text()[:200])
    with pytest.raises(Exception, match=r"EOF|[Uu]nterminated|parsing"):
        AbcProcessor.from_pretrained(tmp_path)
