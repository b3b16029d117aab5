"""Metering points and devices out of CSV and Excel files, with the same preview, chunks and undoing as readings.

    columns    which heading means which field            cells      texts of cells as values
    staging    the file becomes rows of `ImportRow`       ordering   duplicates, and who must come before whom
    plans      what a line would do                       parts      the parts a line is made of, and how they are looked up
    points     the fields and parts of metering points    devices    the same of devices
    checking, storing, undoing   the three works of an import
"""
