// title: Where an account's money goes
// question: Through which accounts does money move on from this one, in the order of time?
// param: account_id text - the account
// param: min_amount number (main currency) = 0 - least amount of each step
// param: max_targets integer (accounts) = 50 - leaves out accounts that send to more accounts than this
// param: limit integer (rows) = 200 - most rows
// column: next_id - the account it goes to
// column: next_amount - how much
// column: last_id - the account after that, null where it stays
// column: last_amount - how much goes on
// cost: two steps from one account, at most max_targets for each

MATCH (account:BankAccount {account_id: $account_id})
MATCH (account)-[first:TRANSFERRED_TO]->(next:BankAccount)
WHERE first.amount >= $min_amount
WITH account, first, next
ORDER BY first.amount DESC, next.account_id
LIMIT $max_targets
OPTIONAL MATCH (next)-[second:TRANSFERRED_TO]->(last:BankAccount)
WHERE second.amount >= $min_amount AND second.last_at >= first.first_at
  AND COUNT { (next)-[:TRANSFERRED_TO]->() } <= $max_targets
RETURN next.account_id AS next_id, first.amount AS next_amount, last.account_id AS last_id,
  second.amount AS last_amount
ORDER BY next_amount DESC, next_id, last_amount DESC, last_id
LIMIT $limit;
