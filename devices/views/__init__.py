"""The device pages, one module each."""
