"""Filters of the lists of files. Those named `…ApiFilter` are the query parameters of the API."""
