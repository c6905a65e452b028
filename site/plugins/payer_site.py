"""Hands the hooks of the payerkb site to Datasette."""

from kb.web.hooks import *  # noqa: F403
