"""Factory files as imports: devices with their keys, unwrapped in memory and sealed under the master key.

The keys wait in the lines of the import as they stand in the file, wrapped; a clear key is nowhere but in the memory of
the worker that looks at it.

fields     what a line gives             staging    the file becomes rows of `ImportRow`
keys       the part of a line with keys  bad_rows   the lines that were not taken
content    what the engine is told
"""
