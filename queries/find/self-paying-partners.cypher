// title: Partners paid from their own payout account
// question: At which partners do customers pay from the very account the partner is paid out to?
// param: max_users integer (links) = 50 - leaves out accounts with more users than this
// param: after text = "" - only partners whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the partner
// column: account_id - the account at both ends
// column: consumer_id - the customer who pays from it
// column: orders - that customer's orders at the partner
// column: amount - their amount, in the main currency
// cost: every payout link once, by the index of the partner's id

MATCH (partner:Partner)-[:PAID_OUT_TO]->(account:BankAccount)
WHERE partner.partner_id > $after
WITH partner, account, COUNT { (account)<-[:PAID_FROM|PAID_OUT_TO]-() } AS users
WHERE users <= $max_users
MATCH (account)<-[:PAID_FROM]-(consumer:Consumer)
MATCH (consumer)-[ordered:ORDERED_AT]->(partner)
RETURN partner.partner_id AS partner_id, account.account_id AS account_id,
  consumer.consumer_id AS consumer_id, ordered.orders AS orders, ordered.amount AS amount
ORDER BY amount DESC, partner_id, account_id, consumer_id
LIMIT $limit;
