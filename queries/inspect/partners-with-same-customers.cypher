// title: Partners with the same customers
// question: Which other partners do this partner's customers order at?
// param: partner_id text - the partner
// param: min_shared integer (consumers) = 2 - fewest customers in common
// param: max_shops integer (partners) = 20 - leaves out customers who order at more partners than this
// param: max_read integer (consumers) = 2000 - reads no more customers than this; of a partner with more, those that the store comes to first
// param: max_customers integer (consumers) = 200 - of those read, goes by no more than this, the largest first
// param: limit integer (rows) = 50 - most rows
// column: other_id - the other partner
// column: name - its name
// column: shared - customers in common, of those gone by
// column: of_customers - all customers of the other partner
// cost: at most max_read customers of one partner, at most max_customers of them with max_shops partners each

MATCH (partner:Partner {partner_id: $partner_id})
// a CALL, for Neo4j sorts before a LIMIT that only a WITH keeps apart
CALL (partner) {
  MATCH (partner)<-[ordered:ORDERED_AT]-(consumer)
  RETURN ordered, consumer
  LIMIT $max_read
}
WITH partner, ordered, consumer
ORDER BY ordered.amount DESC, consumer.consumer_id
LIMIT $max_customers
WITH partner, consumer, COUNT { (consumer)-[:ORDERED_AT]->() } AS shops
WHERE shops >= 2 AND shops <= $max_shops
MATCH (consumer)-[:ORDERED_AT]->(other:Partner)
WHERE other.partner_id <> partner.partner_id
WITH other, count(*) AS shared
WHERE shared >= $min_shared
WITH other, shared
ORDER BY shared DESC, other.partner_id
LIMIT $limit
RETURN other.partner_id AS other_id, other.name AS name, shared,
  COUNT { (other)<-[:ORDERED_AT]-() } AS of_customers
ORDER BY shared DESC, other_id;
