"""How a server answers each service: one module per service, each with a table from request to function.

What an answer needs of its session is in `serving.Serving`.
"""
