"""The two version numbers that every answer carries."""

__version__ = "0.1.0"
ENGINE_VERSION = __version__
