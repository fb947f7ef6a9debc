"""From tables to scored rings."""
