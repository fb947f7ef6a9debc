// title: Who uses a bank account
// question: Which partners are paid out to this account, who pays from it, and which accounts does it deal with?
// param: account_id text - the account
// param: limit integer (rows) = 200 - most rows
// column: direction - in for money that comes, out for money that goes
// column: kind - label of the other side
// column: id - its id
// column: link - the type of the link
// column: times - how often
// column: amount - how much, in the main currency
// column: first_at - epoch milliseconds UTC
// column: last_at - epoch milliseconds UTC
// cost: one account and its links

MATCH (account:BankAccount {account_id: $account_id})
MATCH (account)-[link:PAID_OUT_TO|PAID_FROM|TRANSFERRED_TO]-(other)
RETURN
  CASE
    WHEN type(link) = "PAID_FROM" THEN "out"
    WHEN type(link) = "TRANSFERRED_TO" AND startNode(link) = account THEN "out"
    ELSE "in"
  END AS direction,
  head(labels(other)) AS kind, coalesce(other.partner_id, other.consumer_id, other.account_id) AS id,
  type(link) AS link, link.times AS times, link.amount AS amount, link.first_at AS first_at,
  link.last_at AS last_at
ORDER BY amount DESC, direction, id
LIMIT $limit;
