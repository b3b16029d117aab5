"""Consumption from stands: on arrival, again when the rules change, and between register values.

See docs/explanation/derivation.md.
"""
