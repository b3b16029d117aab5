"""The demo utility: master data of an invented network company around a shipment of simulated meters.

Top of the house: it may use every app, nothing uses it. No measured value is made here; all come over the protocol.
"""
