"""Work on files, in or out: a row is claimed by one worker, worked under a lease, and ends in a state.

`states` the one way a state changes, `holding` the lease, `running` what becomes of the row whatever happens,
`calling` how workers hear of it. What is worked is in `integration.imports` and `integration.exports`.
"""
