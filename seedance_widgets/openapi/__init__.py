"""Reading OpenAPI documents: from a source to resolved schemas. What a model makes of them is in ``model``.

In the order in which data passes: :mod:`document` (with :mod:`remote` and :mod:`yaml12`) finds the documents
of a source, :mod:`operations` the two calls in them; :mod:`schema` resolves the schema of the body with the
help of :mod:`keywords`, :mod:`mending`, :mod:`merging` and :mod:`nullable`.
"""
