"""Which of URMP's 44 pieces are for training, for validation and for testing.

Recorded takes are reused across variants of a piece (the violins of 24 and 25 are the same files), so a split by piece or by clip would
leak: pieces of one name are a family and stay together. Test has about a sixth of the pieces and every instrument; validation has strings,
winds and brass, and two to five players.
"""

from __future__ import annotations

SPLITS = ("train", "validation", "test")

PIECES: dict[str, tuple[str, ...]] = {
    "train": (
        "02_Sonata_vn_vn",
        "03_Dance_fl_cl",
        "04_Allegro_fl_fl",
        "05_Entertainer_tpt_tpt",
        "06_Entertainer_sax_sax",
        "07_GString_tpt_tbn",
        "09_Jesus_tpt_vn",
        "11_Maria_ob_vc",
        "13_Hark_vn_vn_va",
        "14_Waltz_fl_fl_cl",
        "15_Surprise_tpt_tpt_tbn",
        "16_Surprise_tpt_tpt_sax",
        "19_Pavane_cl_vn_vc",
        "20_Pavane_tpt_vn_vc",
        "21_Rejouissance_cl_tbn_tba",
        "22_Rejouissance_sax_tbn_tba",
        "23_Rejouissance_cl_sax_tba",
        "26_King_vn_vn_va_vc",
        "27_King_vn_vn_va_sax",
        "28_Fugue_fl_ob_cl_bn",
        "29_Fugue_fl_fl_ob_cl",
        "30_Fugue_fl_fl_ob_sax",
        "31_Slavonic_tpt_tpt_hn_tbn",
        "32_Fugue_vn_vn_va_vc",
        "33_Elise_tpt_tpt_hn_tbn",
        "34_Fugue_tpt_tpt_hn_tbn",
        "35_Rondeau_vn_vn_va_db",
        "36_Rondeau_vn_vn_va_vc",
        "37_Rondeau_fl_vn_va_cl",
        "43_Chorale_tpt_tpt_hn_tbn_tba",
    ),
    "validation": (
        "01_Jupiter_vn_vc",
        "08_Spring_fl_vn",
        "10_March_tpt_sax",
        "12_Spring_vn_vn_vc",
        "17_Nocturne_vn_fl_cl",
        "18_Nocturne_vn_fl_tpt",
        "44_K515_vn_vn_va_va_vc",
    ),
    "test": (
        "24_Pirates_vn_vn_va_vc",
        "25_Pirates_vn_vn_va_sax",
        "38_Jerusalem_vn_vn_va_vc_db",
        "39_Jerusalem_vn_vn_va_sax_db",
        "40_Miserere_fl_fl_ob_cl_bn",
        "41_Miserere_fl_fl_ob_sax_bn",
        "42_Arioso_tpt_tpt_hn_tbn_tba",
    ),
}


def family_of(piece: str) -> str:
    """The family of a piece: the name in that of its folder.

    >>> family_of("08_Spring_fl_vn"), family_of("12_Spring_vn_vn_vc")
    ('Spring', 'Spring')
    """
    return piece.split("_")[1]


_SPLIT_OF_FAMILY = {family_of(piece): split for split, pieces in PIECES.items() for piece in pieces}


def split_of(family: str) -> str:
    """The split of a family; music that is not in URMP is for training.

    >>> split_of("Spring"), split_of("Jerusalem"), split_of("Mine")
    ('validation', 'test', 'train')
    """
    return _SPLIT_OF_FAMILY.get(family, "train")
