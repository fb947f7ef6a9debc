// title: Payouts that move on
// question: Which payouts go on through two more accounts, in the order of time?
// param: min_amount number (main currency) = 1000 - least amount of each step
// param: max_targets integer (accounts) = 20 - leaves out accounts that send to more accounts than this
// param: after text = "" - only partners whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: partner_id - who was paid
// column: payout_account_id - where to
// column: middle_account_id - where it went on to
// column: last_account_id - where it ended
// column: paid_out - the payouts' amount
// column: moved_on - the smaller of the two transfers
// cost: every payout link once, by the index of the partner's id, then at most max_targets squared accounts

MATCH (partner:Partner)-[paid:PAID_OUT_TO]->(payout:BankAccount)
WHERE partner.partner_id > $after AND paid.amount >= $min_amount
WITH partner, paid, payout, COUNT { (payout)-[:TRANSFERRED_TO]->() } AS targets
WHERE targets >= 1 AND targets <= $max_targets
MATCH (payout)-[first:TRANSFERRED_TO]->(middle:BankAccount)
WHERE first.amount >= $min_amount AND first.last_at >= paid.first_at
WITH partner, paid, payout, first, middle, COUNT { (middle)-[:TRANSFERRED_TO]->() } AS targets
WHERE targets >= 1 AND targets <= $max_targets
MATCH (middle)-[second:TRANSFERRED_TO]->(last:BankAccount)
WHERE second.amount >= $min_amount AND second.last_at >= first.first_at
  AND last.account_id <> payout.account_id AND last.account_id <> middle.account_id
RETURN partner.partner_id AS partner_id, payout.account_id AS payout_account_id,
  middle.account_id AS middle_account_id, last.account_id AS last_account_id, paid.amount AS paid_out,
  CASE WHEN first.amount < second.amount THEN first.amount ELSE second.amount END AS moved_on
ORDER BY moved_on DESC, partner_id, payout_account_id, middle_account_id, last_account_id
LIMIT $limit;
