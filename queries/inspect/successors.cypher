// title: Successors of a closed partner
// question: Which partners opened after this one closed, with an account, device or customers of it?
// param: partner_id text - the closed partner
// param: within_days number (days) = 180 - most days between the closing and the opening
// param: max_partners integer (partners) = 20 - leaves out what more partners than this have in common
// param: max_customers integer (consumers) = 2000 - does not go by the customers of a partner with more than this
// param: limit integer (rows) = 50 - most rows
// column: successor_id - the partner that opened
// column: name - its name
// column: gap_days - days from closing to opening
// column: identifiers - devices and accounts in common
// column: customers - customers in common
// cost: two steps from one partner, at most max_customers and its devices and accounts, max_partners for each

MATCH (closed:Partner {partner_id: $partner_id})
WITH closed, COUNT { (closed)<-[:ORDERED_AT]-() } <= $max_customers AS is_open
// customers in a CALL of their own: a condition on a link's type would read them all
CALL (closed, is_open) {
  WITH closed, is_open
  WHERE is_open
  MATCH (closed)<-[:ORDERED_AT]-(customer)
  RETURN collect(customer) AS customers_of_it
}
CALL (closed) {
  MATCH (closed)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
  RETURN collect(identifier) AS identifiers_of_it
}
UNWIND customers_of_it + identifiers_of_it AS shared
WITH closed, shared, COUNT { (shared)-[:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT]-() } AS partners
WHERE partners >= 2 AND partners <= $max_partners
MATCH (shared)-[:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT]-(successor:Partner)
WHERE successor.onboarded_at >= closed.closed_at
  AND successor.onboarded_at <= closed.closed_at + $within_days * 86400000
WITH closed, successor, collect(DISTINCT shared) AS all_shared
WITH closed, successor, all_shared, size([one IN all_shared WHERE one.consumer_id IS NOT NULL]) AS customers
RETURN successor.partner_id AS successor_id, successor.name AS name,
  (successor.onboarded_at - closed.closed_at) / 86400000.0 AS gap_days,
  size(all_shared) - customers AS identifiers, customers
ORDER BY identifiers DESC, customers DESC, gap_days, successor_id
LIMIT $limit;
