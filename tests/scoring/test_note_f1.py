"""Note onset F1."""

import pytest

from transformers_abc.scoring.note_f1 import onset_f1

REFERENCE = [(0.1, 69), (0.5, 69)]


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        ([(0.12, 69), (0.49, 69)], 1),
        ([(0.12, 69)], 2 * 1 * 0.5 / 1.5),  # precision 1, recall 1/2
        ([(0.16, 69), (0.5, 69)], 0.5),  # 60 ms late is wrong
        ([(0.1, 81), (0.5, 57)], 0),  # so are octaves
        ([(0.1, 69), (0.11, 69), (0.5, 69)], 2 * (2 / 3) * 1 / (5 / 3)),  # each note counts once
        ([], 0),
    ],
)
def test_onset_f1(estimate: list[tuple[float, int]], expected: float) -> None:
    assert onset_f1(REFERENCE, estimate) == pytest.approx(expected)


def test_nothing_to_hear() -> None:
    assert onset_f1([], []) == 1
    assert onset_f1([], REFERENCE) == 0


def test_tolerance() -> None:
    late = [(onset + 0.1, pitch) for onset, pitch in REFERENCE]
    assert onset_f1(REFERENCE, late, 0.05) == 0
    assert onset_f1(REFERENCE, late, 0.15) == 1
