"""Every decoder of the library against octets that nobody meant to send.

`targets` is the one table of decoders; `test_fuzzing` runs it with seeded damage, `python -m tests.protocols.fuzzing`
with atheris, guided by coverage (`script/fuzz`).
"""
