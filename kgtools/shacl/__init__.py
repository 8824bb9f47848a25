"""SHACL as set-wise SPARQL: shapes are compiled to queries that answer for all focus nodes at once.

`shapes` reads a shapes graph, `paths` writes property paths, `components` holds one function per
constraint component, `compile` puts targets and components together, `validate` runs the queries and
gives a `report`; `reference` is pySHACL behind the same report.
"""
