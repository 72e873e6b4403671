"""Tokenizers of language models that learn ABC: a small one everywhere, those of Qwen2, Llama 3 and GPT-2 where they are installed."""

import copy
import itertools
import json
import random
import sysconfig
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer, Qwen2Tokenizer, TokenizersBackend

from hub_server.processes import run_python
from tokenization.language_models import (
    CHAT_TEMPLATE,
    PIECES,
    SPECIAL,
    are_installed,
    own_texts,
    real_tokenizer,
    saved_config,
    small_tokenizer,
    with_parts,
    with_pipeline,
)
from tokenization.signs import BEGINS_AMID_A_NOTE
from tokenization.test_spans import expected_ids, parts_of
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.tune_performance import perform_tune
from transformers_abc.tokenization import AbcExtension, abc_tokenizer, extend_tokenizer, is_extended, restore_tokenizer
from transformers_abc.tokenization.extension import RECORD
from transformers_abc.tokenization.learning import in_bytes
from transformers_abc.tokenization.piece_counts import read_piece_counts
from transformers_abc.tokenization.spans import UnknownPipelineError

HELD_OUT = 977  # a seed that no vocabulary is learned from
SMALL = "small"
TUNE = "X:1\nT:A tune\nM:4/4\nL:1/8\nQ:1/4=100\nK:G\nG2 B2 d2 B2 | c2 A2 F2 D2 | (3:2:3GAB c2 B4- | B8 |]\n"


def answers(count: int, voices: int) -> list[str]:
    """What a model is to write down of music that no one has seen."""
    texts = []
    for number in range(count):
        rng = np.random.default_rng([HELD_OUT, number])
        tune = perform_tune(compose_tune(rng, voices), rng).score
        texts.append(write_abc(tune, interleave=voices > 1, bars_per_line=1 if voices > 1 else 4))
    return texts


def library_texts() -> list[str]:
    """Sources of Python's standard library, licences and manuals of other packages, drawn once."""
    library = Path(sysconfig.get_path("stdlib"))
    sources = random.Random(0).sample(sorted(library.glob("*.py")), 12)
    packages = Path(sysconfig.get_path("purelib"))
    licences = sorted(packages.glob("*.dist-info/licenses/LICEN*"))[:4]
    return [path.read_text(encoding="utf-8")[:20_000] for path in (*sources, *licences)]


ORDINARY = [
    "Vitamin B2, an A2 poster, and a c'mon to the F4 key.",
    "Vitamin B2, an A2 poster\nX: the unknown\nK: a constant\n",
    "C2 D2 E2 F2 | G4 A4 | z8 |]\n[V:1] (3:2:3abc d'2 | ^f3/2_e/2 |]",
    "| Note | Length |\n|:-----|-------:|\n| C2   | 1/4    |\n| D/2  | 1/16   |\n",
    'name,A2,B2,c3\n1,2,3\n"Violin","Oboe","French Horn"\n',
    '{"X": 1, "K": "C", "notes": ["C2", "D2", "z4"], "clef": "treble", "%%MIDI program 40": null}',
    "Am  F2   C7   G/B\nHello darkness | my old friend :|\n[Chorus] x2\n",
    '!trill! !crescendo(! %%score 1 2 3 4\nV:1 clef=treble name="Violin"\n%%MIDI program 40\n',
    "M:4/4\nL:1/8\nQ:1/4=120\nK:G\n",
    "Größe, naïve, Ελληνικά, русский, العربية, עברית, हिन्दी, 中文字符, 日本語テキスト, 한국어, ไทย 👩‍👩‍👧 🎵",
    "he's c's C'S A'LL d're 'tis 12345678 3.14 1/2 ½ ² Ⅷ a²b\t\ttabs\r\n\r\n   spaces   \n\n\n",
    "<|im_start|>system\nYou hear C2.<|im_end|>\n<|im_start|>user\n<|audio_bos|><|AUDIO|><|audio_eos|>A2?<|im_end|>\n",
    "",
    "\n",
    " ",
]


@pytest.fixture(scope="module", params=[SMALL, "Qwen2", "Llama 3", "GPT-2"])
def plain(request: pytest.FixtureRequest, missing_oracle: Callable[[str, str], NoReturn]) -> TokenizersBackend:
    if request.param == SMALL:
        return small_tokenizer()
    if not are_installed():
        missing_oracle(f"{request.param}'s vocabulary", "tests/oracles/install")
    return real_tokenizer(request.param)


@pytest.fixture(scope="module")
def extension(plain: TokenizersBackend) -> AbcExtension:
    """Qwen2 with what occurs in the package's pieces more than twice, the others with less still, since learning takes its time."""
    if isinstance(plain, Qwen2Tokenizer) and plain is not small_tokenizer():
        return extend_tokenizer(plain, pieces={piece: count for piece, count in read_piece_counts().items() if count > 2})
    return few_tokens(plain)


def few_tokens(tokenizer: TokenizersBackend, tokens: int = 200) -> AbcExtension:
    return extend_tokenizer(tokenizer, pieces=PIECES, most_tokens=tokens)


@cache
def few_tokens_once() -> AbcExtension:
    """For tests that do not change it."""
    return few_tokens(small_tokenizer())


# --- What stays as it was ------------------------------------------------------------------------------------------------------------


def test_every_token_keeps_its_id(plain: TokenizersBackend, extension: AbcExtension) -> None:
    before, after = plain.get_vocab(), extension.tokenizer.get_vocab()
    assert before.items() <= after.items()
    assert sorted(after.values()) == list(range(len(after)))
    assert {after[token] for token in after.keys() - before.keys()} == set(extension.token_ids)
    assert extension.token_ids == tuple(range(len(plain), len(plain) + len(extension.token_ids)))
    assert extension.tokenizer.get_added_vocab() == plain.get_added_vocab()


def test_other_text_keeps_its_ids(plain: TokenizersBackend, extension: AbcExtension) -> None:
    """But for spans, which the project's own documents have: there the text around them does."""
    with_spans = 0
    for text in (*ORDINARY, *own_texts()[::4], *library_texts()):
        spans = sum(is_span for is_span, _ in parts_of(text))
        with_spans += bool(spans)
        wanted = expected_ids(plain, extension.tokenizer, text) if spans else plain.encode(text, add_special_tokens=False)
        assert extension.tokenizer.encode(text, add_special_tokens=False) == wanted
    assert with_spans < 20


def test_special_tokens_stay_around_texts_and_pairs(plain: TokenizersBackend, extension: AbcExtension) -> None:
    for text in ORDINARY:
        assert dict(extension.tokenizer(text, "and B2")) == dict(plain(text, "and B2"))


@settings(max_examples=60, deadline=None)
@given(st.text(), st.lists(st.integers(0, 199), max_size=12), st.text(max_size=3))
def test_tokens_of_abc_in_any_company_keep_their_ids(text: str, chosen: list[int], between: str) -> None:
    extension = few_tokens_once()
    words = [extension.tokenizer.decode([extension.token_ids[place]]) for place in chosen]
    text += between.join(words)
    if not any(is_span for is_span, _ in parts_of(text)):
        assert extension.tokenizer.encode(text) == small_tokenizer().encode(text)


def test_the_given_tokenizer_is_as_it_was() -> None:
    tokenizer = copy.deepcopy(small_tokenizer())
    before = tokenizer.backend_tokenizer.to_str(), str(tokenizer.init_kwargs)
    few_tokens(tokenizer, 5)
    assert (tokenizer.backend_tokenizer.to_str(), str(tokenizer.init_kwargs)) == before


# --- Within a tune ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("voices", "saved"), [(4, 0.4), (1, 0.25)])
def test_tunes_are_shorter_and_come_back(plain: TokenizersBackend, extension: AbcExtension, voices: int, saved: float) -> None:
    """The goal is 25 %; four voices, with their header, save far more."""
    texts = answers(12, voices)
    before = sum(len(plain.encode(text, add_special_tokens=False)) for text in texts)
    ids = [extension.tokenizer.encode(text, add_special_tokens=False) for text in texts]
    assert [extension.tokenizer.decode(each) for each in ids] == texts
    assert sum(map(len, ids)) < (1 - saved) * before


def test_what_is_said_to_be_saved() -> None:
    """Of the pieces exactly, as the models of both tokenizers spell them; of texts that nothing was learned from about as much."""
    tokenizers = (small_tokenizer(), few_tokens_once().tokenizer)
    before, after = (
        sum(count * len(tokenizer.backend_tokenizer.model.tokenize(in_bytes(piece))) for piece, count in PIECES.items())
        for tokenizer in tokenizers
    )
    assert few_tokens_once().saved == pytest.approx(1 - after / before, abs=1e-12)
    texts = answers(12, 4)
    before, after = (sum(len(tokenizer.encode(text)) for text in texts) for tokenizer in tokenizers)
    assert few_tokens_once().saved == pytest.approx(1 - after / before, abs=0.03)


_bits = st.sampled_from(
    (
        *("X:1\n", "X:2\r\n", "T:é ü 中 🎵 e\u0301\n", "K:G\n", "K:Am\r\n", "V:1 clef=treble\n", '[V:1] "Oboe" c2 d2 | ', "(3:2:3abc"),
        *("\n", "\r\n", "\n\n", "```", "`", "<|im_end|>", "<|AUDIO|>", "w:ly-rics_\n", "!trill!", "^c'3/2", "|]\n", "%%score 1 2\n", TUNE),
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_bits | st.text(max_size=4), max_size=12).map("".join))
def test_every_text_comes_back(text: str) -> None:
    """As it does without ABC: in NFC, since this tokenizer, like Qwen2's, normalises."""
    assert few_tokens_once().tokenizer.decode(few_tokens_once().tokenizer.encode(text)) == small_tokenizer().decode(
        small_tokenizer().encode(text)
    )


def test_text_that_is_not_normalised_comes_back_to_the_character() -> None:
    tokenizer = few_tokens(with_pipeline("GPT-2"), 50).tokenizer
    plain_text = "X:1\nT:e\u0301 \ufb01 \u212b\0 \u2028\r\nK:G\r\n" + "G2 B2 | \ud7ff\U0001f3b5 c'2 |]\r\n"
    tokenizer.backend_tokenizer.normalizer = None
    assert tokenizer.decode(tokenizer.encode(plain_text)) == plain_text


def test_offsets(plain: TokenizersBackend, extension: AbcExtension) -> None:
    """Each token's text is what its offsets say, the tokens of one character in several apart."""
    text = f"Before\n{TUNE}\nAfter: Ünïcode, A2.\n{answers(1, 4)[0]}"
    encoded = extension.tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
    place = 0
    for token, (begin, end) in zip(encoded.input_ids, encoded.offset_mapping, strict=True):
        assert begin in (place, place - 1)
        assert end >= place
        word = extension.tokenizer.decode([token])
        assert text[begin:end] == word or "\ufffd" in word or text[begin:end] == word.strip()  # Llama 3 trims
        place = end
    assert place == len(text)


def test_a_tune_in_a_chat() -> None:
    messages = [{"role": "user", "content": "<|audio_bos|><|AUDIO|><|audio_eos|>Write A2."}, {"role": "assistant", "content": TUNE}]
    plain, extended = small_tokenizer(), few_tokens_once().tokenizer
    assert extended.chat_template == CHAT_TEMPLATE
    chat = extended.apply_chat_template(messages, tokenize=False)
    before, tune, after = chat.partition(TUNE)
    assert before.endswith("<|im_start|>assistant\n")
    ids = extended.encode(chat)
    assert ids == plain.encode(before) + extended.encode(tune) + plain.encode(after)
    assert ids == list(extended.apply_chat_template(messages)["input_ids"])
    # a prompt and an answer that are tokenized apart are the whole
    assert extended.encode(before) + extended.encode(tune + after) == ids


# --- Saved, loaded, undone -----------------------------------------------------------------------------------------------------------


LOADING = """
import json, sys
sys.modules["transformers_abc"] = None  # whoever imports it fails
from transformers import AutoTokenizer, TokenizersBackend
texts = json.loads(sys.argv[2])
for name in json.loads(sys.argv[1]):
    tokenizer = AutoTokenizer.from_pretrained(name)
    print(json.dumps([type(tokenizer).__name__, [tokenizer.encode(text) for text in texts]]))
"""
TEXTS = [f"Before B2\n{TUNE}\nafter A2 <|im_end|>", *ORDINARY]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small tokenizer saved alone, and beside configurations of models."""
    saved = {}
    for model_type in ("alone", "qwen2_audio", "qwen2"):
        saved[model_type] = tmp_path_factory.mktemp(model_type)
        few_tokens_once().tokenizer.save_pretrained(saved[model_type])
        if model_type != "alone":
            saved_config(saved[model_type], model_type)
    return saved


def test_a_fresh_process_without_this_package(folders: dict[str, Path], tmp_path: Path) -> None:
    names = [str(folders["alone"]), str(folders["qwen2_audio"])]
    done = run_python(LOADING, tmp_path, json.dumps(names), json.dumps(TEXTS))
    wanted = [few_tokens_once().tokenizer.encode(text) for text in TEXTS]
    assert [json.loads(line) for line in done.stdout.splitlines()] == [["TokenizersBackend", wanted]] * 2, done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize("beside", ["alone", "qwen2_audio"])
def test_loaded(folders: dict[str, Path], beside: str) -> None:
    loaded = AutoTokenizer.from_pretrained(folders[beside])
    assert is_extended(loaded)
    assert loaded.backend_tokenizer.to_str() == few_tokens_once().tokenizer.backend_tokenizer.to_str()
    assert loaded.chat_template == CHAT_TEMPLATE
    assert loaded.special_tokens_map == small_tokenizer().special_tokens_map


def test_beside_the_configuration_of_a_model_whose_class_drops_the_cuts(folders: dict[str, Path]) -> None:
    """It reads all text as before, tunes too: right for what was learned before, wrong for what was learned since. It can be told."""
    loaded = AutoTokenizer.from_pretrained(folders["qwen2"])
    assert not is_extended(loaded)
    assert [loaded.encode(text) for text in TEXTS] == [small_tokenizer().encode(text) for text in TEXTS]
    with pytest.raises(ValueError, match="its cuts were lost"):
        extend_tokenizer(loaded)
    right = TokenizersBackend.from_pretrained(folders["qwen2"])
    assert is_extended(right)
    assert [right.encode(text) for text in TEXTS] == [few_tokens_once().tokenizer.encode(text) for text in TEXTS]
    assert restore_tokenizer(loaded).backend_tokenizer.to_str() == small_tokenizer().backend_tokenizer.to_str()


def test_saved_again_from_where_the_cuts_were_dropped(folders: dict[str, Path], tmp_path: Path) -> None:
    """As a trainer does. Then the folder has lost them for good; to extend anew gives the ids that there were."""
    AutoTokenizer.from_pretrained(folders["qwen2"]).save_pretrained(tmp_path)
    saved_config(tmp_path, "qwen2")
    for lost in (TokenizersBackend.from_pretrained(tmp_path), AutoTokenizer.from_pretrained(tmp_path)):
        assert not is_extended(lost)
        anew = few_tokens(restore_tokenizer(lost)).tokenizer
        assert is_extended(anew)
        assert [anew.encode(text) for text in TEXTS] == [few_tokens_once().tokenizer.encode(text) for text in TEXTS]


def test_a_part_of_a_header_is_prose(extension: AbcExtension) -> None:
    """A limit that the documents tell of: without its K: there is no tune yet."""
    header, rest = TUNE[: TUNE.index("K:")], TUNE[TUNE.index("K:") :]
    tokenizer = extension.tokenizer
    assert tokenizer.encode(header + rest) != tokenizer.encode(header) + tokenizer.encode(rest, add_special_tokens=False)


def assert_same(restored: TokenizersBackend, original: TokenizersBackend) -> None:
    assert type(restored) is type(original)
    assert restored.backend_tokenizer.to_str() == original.backend_tokenizer.to_str()
    assert restored.get_vocab() == original.get_vocab()
    assert restored.special_tokens_map == original.special_tokens_map
    assert restored.chat_template == original.chat_template
    for name in ("padding_side", "truncation_side", "model_max_length", "model_input_names", "name_or_path"):
        assert getattr(restored, name) == getattr(original, name)
    assert RECORD not in restored.init_kwargs


def test_undone(plain: TokenizersBackend, extension: AbcExtension) -> None:
    assert not is_extended(plain)
    assert is_extended(extension.tokenizer)
    restored = restore_tokenizer(extension.tokenizer)
    assert_same(restored, plain)
    assert not is_extended(restored)
    with pytest.raises(ValueError, match="not extended"):
        restore_tokenizer(restored)


def test_undone_after_saving_and_loading_and_done_again(folders: dict[str, Path], tmp_path: Path) -> None:
    restored = restore_tokenizer(AutoTokenizer.from_pretrained(folders["alone"]))
    restored.save_pretrained(tmp_path)
    written = json.loads((tmp_path / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert written["tokenizer_class"] == "Qwen2Tokenizer"
    assert RECORD not in written
    restored = AutoTokenizer.from_pretrained(tmp_path)
    restored.name_or_path = small_tokenizer().name_or_path
    assert_same(restored, small_tokenizer())
    again = few_tokens(restored).tokenizer
    assert again.backend_tokenizer.to_str() == few_tokens_once().tokenizer.backend_tokenizer.to_str()


def test_settings_stay() -> None:
    tokenizer = copy.deepcopy(small_tokenizer())
    tokenizer.padding_side, tokenizer.truncation_side, tokenizer.model_max_length = "left", "left", 99
    tokenizer.pad_token = "<|im_end|>"
    extended = few_tokens(tokenizer, 5).tokenizer
    assert extended.pad_token_id == tokenizer.pad_token_id
    assert (extended.padding_side, extended.truncation_side, extended.model_max_length) == ("left", "left", 99)
    assert extended.model_input_names == tokenizer.model_input_names
    assert extended.name_or_path == tokenizer.name_or_path
    assert extended.init_kwargs.get("name_or_path") == tokenizer.init_kwargs.get("name_or_path")


def test_a_given_name_stays(tmp_path: Path) -> None:
    small_tokenizer().save_pretrained(tmp_path)
    named = AutoTokenizer.from_pretrained(tmp_path)
    assert few_tokens(named, 1).tokenizer.name_or_path == str(tmp_path)
    assert few_tokens(named, 1).tokenizer.init_kwargs["name_or_path"] == str(tmp_path)


# --- More tokens, other tokenizers ---------------------------------------------------------------------------------------------------


def with_gaps() -> TokenizersBackend:
    """Special tokens in the vocabulary, far beyond the others: ids that nothing has lie between."""
    state = json.loads(small_tokenizer().backend_tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    for token in state["added_tokens"]:
        token["id"] = vocabulary[token["content"]] = len(vocabulary) + 40
    return with_parts(model={"vocab": vocabulary}, added_tokens=state["added_tokens"])


@pytest.mark.parametrize("build", [small_tokenizer, with_gaps])
def test_tokens_added_later_get_ids_of_their_own(build: Callable[[], TokenizersBackend], tmp_path: Path) -> None:
    before = build()
    extended = few_tokens(before, 7).tokenizer
    assert before.get_vocab().items() <= extended.get_vocab().items()
    taken = set(extended.get_vocab().values())
    assert extended.add_tokens(["<new>", "newer"]) == 2
    assert extended.add_special_tokens({"additional_special_tokens": ["<special>"]}, replace_extra_special_tokens=False) == 1
    ids = extended.convert_tokens_to_ids(["<new>", "newer", "<special>"])
    assert len(set(ids) - taken) == 3
    assert len(set(extended.get_vocab().values())) == len(extended.get_vocab()) == len(extended)
    text = f"<new> B2 newer<special>\n{TUNE}\n<|im_end|>"
    assert extended.decode(extended.encode(text)) == text
    assert set(ids) < set(extended.encode(text))
    extended.save_pretrained(tmp_path)
    assert AutoTokenizer.from_pretrained(tmp_path).encode(text) == extended.encode(text)
    restored = restore_tokenizer(extended)
    assert before.get_vocab().items() <= restored.get_vocab().items()
    assert restored.decode(restored.encode(text)) == text


def test_a_tokenizer_with_gaps_is_restored() -> None:
    assert max(with_gaps().get_vocab().values()) > len(with_gaps())
    assert_same(restore_tokenizer(few_tokens(with_gaps(), 7).tokenizer), with_gaps())


def test_twice_is_an_error(folders: dict[str, Path]) -> None:
    for tokenizer in (few_tokens_once().tokenizer, AutoTokenizer.from_pretrained(folders["alone"])):
        with pytest.raises(ValueError, match="extended already; restore_tokenizer undoes"):
            extend_tokenizer(tokenizer)


@pytest.mark.parametrize("tokens", [1, 33])
def test_as_many_tokens_as_asked_for(tokens: int) -> None:
    extension = few_tokens(small_tokenizer(), tokens)
    assert len(extension.token_ids) == len(extension.tokenizer) - len(small_tokenizer()) == tokens
    assert extension.saved > 0


@pytest.mark.parametrize("tokens", [0, -5])
def test_no_tokens_are_an_error(tokens: int) -> None:
    with pytest.raises(ValueError, match=f"most_tokens must be at least 1, got {tokens}"):
        few_tokens(small_tokenizer(), tokens)


@pytest.mark.parametrize("pieces", [{}, {"c": 9}, {"c2 d2": 1}])
def test_pieces_of_which_nothing_is_learned(pieces: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="nothing in these pieces is worth a token"):
        extend_tokenizer(small_tokenizer(), pieces=pieces)


def test_texts_are_no_counts_of_pieces() -> None:
    with pytest.raises(TypeError, match=r"pieces are counts by piece, as piece_counts\.counted_pieces gives them of texts, not a list"):
        extend_tokenizer(small_tokenizer(), pieces=[TUNE])  # type: ignore[arg-type]


def test_no_token_begins_amid_one_note_and_reaches_into_the_next(extension: AbcExtension) -> None:
    """Of those that were learned; a space belongs to the note behind it."""
    texts = [extension.tokenizer.backend_tokenizer.decode([token]) for token in extension.token_ids]
    assert not [text for text in texts if not text.startswith(" ") and BEGINS_AMID_A_NOTE.match(text)]


class OtherIds(Qwen2Tokenizer):
    """Which counts its vocabulary anew when it is loaded."""

    def get_vocab(self) -> dict[str, int]:
        return {token: index + 1 for token, index in super().get_vocab().items()}


def test_a_tokenizer_that_gives_other_ids_when_it_is_loaded_again() -> None:
    tokenizer = copy.deepcopy(small_tokenizer())
    tokenizer.__class__ = OtherIds
    with pytest.raises(UnknownPipelineError, match="OtherIds gives other ids to its tokens when it is loaded again"):
        few_tokens(tokenizer, 3)


def test_no_token_holds_a_part_of_a_character() -> None:
    """There is no text of it to ask the cuts about."""
    extension = extend_tokenizer(small_tokenizer(), pieces={"\nT:ħħ9ħħ9": 50, "c2 d2 ": 40})
    texts = [extension.tokenizer.decode([token]) for token in extension.token_ids]
    assert "c2 d2 " in texts
    assert not any("\ufffd" in text for text in texts)


def test_the_packaged_pieces_are_learned_from_by_default() -> None:
    extension = extend_tokenizer(small_tokenizer(), most_tokens=60)
    texts = answers(8, 4)
    before, after = (sum(len(tokenizer.encode(text)) for text in texts) for tokenizer in (small_tokenizer(), extension.tokenizer))
    assert after < 0.75 * before


def sentencepiece() -> TokenizersBackend:
    tokenizer = Tokenizer(models.BPE(vocab={f"<0x{byte:02X}>": byte for byte in range(256)}, merges=[], byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return TokenizersBackend(tokenizer_object=tokenizer)


def wordpiece() -> TokenizersBackend:
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return TokenizersBackend(tokenizer_object=tokenizer)


def prefix_space() -> TokenizersBackend:
    return with_parts(pre_tokenizer={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (sentencepiece, "byte-level step without a prefix space"),
        (wordpiece, "byte-level step without a prefix space"),
        (prefix_space, "byte-level step without a prefix space"),
        (abc_tokenizer, "a tokenizer of ABC, which has nothing to learn"),
        (lambda: with_parts(model={"byte_fallback": True}), "only byte-level BPE"),
        (lambda: with_parts(model={"end_of_word_suffix": "</w>"}), "only byte-level BPE"),  # CLIP
    ],
)
def test_tokenizers_that_are_refused(build: Callable[[], TokenizersBackend], message: str) -> None:
    with pytest.raises(UnknownPipelineError, match=message):
        extend_tokenizer(build(), pieces=PIECES)


def test_every_special_token_survives() -> None:
    for left, right in itertools.permutations(SPECIAL, 2):
        text = f"{left}A2{right}"
        assert few_tokens_once().tokenizer.encode(text) == small_tokenizer().encode(text)
