"""Values of series out of files: portions of a reader, through the resolution of their channels, into the store."""
