// title: Accounts that collect from many
// question: Which accounts are paid by many partners, directly or one transfer on?
// param: min_partners integer (partners) = 3 - fewest partners whose money arrives
// param: max_senders integer (accounts) = 50 - leaves out accounts that more accounts send to
// param: after text = "" - only accounts whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: account_id - the account
// column: partners - partners whose payouts arrive
// column: direct - of them paid out to it directly
// column: partner_ids - the partners
// cost: every account once, and the payouts one transfer before it

MATCH (account:BankAccount)
WHERE account.account_id > $after
WITH account, COUNT { (account)<-[:TRANSFERRED_TO]-() } AS senders
WHERE senders <= $max_senders
OPTIONAL MATCH (account)<-[:TRANSFERRED_TO]-(:BankAccount)<-[:PAID_OUT_TO]-(indirect:Partner)
WITH account, collect(DISTINCT indirect.partner_id) AS indirect_ids
OPTIONAL MATCH (account)<-[:PAID_OUT_TO]-(partner:Partner)
WITH account, indirect_ids, collect(DISTINCT partner.partner_id) AS direct_ids
WHERE size(indirect_ids) + size(direct_ids) >= $min_partners
UNWIND indirect_ids + direct_ids AS partner_id
WITH account, direct_ids, partner_id
ORDER BY partner_id
WITH account, size(direct_ids) AS direct, collect(DISTINCT partner_id) AS partner_ids
WHERE size(partner_ids) >= $min_partners
RETURN account.account_id AS account_id, size(partner_ids) AS partners, direct, partner_ids
ORDER BY partners DESC, account_id
LIMIT $limit;
