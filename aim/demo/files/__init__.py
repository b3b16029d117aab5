"""Files of readings for the demo utility: what an old system, a metering service and a customer's portal would send."""
