"""A fleet of simulated DLMS/COSEM electricity meters that meter real household curves.

The way of a value: a measured curve (`curves`) becomes the energy of a household on an absolute
time axis (`household`), a meter turns that into stands (`energy`) and profile rows (`profiles`),
`cosem` dresses them as COSEM objects and `serving` answers on TCP with the server half of
`protocols.dlms`. Everything is a pure function of (meter, instant): nothing is stored, so a
restarted fleet tells exactly the same history.
"""
