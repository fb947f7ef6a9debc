// title: Partners that came back under another name
// question: Which partners closed, and a new one opened soon after with the same account or device?
// param: within_days number (days) = 60 - most days between the closing and the opening
// param: max_partners integer (partners) = 20 - leaves out identifiers of more partners than this
// param: limit integer (rows) = 100 - most rows
// column: closed_id - the partner that closed
// column: closed_name - its name
// column: successor_id - the one that opened
// column: successor_name - its name
// column: gap_days - days from closing to opening
// column: shared - identifiers in common
// cost: every closed partner, by its index, and at most max_partners of each of its identifiers

MATCH (closed:Partner)
WHERE closed.closed_at > 0
MATCH (closed)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
WITH closed, identifier, COUNT { (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-() } AS partners
WHERE partners >= 2 AND partners <= $max_partners
MATCH (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-(successor:Partner)
WHERE successor.onboarded_at >= closed.closed_at
  AND successor.onboarded_at <= closed.closed_at + $within_days * 86400000
WITH closed, successor, count(DISTINCT identifier) AS shared
RETURN closed.partner_id AS closed_id, closed.name AS closed_name, successor.partner_id AS successor_id,
  successor.name AS successor_name, (successor.onboarded_at - closed.closed_at) / 86400000.0 AS gap_days, shared
ORDER BY shared DESC, gap_days, closed_id, successor_id
LIMIT $limit;
