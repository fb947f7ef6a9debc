// title: Devices shared by partners
// question: From which devices do several partners log in, but not a crowd?
// param: min_partners integer (partners) = 2 - fewest partners a device is shared by
// param: max_partners integer (partners) = 20 - most of them; above stand agencies and payment facilitators
// param: after text = "" - only devices whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: device_id - the device
// column: partners - how many partners log in from it
// column: logins - how often they did
// column: partner_ids - the partners
// cost: every device once, by the index of its id; a second step only for those shared

MATCH (device:Device)
WHERE device.device_id > $after
WITH device, COUNT { (device)<-[:LOGGED_IN_FROM]-() } AS partners
WHERE partners >= $min_partners AND partners <= $max_partners
MATCH (device)<-[login:LOGGED_IN_FROM]-(partner:Partner)
WITH device, partners, login, partner
ORDER BY partner.partner_id
WITH device, partners, sum(login.times) AS logins, collect(partner.partner_id) AS partner_ids
RETURN device.device_id AS device_id, partners, logins, partner_ids
ORDER BY partners DESC, device_id
LIMIT $limit;
