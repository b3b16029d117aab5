"""The head-end pages, one module each."""
