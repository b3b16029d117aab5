"""A whole system under somebody's control: its processes and servers, a fleet on the network, what was stored.

For tests and benchmarks; the product knows nothing of it.
"""
