"""Reading, writing and indexing RDF, and the bridge to rdflib. Knows nothing of SPARQL, shapes or our graph."""
