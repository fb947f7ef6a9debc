// title: Money that comes back
// question: Which accounts send money in a circle of three, each step not before the one before?
// param: min_amount number (main currency) = 1000 - least amount of each step
// param: max_targets integer (accounts) = 20 - leaves out accounts that send to more accounts than this
// param: after text = "" - only circles whose first account comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: account_id - the account the circle starts and ends at
// column: second_id - the second account
// column: third_id - the third account
// column: amount - the smallest of the three transfers
// column: first_at - the first transfer, epoch milliseconds UTC
// column: last_at - the last transfer, epoch milliseconds UTC
// cost: every transfer link once, then at most max_targets squared accounts

MATCH (start:BankAccount)-[one:TRANSFERRED_TO]->(second:BankAccount)
WHERE start.account_id > $after AND one.amount >= $min_amount
WITH start, one, second, COUNT { (second)-[:TRANSFERRED_TO]->() } AS targets
WHERE targets >= 1 AND targets <= $max_targets
MATCH (second)-[two:TRANSFERRED_TO]->(third:BankAccount)
WHERE two.amount >= $min_amount AND two.last_at >= one.first_at
  AND third.account_id <> start.account_id
WITH start, one, second, two, third, COUNT { (third)-[:TRANSFERRED_TO]->() } AS targets
WHERE targets >= 1 AND targets <= $max_targets
MATCH (third)-[three:TRANSFERRED_TO]->(start)
WHERE three.amount >= $min_amount AND three.last_at >= two.first_at
WITH start, second, third, one, two, three, [one.amount, two.amount, three.amount] AS amounts
RETURN start.account_id AS account_id, second.account_id AS second_id, third.account_id AS third_id,
  reduce(least = head(amounts), amount IN amounts | CASE WHEN amount < least THEN amount ELSE least END) AS amount,
  one.first_at AS first_at, three.last_at AS last_at
ORDER BY amount DESC, account_id, second_id, third_id
LIMIT $limit;
