"""Services, securities and transports of the library against each other: both halves, in memory, every combination.

`services`, `securities` and `transports` are tables; `cells` says which combinations the standard has and runs them.
"""
