"""Explanations of captured octets, and how they are printed."""
