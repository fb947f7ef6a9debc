// title: Consumers who dispute everywhere
// question: Which consumers have disputed or defaulted orders at several partners?
// param: min_partners integer (partners) = 2 - fewest partners with such orders
// param: max_shops integer (partners) = 100 - leaves out consumers who order at more partners than this
// param: after text = "" - only consumers whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: consumer_id - the consumer
// column: partners - partners with disputed or defaulted orders
// column: disputed - disputed orders
// column: defaulted - defaulted orders
// column: orders - all orders
// cost: every order link once, by the index of the consumer's id

MATCH (consumer:Consumer)
WHERE consumer.consumer_id > $after
WITH consumer, COUNT { (consumer)-[:ORDERED_AT]->() } AS shops
WHERE shops >= $min_partners AND shops <= $max_shops
MATCH (consumer)-[ordered:ORDERED_AT]->(:Partner)
WITH consumer, sum(ordered.disputed) AS disputed, sum(ordered.defaulted) AS defaulted,
  sum(ordered.orders) AS orders,
  sum(CASE WHEN ordered.disputed + ordered.defaulted > 0 THEN 1 ELSE 0 END) AS partners
WHERE partners >= $min_partners
RETURN consumer.consumer_id AS consumer_id, partners, disputed, defaulted, orders
ORDER BY partners DESC, disputed + defaulted DESC, consumer_id
LIMIT $limit;
