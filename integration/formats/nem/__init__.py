"""What NEM12 and NEM13 have in common: codes, units, suffixes, market time and the lines of the file.

Source of the facts: AEMO, Meter Data File Format Specification NEM12 & NEM13 (1.06 and 2.x), and NMI Procedure.
"""
