"""The forms in which the graph leaves: RDF syntaxes, JSON-LD, tables."""
