// title: Tills that shop at their own counter
// question: Which partners log in from a device that their own customers order from?
// param: max_users integer (consumers and partners) = 50 - leaves out devices with more users than this
// param: after text = "" - only partners whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the partner
// column: device_id - the device
// column: customers - its customers who use that device
// column: orders - their orders at the partner
// column: consumer_ids - those customers
// cost: every login link once, by the index of the partner's id

MATCH (partner:Partner)-[:LOGGED_IN_FROM]->(device:Device)
WHERE partner.partner_id > $after
WITH partner, device, COUNT { (device)<-[:USED|LOGGED_IN_FROM]-() } AS users
WHERE users <= $max_users
MATCH (device)<-[:USED]-(consumer:Consumer)
MATCH (consumer)-[ordered:ORDERED_AT]->(partner)
WITH partner, device, consumer, ordered
ORDER BY consumer.consumer_id
WITH partner, device, count(*) AS customers, sum(ordered.orders) AS orders,
  collect(consumer.consumer_id) AS consumer_ids
RETURN partner.partner_id AS partner_id, device.device_id AS device_id, customers, orders, consumer_ids
ORDER BY customers DESC, partner_id, device_id
LIMIT $limit;
