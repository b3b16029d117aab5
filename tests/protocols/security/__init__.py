"""Tests of protected messages."""
