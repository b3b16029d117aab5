"""The generated pages of docs/reference/: what stands in the code is written from the code, and a test compares.

Top of the house: a page may read from every app.
"""
