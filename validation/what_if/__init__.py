"""What would come of a rule set: counted from results of the engine, nothing is stored. Pure.

batches ─ per set: rules, methods, energy, examples ─► JSON ◄─ two sets: only the one, only the other, both
"""
