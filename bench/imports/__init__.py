"""What of an import is measured: one module a format."""
