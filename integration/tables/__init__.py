"""The lists of files in and out, of what belongs to them, and of saved mappings."""
