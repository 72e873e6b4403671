"""How well a listener hears, on clips of music it is not trained on, and the decoding thresholds that suit it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from transformers_abc.models.decoding import DecodingThresholds, decode_notes
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.scoring.note_f1 import onset_f1
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.synthetic_clips import SyntheticClip, SyntheticClips

EDGE_S = 0.05  # what sounds from the start on has no onset to be found
ONSET_TOLERANCE_S = 0.05
ONSET_THRESHOLDS = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
FRAME_THRESHOLDS = (0.3, 0.4, 0.5, 0.6)

Posteriors = tuple[np.ndarray, np.ndarray, np.ndarray]  # onset, frame, instrument probabilities of a clip


class ListenerValidator:
    """A fixed set of clips to compare listeners and thresholds on.

    Args:
        clips: where they are taken from.
        count: how many, from the first.
        extractor: of the listeners to come.
    """

    def __init__(self, clips: SyntheticClips, count: int, extractor: AbcFeatureExtractor) -> None:
        self._clips = [clips[index] for index in range(count)]
        self._extractor = extractor

    def figures(self, model: AbcListener) -> dict[str, float]:
        """Onset F1 at 50 ms, mean over clips, and the share of found notes whose instrument is right."""
        heard = [self._decode(model, posteriors, DecodingThresholds()) for posteriors in self._posteriors(model)]
        scores = [clip_f1(clip, notes) for clip, notes in zip(self._clips, heard, strict=True)]
        codes = model.config.instruments
        right = [
            codes[int(np.argmax(found.instruments))] == played.instrument.code
            for clip, notes in zip(self._clips, heard, strict=True)
            for played, found in _found(clip, notes)
        ]
        return {
            "validation_onset_f1": round(float(np.mean(scores)), 4),
            "validation_instrument_accuracy": round(float(np.mean(right)) if right else 0.0, 4),
        }

    def best_thresholds(self, model: AbcListener) -> DecodingThresholds:
        """The onset and frame thresholds with the highest mean onset F1."""
        posteriors = self._posteriors(model)

        def mean_f1(thresholds: DecodingThresholds) -> float:
            heard = (self._decode(model, probabilities, thresholds) for probabilities in posteriors)
            return float(np.mean([clip_f1(clip, notes) for clip, notes in zip(self._clips, heard, strict=True)]))

        grid = [replace(DecodingThresholds(), onset=onset, frame=frame) for onset in ONSET_THRESHOLDS for frame in FRAME_THRESHOLDS]
        return max(grid, key=mean_f1)

    @torch.inference_mode()
    def _posteriors(self, model: AbcListener) -> list[Posteriors]:
        model.eval()
        outputs = []
        for clip in self._clips:
            features = self._extractor(clip.audio)["input_features"].to(model.device)
            output = model(features.contiguous(memory_format=torch.channels_last))
            probabilities = output.onset_logits.sigmoid(), output.frame_logits.sigmoid(), output.instrument_logits.softmax(-1)
            outputs.append(tuple(tensor[0].cpu().numpy() for tensor in probabilities))
        return outputs

    @staticmethod
    def _decode(model: AbcListener, posteriors: Posteriors, thresholds: DecodingThresholds) -> list[HeardNote]:
        return decode_notes(*posteriors, model.config.frame_s, model.config.instrument_stride, thresholds, model.config.lowest_pitch)


def clip_f1(clip: SyntheticClip, notes: list[HeardNote]) -> float:
    """Onset F1 of what was heard of a clip."""
    wanted = [(note.onset_s, note.pitch_midi) for note in clip.notes if note.onset_s > EDGE_S]
    return onset_f1(wanted, [(note.onset_s, note.pitch_midi) for note in notes if note.onset_s > EDGE_S], ONSET_TOLERANCE_S)


def _found(clip: SyntheticClip, notes: list[HeardNote]) -> list[tuple[PlayedNote, HeardNote]]:
    """Notes whose instrument is known, with what was heard of them."""
    pairs = []
    for played, labelled in zip(clip.notes, clip.labelled, strict=True):
        near = (n for n in notes if n.pitch_midi == played.pitch_midi and abs(n.onset_s - played.onset_s) < ONSET_TOLERANCE_S)
        heard = next(near, None)
        if labelled and heard is not None:
            pairs.append((played, heard))
    return pairs
