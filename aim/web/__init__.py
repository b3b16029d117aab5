"""Shared web parts: the shell, lists, detail pages, charts. Knows no app above it; apps register what they add."""
