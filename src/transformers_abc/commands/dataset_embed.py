"""``transformers-abc dataset embed``: add what an audio encoder makes of each clip to a built dataset.

transformers-abc dataset embed urmp-abc/ --npy jukebox/
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command

if TYPE_CHECKING:
    from transformers_abc.data.embedding_parts.source import EmbeddingSource


def add_embed(actions: Commands) -> None:
    embed = add_command(
        actions,
        "embed",
        summary="add embeddings, for models that hear by another encoder",
        description="Add the configuration embeddings to a built dataset: the clips of the default one, with 240 frames of an audio "
        "encoder (98.7 ms each, as LLark takes them) in the place of the audio. Print the folder of its files. Stop it at any time: the "
        "same command goes on where it stopped.",
        examples="Jukebox, on a machine that can run it:\n"
        "  transformers-abc dataset embed urmp-abc/ --export-audio clips/    NAME.wav, for 44.1 kHz and 1,048,576 samples\n"
        "  (there: of each NAME.wav layer 36, as NAME.npy of [8192, 4800] or [240, 4800])\n"
        "  transformers-abc dataset embed urmp-abc/ --npy jukebox/\n\n"
        "any audio encoder of transformers:\n"
        "  transformers-abc dataset embed urmp-abc/ --encoder openai/whisper-large-v3\n"
        "  transformers-abc dataset embed urmp-abc/ --encoder Qwen/Qwen2-Audio-7B-Instruct --device cuda:0\n"
        "  transformers-abc dataset embed urmp-abc/ --encoder facebook/hubert-large-ll60k --layer 12\n\n"
        "More stands in docs/embeddings.md.",
    )
    embed.add_argument("folder", type=Path, metavar="FOLDER", help="of dataset build")
    made = embed.add_mutually_exclusive_group(required=True)
    made.add_argument("--npy", type=Path, metavar="DIR", help="take them from files NAME.npy; NAME is that of --export-audio")
    made.add_argument("--encoder", metavar="MODEL", help="compute them: a folder, or OWNER/NAME on the Hub; safetensors only")
    made.add_argument("--export-audio", type=Path, metavar="DIR", help="only write each clip as a wav file that Jukebox takes")
    embed.add_argument("--allow-missing", action="store_true", help="with --npy: leave clips out that have no file")
    embed.add_argument("--layer", type=int, metavar="N", help="with --encoder: a hidden state, from 0 (default: the encoder's output)")
    embed.add_argument("--device", help="with --encoder: such as cuda:1 (default: a GPU if there is one)")
    embed.set_defaults(run=_embed, extra="data,transcribe")  # torch and transformers are for --encoder


def _embed(options: argparse.Namespace) -> int:
    from transformers_abc.data.embeddings import embed_dataset, export_audio

    _check(options)
    try:
        if options.export_audio:
            count = export_audio(options.folder, options.export_audio)
            print(options.export_audio)
            print(f"{count} clips", file=sys.stderr)
            return EXIT_OK
        done = embed_dataset(options.folder, _source(options))
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(done.folder)
    before = f", {done.kept} of them from before" if done.kept else ""
    without = f"; left out, having no file: {done.left_out}" if done.left_out else ""
    print(f"{done.rows} clips of [240, {done.width}] in {done.files} files{before}{without}", file=sys.stderr)
    return EXIT_OK


def _check(options: argparse.Namespace) -> None:
    """Options that go with another way of making embeddings would do nothing, so they are mistakes."""
    for name, given, needed in (
        ("--allow-missing", options.allow_missing, options.npy),
        ("--layer", options.layer is not None, options.encoder),
        ("--device", options.device is not None, options.encoder),
    ):
        if given and not needed:
            raise UserError(f"{name} goes with {'--npy' if name == '--allow-missing' else '--encoder'} only; leave it out")


def _source(options: argparse.Namespace) -> EmbeddingSource:
    from transformers_abc.data.embedding_parts.encoder import AudioEncoder
    from transformers_abc.data.embedding_parts.npy_files import NpyFolder

    if options.npy:
        return NpyFolder(options.npy, allow_missing=options.allow_missing)
    return AudioEncoder(options.encoder, options.layer, options.device)
