"""Names of payers as they are compared."""

from __future__ import annotations

import pytest

from kb.names import plain_name

NAMES = [
    ("Blue Cross & Blue Shield of X", "bluecrossblueshieldx"),
    ("BCBS X, Inc.", "bluecrossblueshieldx"),
    ("BlueCross and BlueShield of X", "bluecrossblueshieldx"),
    ("Aetna Life Ins. Co.", "aetnalifeinsurance"),
    ("AETNA LIFE INSURANCE COMPANY", "aetnalifeinsurance"),
    ("Premera Blue Cross HMO", "premerabluecross"),
    ("  AETNA  ", "aetna"),
    ("U.H.C.", "uhc"),
    ("Plan 65+", "plan65"),
    ("—", ""),
    ("Plan Médico", "planmedico"),
    ("Plan Me\u0301dico", "planmedico"),
    ("Stra\u00dfe", "strasse"),
    ("\uff21\uff45tna", "aetna"),
    ("Ärztekasse No. \u2463", "arztekasseno4"),
]


@pytest.mark.parametrize(("name", "plain"), NAMES)
def test_plain_names(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize("name", [name for name, _plain in NAMES])
def test_a_plain_name_is_its_own_plain_name(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)
