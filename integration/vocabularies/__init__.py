"""How others name the quality of a value: pure tables, one module for each scheme that no file format here brings."""
