"""The query library: every Cypher and SQL text of the project."""
