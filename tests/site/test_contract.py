"""All that we use of Datasette, by name: what fails first on an upgrade."""

from __future__ import annotations

import inspect
import re
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import datasette
import pytest
from datasette.app import DEFAULT_SETTINGS, Datasette
from datasette.database import Database
from datasette.plugins import pm
from datasette.template_contexts import documented_context_keys
from datasette.utils import parse_metadata
from datasette.utils.asgi import Base400, Request, Response

import kb.web.hooks as hooks
from kb.read.store import open_knowledge_base
from kb.web.hooks import register_routes
from kb.web.render import site_folder
from kb.web.routes import ROUTES

HOOKS = {
    "asgi_wrapper": {"datasette"},
    "extra_template_vars": {"datasette", "request"},
    "forbidden": {"datasette", "request", "message"},
    "handle_exception": {"datasette", "request", "exception"},
    "register_routes": {"datasette"},
    "startup": {"datasette"},
}
METHODS: dict[Any, dict[str, set[str]]] = {
    Datasette: {
        "add_background_task": {"func", "name"},
        "add_database": {"db", "name"},
        "app": set(),
        "get_database": {"name"},
        "refresh_schemas": {"force"},
        "remove_database": {"name"},
        "setting": {"key"},
    },
    Database: {
        "__init__": {"ds", "is_mutable", "is_memory"},
        "close": set(),
        "connect": {"write"},
        "execute_fn": {"fn"},
    },
    Response: {
        "asgi_send": {"send"},
        "html": {"body", "status", "headers"},
        "redirect": {"path", "headers"},
    },
}
TEMPLATES = ["_crumbs.html", "database.html", "query.html", "row.html", "table.html"]
CONTEXTS = {
    "database": {"queries", "tables", "database"},
    "query": {"columns", "display_rows", "named_parameter_values", "stored_query"},
    "row": {"display_rows", "foreign_key_tables", "primary_key_values", "renderers"},
    "table": {"custom_table_templates", "display_columns", "display_rows", "filters"}
    | {"facet_results", "form_hidden_args", "next_url", "renderers", "url_csv"},
}
"""What our templates show of Datasette's pages, by page."""


def test_it_is_the_version_that_all_this_was_tried_with() -> None:
    assert version("datasette") == "1.0a41"


def test_every_hook_of_ours_is_named_here() -> None:
    assert set(hooks.__all__) == set(HOOKS)


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_exists_with_what_we_take(hook: str) -> None:
    specification = getattr(pm.hook, hook).spec

    assert HOOKS[hook] <= set(specification.argnames)


@pytest.mark.parametrize(
    ("owner", "method"),
    [(owner, method) for owner, methods in METHODS.items() for method in methods],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_method_exists_with_what_we_give(owner: Any, method: str) -> None:
    given = METHODS[owner][method]

    assert given <= set(inspect.signature(getattr(owner, method)).parameters)


def test_errors_and_requests_are_what_we_take_them_for(site: Datasette) -> None:
    assert issubclass(datasette.NotFound, Base400)
    assert issubclass(datasette.Forbidden, Base400)
    assert Base400.status == 400
    assert {"args", "headers", "path", "url_vars"} <= set(dir(Request))
    assert site.template_dir == str((site_folder() / "templates").resolve())


def test_our_routes_come_before_those_of_datasette(site: Datasette) -> None:
    ours = [pattern for pattern, _ in register_routes()]
    first = [regex.pattern for regex, _ in site._routes()][: len(ours)]

    assert first == ours
    assert {pattern for pattern, _ in ROUTES} <= set(ours)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_ours_include_exists(site: Datasette, name: str) -> None:
    assert site.get_jinja_environment().get_template(name) is not None


@pytest.mark.parametrize("page", sorted(CONTEXTS))
def test_a_page_has_what_our_template_shows(page: str) -> None:
    assert CONTEXTS[page] <= documented_context_keys(page)


async def test_blocks_of_the_frame_are_filled(get: Any) -> None:
    """``base.html`` of ours has the blocks that Datasette's pages fill."""
    html = (await get("/kb/rule")).text

    assert "<title>kb: rule" in html
    assert 'class="tables table db-kb table-rule"' in html
    assert 'href="/kb"' in html
    assert "rows-and-columns" in html


CONFIGURATION: dict[str, Any] = parse_metadata(
    (site_folder() / "datasette.yaml").read_text("utf-8")
)
CLOSING = {"default_allow_sql": False, "allow_download": False, "suggest_facets": False}


def test_the_configuration_has_only_parts_that_mean_something() -> None:
    assert set(CONFIGURATION) == {"title", "description", "settings", "databases"}
    assert set(CONFIGURATION["databases"]) == {"kb"}
    assert set(CONFIGURATION["databases"]["kb"]) == {"description", "queries", "tables"}
    for table in CONFIGURATION["databases"]["kb"]["tables"].values():
        assert set(table) <= {
            *("label_column", "facets", "sort", "allow"),
            *("title", "description", "columns"),
        }
        assert table.get("allow", False) is False
    for query in CONFIGURATION["databases"]["kb"]["queries"].values():
        assert set(query) == {"title", "description", "sql"}


def test_settings_are_known_and_close_what_they_must() -> None:
    settings = CONFIGURATION["settings"]

    assert set(settings) <= set(DEFAULT_SETTINGS)
    assert {key: settings[key] for key in CLOSING} == CLOSING


def test_settings_reach_the_site(site: Datasette) -> None:
    for key, value in CONFIGURATION["settings"].items():
        assert site.setting(key) == value


def test_tables_and_columns_of_the_configuration_exist(database: Path) -> None:
    with closing(open_knowledge_base(database)) as connection:
        for table, config in CONFIGURATION["databases"]["kb"]["tables"].items():
            columns = {
                row["name"] for row in connection.execute(f"PRAGMA table_info({table})")
            }
            named = {
                config.get("label_column"),
                config.get("sort"),
                *config.get("facets", ()),
                *config.get("columns", ()),
            }
            assert columns
            assert named - {None} <= columns
        connection.close()


def test_the_common_questions_can_be_asked(database: Path) -> None:
    """A query with a fault would be taken at the start, and fail when it is asked."""
    with closing(open_knowledge_base(database)) as connection:
        for query in CONFIGURATION["databases"]["kb"]["queries"].values():
            given = dict.fromkeys(re.findall(r":(\w+)", query["sql"]), "x")
            assert connection.execute(f"EXPLAIN {query['sql']}", given).fetchall()


def test_no_database_lies_in_the_configuration_directory() -> None:
    """One there would be served, and open to writing."""
    found = [
        path for path in site_folder().rglob("*") if path.suffix in {".db", ".sqlite"}
    ]

    assert found == []


def test_the_plugin_only_hands_over() -> None:
    lines = (
        (site_folder() / "plugins" / "payer_site.py").read_text("utf-8").splitlines()
    )

    code = [line.partition("#")[0].strip() for line in lines if line.strip()]
    assert code[1:] == ["from kb.web.hooks import *"]
    assert code[0].startswith('"""')


def test_pages_stay_light() -> None:
    static = site_folder() / "static"

    assert (static / "site.css").stat().st_size <= 24 * 1024
    assert (static / "site.js").stat().st_size <= 6 * 1024
