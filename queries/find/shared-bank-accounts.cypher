// title: Bank accounts shared by partners
// question: Which bank accounts are paid out to by several partners, but not by a crowd?
// param: min_partners integer (partners) = 2 - fewest partners an account is shared by
// param: max_partners integer (partners) = 20 - most of them; above stand book-keepers and payment facilitators
// param: after text = "" - only accounts whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: account_id - the account
// column: partners - how many partners it is shared by
// column: amount - what they were paid there, in the main currency
// column: partner_ids - the partners
// cost: every account once, by the index of its id; a second step only for those shared

MATCH (account:BankAccount)
WHERE account.account_id > $after
WITH account, COUNT { (account)<-[:PAID_OUT_TO]-() } AS partners
WHERE partners >= $min_partners AND partners <= $max_partners
MATCH (account)<-[paid:PAID_OUT_TO]-(partner:Partner)
WITH account, partners, paid, partner
ORDER BY partner.partner_id
WITH account, partners, sum(paid.amount) AS amount, collect(partner.partner_id) AS partner_ids
RETURN account.account_id AS account_id, partners, amount, partner_ids
ORDER BY partners DESC, account_id
LIMIT $limit;
