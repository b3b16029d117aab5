"""File formats of readings: pure parsers and writers, without Django and without I/O of their own.

Every reader turns octets into `Portion`s and every writer turns `Portion`s into octets, so a value takes the same road
in and out, whatever the format. What belongs together is one package a format: `nem12`, `nem13`, `espi`, `table`.
"""
