// title: Consumers who order to be refunded
// question: Which consumers have most of their orders refunded, at several partners?
// param: min_refunds integer (orders) = 4 - fewest refunded orders
// param: min_partners integer (partners) = 2 - fewest partners that refunded
// param: min_share number (share) = 0.5 - least share of the orders that were refunded
// param: max_shops integer (partners) = 100 - leaves out consumers who order at more partners than this
// param: after text = "" - only consumers whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: consumer_id - the consumer
// column: refunded - refunded orders
// column: orders - all orders
// column: partners - partners that refunded
// column: partner_ids - those partners
// cost: every order link once, by the index of the consumer's id

MATCH (consumer:Consumer)
WHERE consumer.consumer_id > $after
WITH consumer, COUNT { (consumer)-[:ORDERED_AT]->() } AS shops
WHERE shops >= $min_partners AND shops <= $max_shops
MATCH (consumer)-[ordered:ORDERED_AT]->(partner:Partner)
WHERE ordered.refunded > 0
WITH consumer, sum(ordered.refunded) AS refunded, collect(partner.partner_id) AS refunders
WHERE refunded >= $min_refunds AND size(refunders) >= $min_partners
CALL (consumer) {
  MATCH (consumer)-[every:ORDERED_AT]->()
  RETURN sum(every.orders) AS orders
}
WITH consumer, refunded, orders, refunders
WHERE refunded >= $min_share * orders
ORDER BY refunded DESC, consumer.consumer_id
LIMIT $limit
CALL (refunders) {
  UNWIND refunders AS refunder
  WITH refunder
  ORDER BY refunder
  RETURN collect(refunder) AS partner_ids
}
RETURN consumer.consumer_id AS consumer_id, refunded, orders, size(partner_ids) AS partners, partner_ids
ORDER BY refunded DESC, consumer_id;
