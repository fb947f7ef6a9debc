// title: Why a ring was flagged
// question: What speaks for and against this ring?
// param: ring_id text - the ring
// column: position - 1 is the strongest
// column: sentence - the reason
// cost: one ring

MATCH (ring:Ring {ring_id: $ring_id})
UNWIND range(1, size(ring.evidence)) AS position
RETURN position, ring.evidence[position - 1] AS sentence
ORDER BY position;
