// title: What changed in a ring since the last run
// question: Who has joined this ring, and who has left it, since the run before?
// param: ring_id text - the ring
// column: ring_id - the ring
// column: run - the run the store holds
// column: previous_run - the run it is compared with, null for a new ring
// column: lineage - born, continued, grew, shrank, split or merged
// column: joined - who joined, as kind:id
// column: left - who left, as kind:id
// cost: one ring

MATCH (ring:Ring {ring_id: $ring_id})
RETURN ring.ring_id AS ring_id, ring.run AS run, ring.previous_run AS previous_run, ring.lineage AS lineage,
  coalesce(ring.joined, []) AS joined, coalesce(ring.left, []) AS left;
