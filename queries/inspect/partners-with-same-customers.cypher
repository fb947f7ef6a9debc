// title: Partners with the same customers
// question: Which other partners do this partner's customers order at?
// param: partner_id text - the partner
// param: min_shared integer (consumers) = 2 - fewest customers in common
// param: max_shops integer (partners) = 20 - leaves out customers who order at more partners than this
// param: max_customers integer (consumers) = 1000 - looks at no more of its customers than this, the largest first
// param: limit integer (rows) = 100 - most rows
// column: other_id - the other partner
// column: name - its name
// column: shared - customers in common, of those looked at
// column: of_customers - all customers of the other partner
// cost: two steps from one partner, at most max_customers customers with max_shops partners each

MATCH (partner:Partner {partner_id: $partner_id})
MATCH (partner)<-[ordered:ORDERED_AT]-(consumer)
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
