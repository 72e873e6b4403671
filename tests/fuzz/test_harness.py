"""The harness itself: that a property which does not hold is found, made small, kept and counted."""

import json
from pathlib import Path
from random import Random

import pytest

from fuzz import properties
from fuzz.executions import Run, add_run, number_of_runs
from fuzz.failures import confirmed, keep, minimised
from fuzz.mutations import as_bytes, as_text, mutate, shortened
from fuzz.properties import PropertyError, StuckError, check, target_of

TUNE = b"X:1\nM:4/4\nK:C\nCDEF|GABc|\n"


def refuses_brackets(text: str) -> int:
    if "[" in text:
        raise ValueError("a bracket")
    return 0


def breaks_a_property(text: str) -> int:
    raise PropertyError("read back: bar_lines differ: 1 became 2")


def takes_long(text: str) -> int:
    for _ in range(10_000 * len(text)):
        pass
    return 0


def never_ends(text: str) -> int:
    while True:
        pass


@pytest.fixture(autouse=True)
def toy_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    toys = {each.__name__: (each, 20) for each in (refuses_brackets, breaks_a_property, takes_long, never_ends)}
    toys["refuses_brackets_too"] = (refuses_brackets, 20)
    monkeypatch.setattr(properties, "TARGETS", toys)
    monkeypatch.setattr(properties, "STUCK_S", (0.05, 0.05))


@pytest.mark.parametrize(
    ("target", "data", "kind"),
    [
        ("refuses_brackets", TUNE, None),
        ("refuses_brackets", TUNE + b"[", "ValueError in outside"),
        ("breaks_a_property", TUNE, "read back: bar_lines"),
        ("never_ends", TUNE, "slow in never_ends"),
        ("takes_long", b"", None),
    ],
)
def test_failures_are_found(target: str, data: bytes, kind: str | None) -> None:
    failure = check(target, data)
    assert (failure and failure.kind) == kind


def test_slowness_counts_where_it_is_seen_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "STUCK_S", (20, 20))
    monkeypatch.setattr(properties, "MS_ALWAYS", 0)
    failure = confirmed("takes_long", TUNE * 4, factor=0.01)
    assert failure
    assert failure.kind == "slow in takes_long"
    assert confirmed("takes_long", TUNE * 4, factor=1000) is None


def test_a_target_cannot_swallow_the_alarm() -> None:
    assert not issubclass(StuckError, Exception)


def test_cases_are_made_small_and_kept_once(tmp_path: Path) -> None:
    data = TUNE + b"AB[CE]|" + TUNE
    failure = check("refuses_brackets", data)
    assert failure
    path = keep(failure, data, tmp_path, factor=1)
    assert path
    assert path.read_bytes() == b"["
    assert keep(failure, data, tmp_path, factor=1) is None
    path.write_bytes(b"mended")  # what was found first no longer fails
    assert keep(failure, data, tmp_path, factor=1)
    assert len(list(tmp_path.iterdir())) == 2


def test_one_fault_seen_through_two_targets_is_one_case(tmp_path: Path) -> None:
    for target in ("refuses_brackets", "refuses_brackets_too"):
        failure = check(target, TUNE + b"[")
        assert failure
        keep(failure, TUNE + b"[", tmp_path, factor=1)
    assert len(list(tmp_path.iterdir())) == 1


def test_minimising_ends_in_time() -> None:
    assert minimised(b"a" * 1000, lambda _: True, seconds=0) == b"a" * 1000


def test_the_counter_sums_runs(tmp_path: Path) -> None:
    counter = tmp_path / "executions.json"
    run = Run("2026-01-01", "plain", 0, 10, 1, "abc", {"read_abc": 5, "round_trip": 2})
    assert add_run(run, counter) == 7
    assert add_run(run, counter) == 14
    content = json.loads(counter.read_text())
    assert content["total"] == 14
    assert content["targets"] == {"read_abc": 10, "round_trip": 4}
    assert number_of_runs(counter) == 2


def test_mutations_are_a_function_of_the_seed_and_bounded() -> None:
    pool = [as_text(TUNE), "X:2\nK:G\n[GB]>c\n"]
    made = [mutate(pool[0], Random(seed), pool, limit=200) for seed in range(300)]
    assert made == [mutate(pool[0], Random(seed), pool, limit=200) for seed in range(300)]
    assert len(set(made)) > 250
    assert max(map(len, made)) <= 200


@pytest.mark.parametrize("data", [b"", TUNE, b"\xff\xfe\x00", "é♯".encode()])
def test_any_bytes_are_a_text(data: bytes) -> None:
    assert as_bytes(as_text(data)) == data


def test_other_surrogates_do_no_harm() -> None:
    assert as_bytes("C\ud800") == b"C?"


def test_shortened_keeps_the_beginning() -> None:
    assert all(shortened("X:1" + "C" * 500, Random(seed), 100).startswith("X:1") for seed in range(9))


def test_every_target_gets_its_share() -> None:
    drawn = {target_of(b"%d" % number) for number in range(2_000)}
    assert drawn == set(properties._SHARES)
