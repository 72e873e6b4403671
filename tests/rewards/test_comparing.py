"""The rewards against a reference: values, the contract with trainers, and what happens where something is missing."""

import pickle
import warnings
from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.notation.reader import read_abc
from transformers_abc.rewards import (
    AbcReward,
    FormatReward,
    FormReward,
    InstrumentReward,
    KeyReward,
    MetreReward,
    PitchReward,
    RhythmReward,
    TempoReward,
)
from transformers_abc.rewards.comparing import ComparingReward
from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.composite import PRESETS

REFERENCE = 'X:1\nM:2/4\nL:1/4\nQ:1/4=90\nK:G\nV:1 name="Flute"\nGA|Bc|]'
PARTS = (PitchReward, RhythmReward, MetreReward, TempoReward, KeyReward, InstrumentReward, FormReward)
REWARDS = (AbcReward, *PARTS, FormatReward)


def changed(old: str, new: str) -> str:
    assert old in REFERENCE
    return REFERENCE.replace(old, new)


def value(reward: ComparingReward | FormatReward, completion: object, reference: object = REFERENCE) -> float | None:
    return reward(completions=[completion], answer=[reference])[0]


@pytest.mark.parametrize("reward", REWARDS)
def test_what_is_right_earns_all(reward: type[ComparingReward]) -> None:
    assert value(reward(), REFERENCE) == 1.0


@pytest.mark.parametrize(
    ("reward", "completion", "expected", "loss"),
    [
        (PitchReward, changed("Bc", "Bd"), 0.75, 0.30 * 0.25),  # one of four notes
        (RhythmReward, changed("GA", "G>A"), 0.5, 0.25 * 0.5),  # two of four
        (TempoReward, changed("=90", "=100"), 0.9, 0.10 * 0.1),  # ten quarters a minute
        (TempoReward, changed("Q:1/4=90\n", ""), 0.0, 0.10),
        (KeyReward, changed("K:G", "K:C"), 0.8, 0.05 * 0.2),  # a fifth away
        (InstrumentReward, changed("Flute", "Recorder"), 0.6, 0.15 * 0.4),  # of one family
        (FormReward, changed("GA|", "GA#|"), 0.5, 0.05 * 0.5),  # an error in two bars
    ],
)
def test_values_by_hand(reward: type[ComparingReward], completion: str, expected: float, loss: float) -> None:
    assert value(reward(), completion) == pytest.approx(expected, abs=1e-12)
    assert value(AbcReward(), completion) == pytest.approx(1 - loss, abs=1e-12)
    others = [part for part in PARTS if part is not reward]
    assert [value(part(), completion) for part in others] == [1.0] * len(others)


def test_metre_by_hand() -> None:
    # 3/4 beside 2/4: one beat more (.2), the same beats (0), a quarter longer (.2). The bars hold the same notes, at other places.
    assert value(MetreReward(), changed("2/4", "3/4")) == pytest.approx(1 - 0.4 / 3, abs=1e-12)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("references", [REFERENCE, changed("GA", "AG"), [changed("Bc", "dd"), REFERENCE]])
def test_rewards_are_those_of_compare(preset: str, references: str | list[str]) -> None:
    completions = [REFERENCE, changed("Bc", "Bd"), changed("M:2/4", "M:C"), "GABc", "", "X:1\nK:C\n|:C:|" * 3, changed("V:1", "V:2")]
    scores = [compare(completion, references, preset) for completion in completions]
    batch = {"completions": completions, "answer": [references] * len(completions)}
    assert AbcReward(preset)(**batch) == [score.reward for score in scores]
    if preset == "full":
        for part in PARTS:
            losses = [score.parts[part.part] for score in scores]
            assert part()(**batch) == [None if loss is None else 1 - loss for loss in losses]


def test_chat_messages_and_text_around() -> None:
    chat = [{"role": "assistant", "content": [{"type": "text", "text": f"<think>hm</think>Here:\n```abc\n{REFERENCE}\n```"}]}]
    assert value(AbcReward(), chat) == 1.0


@pytest.mark.parametrize(
    ("reward", "reference"),
    [
        (MetreReward, changed("M:2/4\n", "")),
        (TempoReward, changed("Q:1/4=90\n", "")),
        (KeyReward, changed("K:G\n", "")),
        (InstrumentReward, changed(' name="Flute"', "")),
    ],
)
def test_a_part_that_the_reference_does_not_say_has_no_reward(reward: type[ComparingReward], reference: str) -> None:
    assert value(reward(), REFERENCE, reference) is None
    assert value(reward(), "", reference) is None
    assert value(AbcReward(), reference, reference) == 1.0


@pytest.mark.parametrize("reward", [AbcReward, *PARTS])
def test_unreadable_completions(reward: type[ComparingReward]) -> None:
    batch = {"completions": [REFERENCE, "", None, "I hum it: hmmm"], "answer": [REFERENCE] * 4}
    assert reward()(**batch) == [1.0, 0.0, 0.0, 0.0]
    assert reward(unreadable="skip")(**batch) == [1.0, None, None, None]


def test_unreadable_in_the_article_preset() -> None:
    assert value(AbcReward("article"), "") == 0.0


@pytest.mark.parametrize("reward", [AbcReward, *PARTS])
def test_a_broken_reference_gives_none_and_one_warning(reward: type[ComparingReward]) -> None:
    judge = reward(reference_column="abc")
    with pytest.warns(UserWarning, match=r"column 'abc' holds no music in row 1 of this batch \('Flute, Bassoon'\)") as caught:
        assert judge(completions=[REFERENCE] * 3, abc=[REFERENCE, "Flute, Bassoon", None]) == [1.0, None, None]
    assert len(caught) == 1
    assert caught[0].filename == __file__  # it points to whoever calls
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert judge(completions=[REFERENCE], abc=[""]) == [None]


def test_several_references_and_tunes() -> None:
    assert value(AbcReward(), REFERENCE, read_abc(REFERENCE)) == 1.0
    assert value(AbcReward(), REFERENCE, [changed("GA", "cc"), "", read_abc(REFERENCE)]) == 1.0


def test_the_preset_decides_which_of_several_is_nearest() -> None:
    references = [changed("GA|Bc", "G>A|B>c"), changed("Bc", "Bd")]  # of other rhythm; of one other pitch
    assert value(AbcReward("article"), REFERENCE, references) == 1.0
    assert value(AbcReward("full"), REFERENCE, references) == pytest.approx(1 - 0.30 * 0.25)


def test_the_column_has_to_be_there_and_as_long_as_the_batch() -> None:
    with pytest.raises(ValueError, match=r"'answer', .*its columns: abc, id"):
        AbcReward()(prompts=[""], completions=[REFERENCE], completion_ids=[[1]], abc=[REFERENCE], id=["1"], trainer_state=None)
    with pytest.raises(ValueError, match="'answer' has 1 values for 2 completions"):
        PitchReward()(completions=[REFERENCE] * 2, answer=[REFERENCE])


def test_an_empty_batch() -> None:
    assert [reward()(completions=[], answer=[]) for reward in REWARDS] == [[]] * len(REWARDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"preset": "fine"}, "no preset 'fine'; choose from article, full"),
        ({"unreadable": "zero"}, "unreadable is one of lowest, skip, not 'zero'"),
        ({"dialect": "mine"}, "the dialect is one of standard, article, not 'mine'"),
        ({"num_workers": -1}, "num_workers cannot be -1"),
    ],
)
def test_arguments_are_checked_at_once(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AbcReward(**arguments)


def test_the_dialect_is_that_of_both_sides() -> None:
    article, standard = (f"X:1\nM:2/4\nL:1/4\nK:none\n{bar}|cd|]" for bar in ("A^ B", "^A B"))
    assert value(PitchReward(dialect="article"), standard, article) == 1.0
    assert value(PitchReward(dialect="article"), article, standard) == 1.0
    assert value(PitchReward(), standard, article) == value(PitchReward(), article, standard) == 0.75


# --- The contract with trainers ---


def test_names() -> None:
    assert [reward().__name__ for reward in REWARDS] == [reward.__name__ for reward in REWARDS]
    assert AbcReward("article").__name__ == "AbcReward_article"


@pytest.mark.parametrize("reward", [*(reward() for reward in REWARDS), AbcReward("article", num_workers=2, reference_column="abc")])
def test_pickling(reward: ComparingReward | FormatReward) -> None:
    batch = {"completions": [REFERENCE, changed("Bc", "Bd"), ""], "answer": [REFERENCE] * 3, "abc": [REFERENCE] * 3}
    before = reward(**batch)
    copy = pickle.loads(pickle.dumps(reward))
    assert type(copy) is type(reward)
    assert copy.__name__ == reward.__name__
    assert copy(**batch) == before


class Logged:
    """What a reward logs, as a trainer would take it."""

    def __init__(self) -> None:
        self.extra: dict[str, list[float | None]] = {}
        self.metrics: dict[str, float] = {}

    def log_extra(self, column: str, values: list[float | None]) -> None:
        assert column not in self.extra
        self.extra[column] = values

    def log_metric(self, name: str, number: float) -> None:
        assert name not in self.metrics
        self.metrics[name] = number


def logged(rewards: Sequence[ComparingReward | FormatReward], **columns: object) -> Logged:
    log = Logged()
    for reward in rewards:
        reward(log_extra=log.log_extra, log_metric=log.log_metric, trainer_state=None, prompts=[], completion_ids=[], **columns)
    return log


@pytest.mark.filterwarnings("ignore:the column")
def test_what_is_logged() -> None:
    reference = changed("Q:1/4=90\n", "")
    completions = [reference, reference.replace("Bc", "Bd"), "", reference]
    log = logged([AbcReward()], completions=completions, answer=[reference] * 3 + [None])
    weight = 0.30 + 0.25 + 0.10 + 0.05 + 0.15 + 0.05  # all but tempo
    full = [0.0, 0.30 * 0.25 / weight, 1.0]
    article = [0.0, 0.50 * 0.25 / (0.50 + 0.15 + 0.20), 1.0]
    assert log.extra["AbcReward/loss/full"] == [*map(pytest.approx, full), None]
    assert log.extra["AbcReward/loss/article"] == [*map(pytest.approx, article), None]
    assert set(log.extra) == {"AbcReward/loss/full", "AbcReward/loss/article"}
    header = dict.fromkeys(("metre", "rhythm", "key", "instrument", "form"), 1 / 3)  # of the unreadable one only
    losses = {"pitch": 1.25 / 3, **header, "full": sum(full) / 3, "article": sum(article) / 3}
    expected = {f"AbcReward/loss/{name}": loss for name, loss in losses.items()}
    assert log.metrics == pytest.approx(expected | {"AbcReward/unreadable": 1 / 3, "AbcReward/repetition": 0.0})


def test_repetition_is_logged() -> None:
    assert logged([AbcReward()], completions=[changed("GA|Bc", "GA|GA|GA|GA")], answer=[REFERENCE]).metrics["AbcReward/repetition"] == 3 / 5


def test_rewards_of_one_trainer_do_not_log_under_one_name() -> None:
    log = logged([AbcReward(), AbcReward("article"), *(part() for part in PARTS), FormatReward()], completions=[""], answer=[REFERENCE])
    assert set(log.extra) == {f"AbcReward{suffix}/loss/{total}" for suffix in ("", "_article") for total in PRESETS}


@pytest.mark.filterwarnings("ignore:the column")
def test_nothing_but_numbers_is_logged_where_nothing_is_known() -> None:
    log = logged([AbcReward()], completions=[REFERENCE], answer=[None])
    assert log.metrics == {}
    assert log.extra["AbcReward/loss/full"] == [None]


def test_workers_give_the_same_rewards() -> None:
    completions = [changed("GA|Bc", f"{a}A|B{b}") for a in "CDEFGAB" for b in "CDEFG"]
    batch = {"completions": completions, "answer": [[REFERENCE, changed("GA", "AA")]] * len(completions)}
    with_workers = AbcReward(num_workers=2)
    rewards = with_workers(**batch)
    with_workers.close()
    assert rewards == [compare(completion, [REFERENCE, changed("GA", "AA")]).reward for completion in completions]


# --- Whatever a policy writes ---

TOKENS = [
    *("X:1\n", "X:2\n", "M:3/4\n", "L:1/8\n", "K:G\n", "Q:1/4=90\n", 'V:1 name="Flute"\n', "V:2\n", "[V:1]"),
    *("|:", ":|", "|]", "|", "G2A2", "[CEG]", "(3abc", "z99999999", "C999999999999", '"', "{g}", "(999:9:9"),
    *("```", "```abc\n", "<think>", "</think>", "\\n", "\n\n", "%", "\0"),
]


@given(st.text() | st.lists(st.sampled_from(TOKENS)).map("".join) | st.lists(st.sampled_from(TOKENS) | st.text()).map("".join))
def test_any_text_has_a_reward_in_0_to_1(text: str) -> None:
    batch = {"completions": [text, [{"role": "assistant", "content": text}]], "answer": [REFERENCE] * 2}
    for reward in REWARDS:
        plain, chat = reward()(**batch)
        assert plain == chat
        assert plain is not None
        assert 0.0 <= plain <= 1.0
        assert reward(unreadable="skip")(**batch)[0] in (plain, None) if reward is not FormatReward else True


MEGABYTE = 2**20
HOSTILE = {
    "letters": "C" * MEGABYTE,
    "junk": "qwerty |:~ \0 lorem ipsum" * (MEGABYTE // 24),
    "repeats": "X:1\nK:C\n" + "|:C:|" * (MEGABYTE // 5),
    "nested repeats": "X:1\nP:" + "(" * 1000 + "A" + ")9" * 1000 + "\nK:C\nP:A\nCDEF|",
    "thoughts": "<think>" * (MEGABYTE // 7),
    "ends of thoughts": "</think>" * (MEGABYTE // 8),
    "fences": "```\n" * (MEGABYTE // 4),
    "fences on one line": "``` " * (MEGABYTE // 4),
    "fences and spaces": ("```" + " " * 1000) * (MEGABYTE // 1003),
    "tunes": "X:1\n\n" * (MEGABYTE // 5),
    "voices": "".join(f"V:{number}\nCDEF|\n" for number in range(MEGABYTE // 12)),
    "escapes": "X:1\\nK:" * (MEGABYTE // 7),
    "open strings": '"X:1\\nK:' * (MEGABYTE // 8),
    "zeros": "\0" * MEGABYTE,
    "a surrogate": "X:1\nT:\ud800\nK:C\nCDE|",
    "a number": 3,
    "nothing": None,
    "bytes": b"X:1",
}
SECONDS = 20  # the slowest takes about one; a text that takes time quadratic in its length takes minutes


@pytest.mark.parametrize("completion", HOSTILE.values(), ids=HOSTILE)
def test_hostile_completions(completion: object) -> None:
    started = perf_counter()
    for reward in REWARDS:
        earned = value(reward(), completion)
        assert earned is not None
        assert 0.0 <= earned <= 1.0
    assert perf_counter() - started < SECONDS
