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
WITH consumer, ordered, partner
ORDER BY partner.partner_id
WITH consumer, sum(ordered.refunded) AS refunded, sum(ordered.orders) AS orders,
  collect(CASE WHEN ordered.refunded > 0 THEN partner.partner_id END) AS partner_ids
WHERE refunded >= $min_refunds AND size(partner_ids) >= $min_partners AND refunded >= $min_share * orders
RETURN consumer.consumer_id AS consumer_id, refunded, orders, size(partner_ids) AS partners, partner_ids
ORDER BY refunded DESC, consumer_id
LIMIT $limit;
