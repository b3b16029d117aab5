"""Tests of the protocol libraries; they need neither database nor Django."""
