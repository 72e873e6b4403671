r"""The tokenizer of ABC for transformers.

- Exact: ``decode(encode(text)) == text`` for every text. Nothing is normalised or unknown: what is no sign of ABC is spelled in bytes.
  (A text in Unicode's sense: half of a surrogate pair is a ``TypeError``, which ``text.encode(errors="replace").decode()`` prevents.)
- A token is a sign, or a run of signs; none begins amid one note and reaches into the next, and none holds music on both sides of a bar
  line (see `alphabet`, `pieces`, `learning`).
- ``encode`` adds no special tokens; load with ``add_bos_token=True`` or ``add_eos_token=True`` for a model that wants them.
- A folder saved from it gives the same ids where this package is absent: everything stands in ``tokenizer.json``. Beside a ``config.json``
  of some model types, such as ``qwen2``, `AutoTokenizer` does not read that (see `registration`): ``AbcTokenizer.from_pretrained`` does.

The special tokens of audio are spelled as Qwen2-Audio spells them, so that its processor takes this tokenizer as it is.
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer
from transformers import TokenizersBackend

from transformers_abc.tokenization.alphabet import joined_signs
from transformers_abc.tokenization.learning import build_tokenizer, signs_in_bytes

PACKAGED = Path(__file__).with_name("abc_tokenizer")

PAD, START, END = "<|pad|>", "<|start|>", "<|end|>"
AUDIO_TOKENS = {"audio_token": "<|AUDIO|>", "audio_bos_token": "<|audio_bos|>", "audio_eos_token": "<|audio_eos|>"}
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
SPECIAL_TOKENS = (PAD, START, END, *AUDIO_TOKENS.values(), *ROLES)
SIGNS = len(SPECIAL_TOKENS) + len(signs_in_bytes())  # tokens without any that was learned

# A conversation as `transformers` gives it: content is text, or a list of audio and text. {% generation %} marks what is to be learned.
CHAT_TEMPLATE = """\
{%- for message in messages %}
    {%- if message.role not in ["system", "user", "assistant"] %}
        {{- raise_exception("a role is system, user or assistant, not " ~ message.role) }}
    {%- endif %}
    {%- if message.content is not string and (not message.content or message.content is not iterable) %}
        {{- raise_exception("a message of the " ~ message.role ~ " has no content: give text, or a list of parts") }}
    {%- endif %}
    {%- set parts = [{"type": "text", "text": message.content}] if message.content is string else message.content %}
    {%- for part in parts if not (part.type == "text" and part.text is string) %}
        {%- if part.type != "audio" or message.role == "assistant" %}
            {{- raise_exception("a part is text, or audio for the model to hear, not this, of the " ~ message.role ~ ": " ~ part) }}
        {%- endif %}
    {%- endfor %}
    {{- "<|" ~ message.role ~ "|>" }}
    {%- if message.role == "assistant" %}
        {%- generation %}
            {%- for part in parts %}{{- part.text }}{% endfor %}
            {{- "<|end|>" }}
        {%- endgeneration %}
    {%- else %}
        {%- for part in parts %}
            {{- "<|audio_bos|><|AUDIO|><|audio_eos|>" if part.type == "audio" else part.text }}
        {%- endfor %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- "<|assistant|>" }}
{%- endif %}
"""


# No __init__ of its own: with one, transformers builds the pre-tokenizer anew on loading, and so loses ours.
class AbcTokenizer(TokenizersBackend):
    r"""A fast tokenizer of ABC; see the module. `abc_tokenizer` gives the one that ships; without files there is none.

    >>> tokenizer = abc_tokenizer()
    >>> text = "X:1\nM:6/8\nL:1/8\nK:G\nG3 B2d | ^c'3/2d/2e fg2 |]\n"
    >>> ids = tokenizer.encode(text)
    >>> tokenizer.decode(ids) == text
    True
    >>> [tokenizer.decode([token]) for token in ids[4:]]
    ['\n', 'G3 ', 'B2', 'd', ' | ', "^c'", '3/2', 'd/2', 'e ', 'f', 'g2', ' |]\n']
    """

    vocab_files_names = {"tokenizer_file": "tokenizer.json"}  # noqa: RUF012  (the base class has it so)


def abc_tokenizer(vocabulary_size: int | None = None) -> AbcTokenizer:
    """The tokenizer that ships with the package.

    Args:
        vocabulary_size: keep so many tokens only, those that save most; all by default. The tokens that are kept keep their ids. With
            `SIGNS` of them, which is the fewest, a token is one sign; see docs/tokens.md for what a small model learns best with.

    Raises:
        ValueError: the size is below that of the signs, or above what ships.

    >>> [len(abc_tokenizer(size).encode("c2 d2 e2 d2 |")) for size in (SIGNS, 4096)]
    [12, 3]
    """
    if vocabulary_size is None:
        tokenizer = AbcTokenizer.from_pretrained(PACKAGED)
        tokenizer.name_or_path = tokenizer.init_kwargs["name_or_path"] = ""  # where the package is installed is no name
        return tokenizer
    state = json.loads((PACKAGED / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    if not SIGNS <= vocabulary_size <= len(state["vocab"]):
        raise ValueError(f"a vocabulary has {SIGNS:,} to {len(state['vocab']):,} tokens, not {vocabulary_size:,}")
    learned = state["merges"][len(joined_signs()) :]
    return with_settings(build_tokenizer(SPECIAL_TOKENS, map(tuple, learned), vocabulary_size))


def with_settings(backend: Tokenizer) -> AbcTokenizer:
    """A tokenizer for transformers around one of `learning.build_tokenizer`, with the special tokens and the chat template."""
    return AbcTokenizer(
        tokenizer_object=backend,
        pad_token=PAD,
        bos_token=START,
        eos_token=END,
        extra_special_tokens=AUDIO_TOKENS,
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        padding_side="right",
    )
