// title: Undecided partners nearest to known fraud
// question: Which partners without a verdict share most identifiers with partners known to be fraudulent?
// param: min_shared integer (identifiers) = 1 - fewest identifiers in common
// param: max_partners integer (partners) = 20 - leaves out identifiers of more partners than this
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the undecided partner
// column: name - its name
// column: shared - identifiers in common with known fraud
// column: known - partners known to be fraudulent that it shares with
// column: known_ids - those partners
// cost: every partner with the verdict fraud, by its index, and at most max_partners of each of its identifiers

MATCH (known:Partner)
WHERE known.verdict = "fraud"
MATCH (known)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
WITH known, identifier, COUNT { (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-() } AS partners
WHERE partners >= 2 AND partners <= $max_partners
MATCH (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-(partner:Partner)
WHERE partner.verdict IS NULL
WITH partner, identifier, known
ORDER BY known.partner_id
WITH partner, count(DISTINCT identifier) AS shared, collect(DISTINCT known.partner_id) AS known_ids
WHERE shared >= $min_shared
RETURN partner.partner_id AS partner_id, partner.name AS name, shared, size(known_ids) AS known, known_ids
ORDER BY shared DESC, known DESC, partner_id
LIMIT $limit;
