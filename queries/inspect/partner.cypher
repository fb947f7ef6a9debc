// title: A partner at a glance
// question: What is known of this partner, in numbers?
// param: partner_id text - the partner
// column: partner_id - the partner
// column: name - its name
// column: verdict - what a person has decided, null where nobody has
// column: onboarded_at - epoch milliseconds UTC
// column: closed_at - epoch milliseconds UTC, null where it is open
// column: customers - consumers who ordered
// column: orders - their orders
// column: amount - their amount, in the main currency
// column: bad_amount - the part that was refunded, disputed or defaulted
// column: devices - devices it logged in from
// column: accounts - accounts it was paid out to
// column: ring_ids - rings it is a member of
// cost: one partner and its orders

MATCH (partner:Partner {partner_id: $partner_id})
OPTIONAL MATCH (partner)<-[ordered:ORDERED_AT]-()
WITH partner, count(ordered) AS customers, sum(ordered.orders) AS orders, sum(ordered.amount) AS amount,
  sum(ordered.bad_amount) AS bad_amount
OPTIONAL MATCH (partner)-[:MEMBER_OF]->(ring:Ring)
WITH partner, customers, orders, amount, bad_amount, ring
ORDER BY ring.rank
WITH partner, customers, orders, amount, bad_amount, collect(ring.ring_id) AS ring_ids
RETURN partner.partner_id AS partner_id, partner.name AS name, partner.verdict AS verdict,
  partner.onboarded_at AS onboarded_at, partner.closed_at AS closed_at, customers, orders, amount, bad_amount,
  COUNT { (partner)-[:LOGGED_IN_FROM]->() } AS devices,
  COUNT { (partner)-[:PAID_OUT_TO]->() } AS accounts, ring_ids;
