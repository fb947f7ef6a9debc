// title: The shortest ties between two partners
// question: How are these two partners tied, through as few steps as there are?
// param: partner_id text - one partner
// param: other_id text - the other
// param: max_links integer (links) = 50 - leaves out what has more links than this between the two
// param: max_customers integer (consumers) = 1000 - does not go by the customers of a partner with more than this
// param: max_near integer (neighbours) = 50 - beyond the first step, goes by no more of each partner's neighbours, the least linked first
// param: limit integer (rows) = 10 - most ways shown
// column: steps - links on the way, at most four
// column: kinds - what stands on the way
// column: ids - their ids
// column: links - the types of the links between them
// cost: the links of the partner with fewer customers, then those of at most max_near neighbours of each

MATCH (partner:Partner {partner_id: $partner_id})
MATCH (other:Partner {partner_id: $other_id})
WHERE other.partner_id <> partner.partner_id
// Step by step from both ends, to meet in the middle: a shortestPath cannot pass by hubs on the embedded server.
// A way is [its nodes, its links' types], from the partner with fewer customers to the other. Customers have a
// CALL of their own, for a condition on a link's type would read them all. Every WITH in a CALL names what it got
// again: the embedded server forgets it otherwise.
WITH partner, other, COUNT { (partner)<-[:ORDERED_AT]-() } AS customers,
  COUNT { (other)<-[:ORDERED_AT]-() } AS other_customers
WITH customers > other_customers AS is_turned,
  CASE WHEN customers > other_customers THEN other ELSE partner END AS small,
  CASE WHEN customers > other_customers THEN partner ELSE other END AS big,
  customers <= $max_customers OR other_customers <= $max_customers AS is_small_open,
  customers <= $max_customers AND other_customers <= $max_customers AS is_big_open
CALL (small, is_small_open) {
  WITH small, is_small_open
  WHERE is_small_open
  MATCH (small)<-[link:ORDERED_AT]-(near)
  RETURN collect([near, type(link)]) AS customers_of_small
}
CALL (small) {
  MATCH (small)-[link:PAID_OUT_TO|LOGGED_IN_FROM]->(near)
  RETURN collect([near, type(link)]) AS identifiers_of_small
}
CALL (small, customers_of_small, identifiers_of_small) {
  UNWIND customers_of_small + identifiers_of_small AS tie
  WITH small, tie[0] AS near, tie[1] AS link
  WITH small, near, link, COUNT { (near)--() } AS degree
  WHERE degree <= $max_links
  WITH small, near, link, degree
  ORDER BY degree, coalesce(near.consumer_id, near.device_id, near.account_id)
  RETURN collect([[small, near], [link]]) AS firsts
}
CALL (big, firsts) {
  UNWIND firsts AS way
  WITH big, way, way[0][1] AS near
  MATCH (near)-[link:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT]-(big)
  RETURN collect([way[0] + [big], way[1] + [type(link)]]) AS twos
}
CALL (big, firsts, twos) {
  UNWIND CASE WHEN size(twos) > 0 THEN [] ELSE firsts[..$max_near] END AS way
  WITH big, way, way[0][1] AS near
  MATCH (near)-[link:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT|USED|PAID_FROM|TRANSFERRED_TO]-(middle)
  WHERE NOT middle IN [big, way[0][0]]
  WITH middle, collect([way[0] + [middle], way[1] + [type(link)]]) AS starts
  WHERE COUNT { MATCH (middle)--(any) RETURN any LIMIT $max_links + 1 } <= $max_links
  RETURN collect([middle, starts]) AS seconds
}
CALL (big, seconds) {
  UNWIND seconds AS one
  WITH big, one[0] AS middle, one[1] AS starts
  MATCH (middle)-[link:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT]-(big)
  UNWIND starts AS way
  RETURN collect([way[0] + [big], way[1] + [type(link)]]) AS threes
}
CALL (big, is_big_open, seconds, threes) {
  WITH big, is_big_open, seconds, threes
  WHERE is_big_open AND size(seconds) > 0 AND size(threes) = 0
  MATCH (big)<-[last:ORDERED_AT]-(near)
  RETURN collect([near, type(last)]) AS customers_of_big
}
CALL (big, seconds, threes) {
  WITH big, seconds, threes
  WHERE size(seconds) > 0 AND size(threes) = 0
  MATCH (big)-[last:PAID_OUT_TO|LOGGED_IN_FROM]->(near)
  RETURN collect([near, type(last)]) AS identifiers_of_big
}
CALL (big, customers_of_big, identifiers_of_big) {
  UNWIND customers_of_big + identifiers_of_big AS tie
  WITH big, tie[0] AS near, tie[1] AS last
  WITH big, near, last, COUNT { (near)--() } AS degree
  WHERE degree <= $max_links
  WITH big, near, last, degree
  ORDER BY degree, coalesce(near.consumer_id, near.device_id, near.account_id)
  LIMIT $max_near
  MATCH (near)-[link:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT|USED|PAID_FROM|TRANSFERRED_TO]-(middle)
  WITH middle, collect([[near, big], [type(link), last]]) AS ends
  RETURN collect([middle, ends]) AS lasts
}
CALL (seconds, lasts) {
  UNWIND [one IN seconds | [one[0], one[1], []]] + [one IN lasts | [one[0], [], one[1]]] AS one
  WITH one[0] AS middle, collect(one[1]) AS starts, collect(one[2]) AS ends
  WHERE size(starts) > 1
  UNWIND starts AS some
  UNWIND some AS start
  UNWIND ends AS others
  UNWIND others AS tail
  RETURN collect([start[0] + tail[0], start[1] + tail[1]]) AS fours
}
UNWIND twos + threes + fours AS way
WITH CASE WHEN is_turned THEN reverse(way[0]) ELSE way[0] END AS stops,
  CASE WHEN is_turned THEN reverse(way[1]) ELSE way[1] END AS links
RETURN size(links) AS steps, [stop IN stops | head(labels(stop))] AS kinds,
  [stop IN stops | coalesce(stop.partner_id, stop.consumer_id, stop.device_id, stop.account_id)] AS ids, links
ORDER BY ids, links
LIMIT $limit;
