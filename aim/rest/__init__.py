"""Shared parts of the REST API: every app's `api` module stands on these; `integration` puts the modules together."""
