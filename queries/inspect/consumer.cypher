// title: A consumer at a glance
// question: Where does this consumer order, and with what outcome?
// param: consumer_id text - the consumer
// param: limit integer (rows) = 100 - most rows
// column: partner_id - a partner they order at
// column: orders - orders there
// column: amount - their amount, in the main currency
// column: refunded - refunded orders
// column: disputed - disputed orders
// column: defaulted - defaulted orders
// column: first_at - epoch milliseconds UTC
// column: last_at - epoch milliseconds UTC
// cost: one consumer and its orders

MATCH (consumer:Consumer {consumer_id: $consumer_id})
MATCH (consumer)-[ordered:ORDERED_AT]->(partner:Partner)
RETURN partner.partner_id AS partner_id, ordered.orders AS orders, ordered.amount AS amount,
  ordered.refunded AS refunded, ordered.disputed AS disputed, ordered.defaulted AS defaulted,
  ordered.first_at AS first_at, ordered.last_at AS last_at
ORDER BY amount DESC, partner_id
LIMIT $limit;
