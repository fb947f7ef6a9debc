// transferred_to_changes: what increments, expiry and clearing do to (:BankAccount)-[:TRANSFERRED_TO]->(:BankAccount).

// statement: add
// Rows as in transferred_to, in groups of one source: [source id, [[other id, times, amount in ten-thousandths, first_at, last_at], …]].
// Whole ten-thousandths are added, so that a sum has the very bits that it has when it is loaded at once.
// Not MERGE: it makes a link first and writes its properties after, which costs the embedded server twice.
UNWIND $rows AS link_group
MATCH (a:BankAccount {account_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:BankAccount {account_id: row[0]})
OPTIONAL MATCH (a)-[r:TRANSFERRED_TO]->(b)
FOREACH (none IN CASE WHEN r IS NULL THEN [true] ELSE [] END |
  CREATE (a)-[:TRANSFERRED_TO {
    times: row[1],
    amount: row[2] / 10000.0,
    first_at: row[3],
    last_at: row[4]
  }]->(b)
)
FOREACH (x IN CASE WHEN r IS NULL THEN [] ELSE [r] END |
  SET
    x.times = x.times + row[1],
    x.amount = (toInteger(round(x.amount * 10000)) + row[2]) / 10000.0,
    x.first_at = CASE WHEN row[3] < x.first_at THEN row[3] ELSE x.first_at END,
    x.last_at = CASE WHEN row[4] > x.last_at THEN row[4] ELSE x.last_at END
)
RETURN count(*) AS found, count(CASE WHEN r IS NULL THEN 1 END) AS added, max(r.amount) AS largest;

// statement: count
MATCH ()-[r:TRANSFERRED_TO]->()
RETURN count(r) AS held;

// statement: page
// How many links ended before $before, and how many began before it and go on.
MATCH (a:BankAccount)-[r:TRANSFERRED_TO]->(:BankAccount)
WHERE a.account_id >= $from AND a.account_id < $to AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: page_last
MATCH (a:BankAccount)-[r:TRANSFERRED_TO]->(:BankAccount)
WHERE a.account_id >= $from AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: expire
MATCH (a:BankAccount)-[r:TRANSFERRED_TO]->(:BankAccount)
WHERE a.account_id >= $from AND a.account_id < $to AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: expire_last
MATCH (a:BankAccount)-[r:TRANSFERRED_TO]->(:BankAccount)
WHERE a.account_id >= $from AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: clear
MATCH (:BankAccount)-[r:TRANSFERRED_TO]->(:BankAccount)
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;
