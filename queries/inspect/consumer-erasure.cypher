// title: What would be erased with a consumer
// question: Which links go, and which devices and accounts then have nobody left, if this consumer is erased?
// param: consumer_id text - the consumer
// param: limit integer (rows) = 1000 - most rows
// column: link - the type of the link that goes
// column: kind - label of its other end
// column: id - its id
// column: is_orphaned - whether the other end has no other link
// cost: one consumer and its links

MATCH (consumer:Consumer {consumer_id: $consumer_id})
MATCH (consumer)-[link]->(other)
WITH link, other, COUNT { MATCH (other)--(any) RETURN any LIMIT 2 } AS links
RETURN type(link) AS link, head(labels(other)) AS kind,
  coalesce(other.partner_id, other.device_id, other.account_id, other.ring_id) AS id, links = 1 AS is_orphaned
ORDER BY link, id
LIMIT $limit;
