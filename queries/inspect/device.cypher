// title: Who is on a device
// question: Which consumers and partners use this device, since when?
// param: device_id text - the device
// param: limit integer (rows) = 200 - most rows
// column: kind - Consumer or Partner
// column: id - its id
// column: link - USED or LOGGED_IN_FROM
// column: times - how often
// column: first_at - epoch milliseconds UTC
// column: last_at - epoch milliseconds UTC
// cost: one device and its users

MATCH (device:Device {device_id: $device_id})
MATCH (device)<-[link:USED|LOGGED_IN_FROM]-(user)
RETURN head(labels(user)) AS kind, coalesce(user.partner_id, user.consumer_id) AS id, type(link) AS link,
  link.times AS times, link.first_at AS first_at, link.last_at AS last_at
ORDER BY first_at, kind, id
LIMIT $limit;
