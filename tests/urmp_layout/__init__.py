"""A copy of URMP's layout with small generated audio, for tests: the 44 folders, or some of them, and the known faults.

What is in a piece is known: `GeneratedPiece` says which notes were written and which were played when.
"""

from urmp_layout.pieces import GeneratedPiece, write_piece, write_urmp

__all__ = ["GeneratedPiece", "write_piece", "write_urmp"]
