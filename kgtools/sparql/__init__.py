"""SPARQL: the query policy, query texts, engines behind one interface, answers, and worker processes."""
