// title: A ring with everything in it
// question: Who is in this ring, and what ties the members to each other?
// param: ring_id text - the ring
// param: limit integer (rows) = 1000 - most rows
// column: source_kind - label of the link's start
// column: source_id - its id
// column: link - the type of the link
// column: target_kind - label of the link's end
// column: target_id - its id
// column: amount - money on the link, null where it carries none
// column: first_at - epoch milliseconds UTC
// column: last_at - epoch milliseconds UTC
// cost: every link of every member is looked at; a hub among them makes it slow

MATCH (ring:Ring {ring_id: $ring_id})
MATCH (ring)<-[:MEMBER_OF]-(member)
WITH collect(member) AS members
UNWIND members AS source
MATCH (source)-[link:ORDERED_AT|USED|PAID_FROM|LOGGED_IN_FROM|PAID_OUT_TO|TRANSFERRED_TO]->(target)
WHERE target IN members
RETURN head(labels(source)) AS source_kind,
  coalesce(source.partner_id, source.consumer_id, source.device_id, source.account_id) AS source_id,
  type(link) AS link, head(labels(target)) AS target_kind,
  coalesce(target.partner_id, target.consumer_id, target.device_id, target.account_id) AS target_id,
  link.amount AS amount, link.first_at AS first_at, link.last_at AS last_at
ORDER BY source_kind, source_id, link, target_id
LIMIT $limit;
