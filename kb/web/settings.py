"""How the site is served: one file of settings, ``docs/serving.md`` tells each."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dsl.errors import PayerkbError

PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
MOST_BODY = 200_000_000


class SettingsError(PayerkbError):
    """The file of settings cannot be used; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the site is served."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8001
    hosts: tuple[str, ...] = ()
    """Names by which browsers may reach the site, besides this machine's own."""
    prefix: str = ""
    """Where a proxy shows the site: ``/payerkb``."""
    max_body_bytes: int = 2_000_000
    """The most that is taken in a claim check."""
    checks_at_once: int = 2
    """Claim checks that are made at a time."""
    tables_at_once: int = 1
    """Pages of tables that are made at a time."""
    gzip: bool = True
    """Whether answers are packed for browsers that can unpack them."""


def read_settings(path: Path) -> Settings:
    """The settings in a TOML file; raises ``SettingsError``."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}.") from None
    known = {each.name: each for each in fields(Settings)}
    for name, value in given.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = (
                f"Did you mean `{near[0]}`?"
                if near
                else f"There are: {', '.join(known)}."
            )
            raise SettingsError(f"{path}: there is no setting `{name}`. {hint}")
        if fault := fault_of(name, value):
            raise SettingsError(f"{path}: `{name}`: {fault}")
    if "hosts" in given:
        given["hosts"] = tuple(name.lower() for name in given["hosts"])
    return Settings(**given)


def fault_of(name: str, value: Any) -> str:  # noqa: ANN401  (whatever a TOML file holds)
    """What is wrong with a setting; empty when it can be used."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    match name:
        case "host":
            fine, wanted = isinstance(value, str), 'an address, as "127.0.0.1"'
        case "port":
            fine, wanted = (
                whole and 0 <= value <= 65535,
                "a number from 0 through 65535",
            )
        case "hosts":
            fine = isinstance(value, list) and all(
                isinstance(one, str) and NAME.fullmatch(one.lower()) for one in value
            )
            wanted = 'a list of names without port, as ["payerkb.example.org"]'
        case "prefix":
            fine = isinstance(value, str) and bool(PREFIX.fullmatch(value) or not value)
            wanted = 'a path without a slash at its end, as "/payerkb"'
        case "max_body_bytes":
            fine = whole and 1_000 <= value <= MOST_BODY
            wanted = f"a number from 1000 through {MOST_BODY}"
        case "gzip":
            fine, wanted = isinstance(value, bool), "true or false"
        case _:
            fine, wanted = whole and 1 <= value <= 64, "a number from 1 through 64"
    return "" if fine else f"expected {wanted}."
