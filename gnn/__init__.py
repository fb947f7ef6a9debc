"""From graph to member risk. The only room that imports torch."""
