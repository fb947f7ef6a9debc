// title: The members of a ring
// question: Who is in this ring, in which role, at what risk?
// param: ring_id text - the ring
// param: limit integer (rows) = 1000 - most rows
// column: kind - label of the member
// column: id - its id
// column: role - what it does in the ring
// column: risk - from 0 to 1
// column: verdict - what a person has decided, null where nobody has
// cost: one ring and its members

MATCH (ring:Ring {ring_id: $ring_id})
MATCH (ring)<-[membership:MEMBER_OF]-(member)
RETURN head(labels(member)) AS kind,
  coalesce(member.partner_id, member.consumer_id, member.device_id, member.account_id) AS id,
  membership.role AS role, membership.risk AS risk, member.verdict AS verdict
ORDER BY kind, risk DESC, id
LIMIT $limit;
