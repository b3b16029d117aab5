"""The Data Browser below its pages: period, readings, buckets, table, file."""
