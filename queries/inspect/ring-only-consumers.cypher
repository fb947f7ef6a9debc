// title: Consumers who order only inside a ring
// question: Which consumers order at this ring's partners and nowhere else?
// param: ring_id text - the ring
// param: min_partners integer (partners) = 1 - fewest partners of the ring they order at
// param: max_shops integer (partners) = 20 - leaves out consumers who order at more partners than this
// param: max_customers integer (consumers) = 2000 - leaves out partners of the ring with more customers than this
// param: limit integer (rows) = 500 - most rows
// column: consumer_id - the consumer
// column: partners - partners of the ring they order at
// column: orders - their orders there
// column: amount - their amount, in the main currency
// column: is_member - whether the ring already holds them
// cost: the orders of the ring's partners, at most max_customers each

MATCH (ring:Ring {ring_id: $ring_id})
MATCH (ring)<-[:MEMBER_OF]-(partner:Partner)
WITH ring, partner, COUNT { (partner)<-[:ORDERED_AT]-() } AS customers
WHERE customers <= $max_customers
MATCH (partner)<-[ordered:ORDERED_AT]-(consumer)
WITH ring, consumer, count(*) AS partners, sum(ordered.orders) AS orders, sum(ordered.amount) AS amount
WITH ring, consumer, partners, orders, amount, COUNT { (consumer)-[:ORDERED_AT]->() } AS shops
WHERE shops = partners AND partners >= $min_partners AND shops <= $max_shops
RETURN consumer.consumer_id AS consumer_id, partners, orders, amount,
  EXISTS { (consumer)-[:MEMBER_OF]->(ring) } AS is_member
ORDER BY partners DESC, amount DESC, consumer_id
LIMIT $limit;
