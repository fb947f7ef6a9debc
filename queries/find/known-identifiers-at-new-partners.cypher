// title: Identifiers of known fraudsters at new partners
// question: At which new partners does a device or account of a known fraudulent partner appear?
// param: onboarded_after moment (UTC) = 0 - what counts as new
// param: max_partners integer (partners) = 20 - leaves out identifiers of more partners than this
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the new partner
// column: identifier_kind - device or bank_account
// column: identifier_id - what they share
// column: known_id - the partner known to be fraudulent
// column: onboarded_at - when the new one began, epoch milliseconds UTC
// cost: every partner with the verdict fraud, by its index, and at most max_partners of each of its identifiers

MATCH (known:Partner)
WHERE known.verdict = "fraud"
MATCH (known)-[:PAID_OUT_TO|LOGGED_IN_FROM]->(identifier)
WITH known, identifier, COUNT { (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-() } AS partners
WHERE partners >= 2 AND partners <= $max_partners
MATCH (identifier)<-[:PAID_OUT_TO|LOGGED_IN_FROM]-(partner:Partner)
WHERE partner.onboarded_at > $onboarded_after AND partner.verdict IS NULL
RETURN partner.partner_id AS partner_id,
  CASE WHEN identifier:Device THEN "device" ELSE "bank_account" END AS identifier_kind,
  coalesce(identifier.device_id, identifier.account_id) AS identifier_id,
  known.partner_id AS known_id, partner.onboarded_at AS onboarded_at
ORDER BY onboarded_at DESC, partner_id, identifier_kind, identifier_id, known_id
LIMIT $limit;
