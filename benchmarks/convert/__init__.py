"""Public data that no one here wrote, in the tables of the contract: one file a set, for benchmarks only."""
