// title: A partner's customers
// question: Who orders at this partner, and where else do they order?
// param: partner_id text - the partner
// param: max_read integer (consumers) = 5000 - reads no more customers than this; of a partner with more, those that the store comes to first
// param: limit integer (rows) = 100 - most rows, the largest of those read
// column: consumer_id - the customer
// column: orders - orders at this partner
// column: amount - their amount, in the main currency
// column: bad_amount - the part that went bad
// column: first_at - the first order, epoch milliseconds UTC
// column: other_partners - other partners this customer orders at
// cost: at most max_read customers of one partner; a count for each customer shown

MATCH (partner:Partner {partner_id: $partner_id})
// a CALL, for Neo4j sorts before a LIMIT that only a WITH keeps apart
CALL (partner) {
  MATCH (partner)<-[ordered:ORDERED_AT]-(consumer)
  RETURN ordered, consumer
  LIMIT $max_read
}
WITH ordered, consumer
ORDER BY ordered.amount DESC, consumer.consumer_id
LIMIT $limit
RETURN consumer.consumer_id AS consumer_id, ordered.orders AS orders, ordered.amount AS amount,
  ordered.bad_amount AS bad_amount, ordered.first_at AS first_at,
  COUNT { (consumer)-[:ORDERED_AT]->() } - 1 AS other_partners;
