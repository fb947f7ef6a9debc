// title: Accounts that pay for many consumers
// question: From which accounts do several consumers pay for their orders?
// param: min_consumers integer (consumers) = 3 - fewest consumers an account pays for
// param: max_consumers integer (consumers) = 200 - most of them
// param: after text = "" - only accounts whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: account_id - the account
// column: consumers - how many consumers it pays for
// column: amount - what they paid, in the main currency
// column: consumer_ids - the consumers
// cost: every account once, by the index of its id; a second step only for those shared

MATCH (account:BankAccount)
WHERE account.account_id > $after
WITH account, COUNT { (account)<-[:PAID_FROM]-() } AS consumers
WHERE consumers >= $min_consumers AND consumers <= $max_consumers
MATCH (account)<-[paid:PAID_FROM]-(consumer:Consumer)
WITH account, consumers, paid, consumer
ORDER BY consumer.consumer_id
WITH account, consumers, sum(paid.amount) AS amount, collect(consumer.consumer_id) AS consumer_ids
RETURN account.account_id AS account_id, consumers, amount, consumer_ids
ORDER BY consumers DESC, account_id
LIMIT $limit;
