"""The pages of metering: points, one point, the Data Browser, the versions of a value."""
