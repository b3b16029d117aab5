"""Brings a clone to life: virtual environment, front-end files, a browser for the tests.

Runs on the system's Python before anything is installed: standard library only.
"""
