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
  AND NOT EXISTS {
    MATCH (device)<-[:USED]-(user)
    WHERE COUNT { (user)-[:ORDERED_AT]->() } > $max_partners
  }
CALL (device) {
  MATCH (device)<-[:USED]-(consumer)
  MATCH (consumer)-[ordered:ORDERED_AT]->(partner:Partner)
  RETURN sum(ordered.orders) AS orders, collect(DISTINCT partner.partner_id) AS shops
}
WITH device, consumers, orders, shops
WHERE size(shops) >= 1 AND size(shops) <= $max_partners
ORDER BY consumers DESC, device.device_id
LIMIT $limit
CALL (shops) {
  UNWIND shops AS shop
  WITH shop
  ORDER BY shop
  RETURN collect(shop) AS partner_ids
}
RETURN device.device_id AS device_id, consumers, size(partner_ids) AS partners, orders, partner_ids
ORDER BY consumers DESC, device_id;
