"""The language server: policies checked, explained and completed while they are written."""
