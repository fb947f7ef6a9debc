// title: Who stands next to a ring
// question: Which partners outside this ring share devices or accounts with its members?
// param: ring_id text - the ring
// param: max_users integer (links) = 50 - leaves out identifiers with more users than this
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the partner outside
// column: name - its name
// column: verdict - what a person has decided, null where nobody has
// column: shared - identifiers in common with the ring
// column: identifier_ids - those identifiers
// cost: two steps from each partner of the ring, at most max_users for each identifier

MATCH (ring:Ring {ring_id: $ring_id})
MATCH (ring)<-[:MEMBER_OF]-(:Partner)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
WITH DISTINCT ring, identifier
WITH ring, identifier, COUNT { (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-() } AS users
WHERE users >= 2 AND users <= $max_users
MATCH (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-(partner:Partner)
WITH DISTINCT ring, partner, coalesce(identifier.device_id, identifier.account_id) AS identifier_id
ORDER BY identifier_id
WITH ring, partner, collect(identifier_id) AS identifier_ids
WHERE NOT EXISTS { (partner)-[:MEMBER_OF]->(ring) }
RETURN partner.partner_id AS partner_id, partner.name AS name, partner.verdict AS verdict,
  size(identifier_ids) AS shared, identifier_ids
ORDER BY shared DESC, partner_id
LIMIT $limit;
