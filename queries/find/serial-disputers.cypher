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
MATCH (consumer)-[ordered:ORDERED_AT]->()
WHERE ordered.disputed + ordered.defaulted > 0
WITH consumer, sum(ordered.disputed) AS disputed, sum(ordered.defaulted) AS defaulted, count(*) AS partners
WHERE partners >= $min_partners
WITH consumer, partners, disputed, defaulted
ORDER BY partners DESC, disputed + defaulted DESC, consumer.consumer_id
LIMIT $limit
CALL (consumer) {
  MATCH (consumer)-[every:ORDERED_AT]->()
  RETURN sum(every.orders) AS orders
}
RETURN consumer.consumer_id AS consumer_id, partners, disputed, defaulted, orders
ORDER BY partners DESC, disputed + defaulted DESC, consumer_id;
