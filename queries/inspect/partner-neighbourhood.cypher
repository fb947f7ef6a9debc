// title: A partner's neighbourhood
// question: Which partners share a device or an account with this one, and how?
// param: partner_id text - the partner
// param: max_users integer (partners) = 50 - leaves out identifiers of more partners than this
// param: limit integer (rows) = 200 - most rows
// column: neighbour_id - the other partner
// column: name - its name
// column: verdict - what a person has decided about it, null where nobody has
// column: identifier_kind - device or bank_account
// column: identifier_id - what they share
// column: users - partners that share it
// cost: two steps from one partner, at most max_users partners for each identifier

MATCH (partner:Partner {partner_id: $partner_id})
MATCH (partner)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
WITH partner, identifier, COUNT { (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-() } AS users
WHERE users >= 2 AND users <= $max_users
MATCH (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-(neighbour:Partner)
WHERE neighbour.partner_id <> partner.partner_id
RETURN neighbour.partner_id AS neighbour_id, neighbour.name AS name, neighbour.verdict AS verdict,
  CASE WHEN identifier:Device THEN "device" ELSE "bank_account" END AS identifier_kind,
  coalesce(identifier.device_id, identifier.account_id) AS identifier_id, users
ORDER BY users, neighbour_id, identifier_kind, identifier_id
LIMIT $limit;
