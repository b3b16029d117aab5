"""Conditions of rules: what may be wrong with a value. Each module beside `condition` has a family."""
