"""Metering points and devices out of CSV and Excel files, with the same preview, chunks and undoing as readings.

columns    which heading means which field       cells      what stands in a cell
staging    the file becomes rows of `ImportRow`  ordering   duplicates, and who comes before whom
plans      what a line would do                  kinds      the parts a line is made of
points     metering points                       devices    devices and their installations
checking, storing, undoing                       the three works of an import
"""
