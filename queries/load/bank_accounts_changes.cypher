// bank_accounts_changes: what increments and expiry need of the nodes of kind bank account.

// statement: lookup
// One record: a list of values for each column asked for, nulls kept, of those that are there.
UNWIND $keys AS key
MATCH (n:BankAccount {account_id: key})
WITH collect(n) AS nodes
RETURN [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: count
MATCH (n:BankAccount)
RETURN count(n) AS held;

// statement: filled
// Whether any node has the property: no row where none has.
MATCH (n:BankAccount)
WHERE n[$column] IS NOT NULL
RETURN 1 AS found
LIMIT 1;

// statement: page
MATCH (n:BankAccount)
WHERE n.account_id >= $from AND n.account_id < $to
RETURN count(n) AS held;

// statement: page_last
MATCH (n:BankAccount)
WHERE n.account_id >= $from
RETURN count(n) AS held;

// statement: expire
// Those that nothing holds: no link, no ring, no verdict, and no moment of their own from $before on.
MATCH (n:BankAccount)
WHERE n.account_id >= $from AND n.account_id < $to
  AND n.verdict IS NULL
  AND (n.opened_at IS NULL OR n.opened_at < $before)
  AND NOT EXISTS { (n)--() }
WITH n LIMIT $limit
DELETE n
RETURN count(*) AS removed;

// statement: expire_last
MATCH (n:BankAccount)
WHERE n.account_id >= $from
  AND n.verdict IS NULL
  AND (n.opened_at IS NULL OR n.opened_at < $before)
  AND NOT EXISTS { (n)--() }
WITH n LIMIT $limit
DELETE n
RETURN count(*) AS removed;
