// title: A ring's money by partner
// question: How much did each partner of this ring take, how much went bad, and where was it paid out?
// param: ring_id text - the ring
// param: max_accounts integer (accounts) = 100 - leaves out partners paid out to more accounts than this
// column: partner_id - the partner
// column: orders - its orders
// column: amount - their amount, in the main currency
// column: bad_amount - the part that went bad
// column: paid_out - what it was paid out
// column: account_ids - where to
// cost: the orders and payouts of the ring's partners

MATCH (ring:Ring {ring_id: $ring_id})
MATCH (ring)<-[:MEMBER_OF]-(partner:Partner)
WITH partner, COUNT { (partner)-[:PAID_OUT_TO]->() } AS accounts
WHERE accounts <= $max_accounts
OPTIONAL MATCH (partner)<-[ordered:ORDERED_AT]-()
WITH partner, sum(ordered.orders) AS orders, sum(ordered.amount) AS amount, sum(ordered.bad_amount) AS bad_amount
OPTIONAL MATCH (partner)-[paid:PAID_OUT_TO]->(account:BankAccount)
WITH partner, orders, amount, bad_amount, paid, account
ORDER BY account.account_id
RETURN partner.partner_id AS partner_id, orders, amount, bad_amount, sum(paid.amount) AS paid_out,
  collect(account.account_id) AS account_ids
ORDER BY bad_amount DESC, partner_id;
