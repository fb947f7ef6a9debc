// title: Devices with many new accounts in a short time
// question: On which devices did many consumers turn up for the first time within a few days?
// param: min_consumers integer (consumers) = 4 - fewest consumers in one window
// param: window_days number (days) = 3 - length of the window
// param: max_consumers integer (consumers) = 200 - leaves out devices with more users than this
// param: after text = "" - only devices whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: device_id - the device
// column: consumers - most consumers first seen on it within one window
// column: window_start - when that window began, epoch milliseconds UTC
// column: users - all consumers on the device
// cost: every device once; a device with min_consumers or more, its users squared

MATCH (device:Device)
WHERE device.device_id > $after
WITH device, COUNT { (device)<-[:USED]-() } AS users
WHERE users >= $min_consumers AND users <= $max_consumers
CALL (device) {
  MATCH (device)<-[used:USED]-()
  WITH collect(used.first_at) AS moments
  UNWIND moments AS start
  WITH start,
    size([moment IN moments WHERE moment >= start AND moment <= start + $window_days * 86400000]) AS consumers
  ORDER BY consumers DESC, start
  LIMIT 1
  RETURN consumers, start
}
WITH device, users, consumers, start
WHERE consumers >= $min_consumers
RETURN device.device_id AS device_id, consumers, start AS window_start, users
ORDER BY consumers DESC, device_id
LIMIT $limit;
