"""A Reconciliation API 0.2 service over a graph: others match their names against our things."""
