"""Where Spark is not installed a sentence says what to install."""

from __future__ import annotations

from importlib import import_module, util

import pytest

import kb
from kb.library import MissingPackageError


@pytest.mark.skipif(
    util.find_spec("pyspark") is not None, reason="Spark is installed here"
)
def test_spark_is_asked_for_by_its_extra() -> None:
    with pytest.raises(MissingPackageError, match=r"pip install 'payerkb\[spark\]'"):
        import_module("kb.spark")


def test_what_is_missing_can_be_caught_both_ways() -> None:
    assert issubclass(MissingPackageError, ImportError)
    assert issubclass(MissingPackageError, kb.PayerkbError)
