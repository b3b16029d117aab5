"""Validation of periodic values: daily, monthly and on-demand register values.

    register values ─ window: references, consumption, what is due ─► conditions ─ judge ─► findings

Register values are only flagged: a stand is what the meter showed, and nothing is put in its place. `window`,
`references`, `conditions` and `judge` are pure; `loading` and `facts` read the database; `validating` ties them
together.
"""
