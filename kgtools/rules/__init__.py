"""OWL 2 RL axioms and CONSTRUCT rules, compiled to one rule set and run semi-naively to a fixpoint.

`compile` turns axioms into rules, `fixpoint` runs them in this process, `sparql` runs them as queries on any engine,
`receipts` explains what they made, `consistency` asks for contradictions, and `reference` is owlrl behind the same
result.
"""
