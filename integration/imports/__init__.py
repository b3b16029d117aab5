"""Imports of files: kept, checked, shown, stored in chunks, undone. See docs/explanation/imports.md.

What a worker does is in `running` (`run_check`, `run_store`, `run_undo`), formats are in `registry`, what files bring
in `contents`, the states in `states`; `readings` is the content that brings values.
"""

from integration.imports.running import run_check, run_store, run_undo

__all__ = ["run_check", "run_store", "run_undo"]
