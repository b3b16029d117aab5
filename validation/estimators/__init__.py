"""Estimators: what may stand where a value is missing or wrong. Pure functions on numpy arrays, without Django.

An estimator takes n series × slots and a mask `wanted`, and answers float64 (n, slots) in the integers of the series:
NaN wherever it was not asked or has no answer. `cascade.run` asks several in order; `settling.settle` turns what they
say into integers that, with the trusted values, add up to what the register says.

===================  ===========================================================================================
days, history        local days, their wall-clock slots, and the past as series × days × slots
gaps                 where the wanted slots are: gaps, and their parts in one local day
sources              which days of the past may speak for a day; `orders.json` holds look-up orders
like_days            values of those days: like days, average, multi-week, previous day, last year
neighbours           linear interpolation and extrapolation from the values beside a gap
levels               check meter, outage, fixed value, fixed total, register spread, flat, class profile
apportioning         largest remainder over many totals at once
segments             the tightest pairs of known stands around the wanted slots
resolutions          values at another interval: 5, 15, 30, 60 minutes
cascade              the steps in order, and which of them answered
settling             whole numbers for the store, scaled to the register
registers            estimated stands: average daily consumption, proration, records made for a gap
trials, contenders   gaps cut into real curves and the methods held against them, for `estimation_quality`
===================  ===========================================================================================
"""
