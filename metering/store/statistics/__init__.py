"""Months of series summed up as days end: for completeness, and for the statistics values are validated by.

See docs/explanation/statistics.md. Modules: `histogram` the spread of values, `changes` who changed something summed up
already, `folding` the summing up, `state` how far it is, `reading` what is asked for.
"""
