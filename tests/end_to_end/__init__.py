"""The whole way: simulated meters in a process of their own, the protocol on real sockets, workers, the store."""
