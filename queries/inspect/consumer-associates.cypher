// title: Who a consumer shares with
// question: Which consumers use the same device or pay from the same account as this one?
// param: consumer_id text - the consumer
// param: max_users integer (consumers) = 50 - leaves out devices and accounts with more users than this
// param: limit integer (rows) = 200 - most rows
// column: associate_id - the other consumer
// column: shared - devices and accounts in common
// column: identifier_ids - those devices and accounts
// column: partners - partners where both order
// cost: two steps from one consumer, at most max_users for each identifier

MATCH (consumer:Consumer {consumer_id: $consumer_id})
OPTIONAL MATCH (consumer)-[:ORDERED_AT]->(partner:Partner)
WITH consumer, collect(partner.partner_id) AS partner_ids
MATCH (consumer)-[:USED|PAID_FROM]->(identifier)
WITH consumer, partner_ids, identifier, COUNT { (identifier)<-[:USED|PAID_FROM]-() } AS users
WHERE users >= 2 AND users <= $max_users
MATCH (identifier)<-[:USED|PAID_FROM]-(associate:Consumer)
WHERE associate.consumer_id <> consumer.consumer_id
WITH DISTINCT partner_ids, associate, coalesce(identifier.device_id, identifier.account_id) AS identifier_id
ORDER BY identifier_id
WITH partner_ids, associate, collect(identifier_id) AS identifier_ids
RETURN associate.consumer_id AS associate_id, size(identifier_ids) AS shared, identifier_ids,
  COUNT { (associate)-[:ORDERED_AT]->(shop:Partner) WHERE shop.partner_id IN partner_ids } AS partners
ORDER BY shared DESC, associate_id
LIMIT $limit;
