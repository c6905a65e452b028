"""Which JSON is a clearinghouse's: told by its keys, before anything of it is read."""

from __future__ import annotations

_KEYS = frozenset(
    {
        "billing",
        "claimInformation",
        "controlNumber",
        "dependent",
        "payToAddress",
        "providers",
        "receiver",
        "rendering",
        "submitter",
        "subscriber",
        "tradingPartnerName",
        "tradingPartnerServiceId",
        "usageIndicator",
    }
)
_ENOUGH = 3


def is_of_a_clearinghouse(value: object) -> bool:
    """Whether a JSON value is a claim as clearinghouses take one."""
    return isinstance(value, dict) and len(_KEYS & value.keys()) >= _ENOUGH
