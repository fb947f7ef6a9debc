// title: Devices of many consumers
// question: Which devices serve many consumers, who order at few partners?
// param: min_consumers integer (consumers) = 4 - fewest consumers on a device
// param: max_consumers integer (consumers) = 200 - most of them; above stand shops' own tablets and offices
// param: max_partners integer (partners) = 5 - most partners those consumers order at
// param: after text = "" - only devices whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: device_id - the device
// column: consumers - consumers on it
// column: partners - partners they order at
// column: orders - their orders there
// column: partner_ids - those partners
// cost: every device once, by the index of its id; a second step only for those shared

MATCH (device:Device)
WHERE device.device_id > $after
WITH device, COUNT { (device)<-[:USED]-() } AS consumers
WHERE consumers >= $min_consumers AND consumers <= $max_consumers
MATCH (device)<-[:USED]-(consumer:Consumer)
MATCH (consumer)-[ordered:ORDERED_AT]->(partner:Partner)
WITH device, consumers, partner, sum(ordered.orders) AS orders_at
ORDER BY partner.partner_id
WITH device, consumers, sum(orders_at) AS orders, collect(partner.partner_id) AS partner_ids
WHERE size(partner_ids) <= $max_partners
RETURN device.device_id AS device_id, consumers, size(partner_ids) AS partners, orders, partner_ids
ORDER BY consumers DESC, device_id
LIMIT $limit;
