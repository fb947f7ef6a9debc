// bank_accounts: the nodes of kind bank account. A row is a map of the node's properties, its key among them.

// statement: create
UNWIND $rows AS row
CREATE (n:BankAccount)
SET n = row;

// statement: merge
UNWIND $rows AS row
MERGE (n:BankAccount {account_id: row.account_id})
SET n = row;

// statement: remove
UNWIND $rows AS id
MATCH (n:BankAccount {account_id: id})
DETACH DELETE n;

// statement: read
// One record a page: the server's own numbers, and a list of values for each column, nulls kept.
MATCH (n:BankAccount)
WHERE n.account_id >= $from AND n.account_id < $to
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: read_last
// The page without an upper bound: no text is the last one in the order of both servers.
MATCH (n:BankAccount)
WHERE n.account_id >= $from
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: clear
MATCH (n:BankAccount)
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(*) AS removed;
