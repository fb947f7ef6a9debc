// paid_from_changes: what increments, expiry and clearing do to (:Consumer)-[:PAID_FROM]->(:BankAccount).

// statement: add
// Rows as in paid_from, in groups of one source: [source id, [[other id, times, amount in ten-thousandths, first_at, last_at], …]].
// Whole ten-thousandths are added, so that a sum has the very bits that it has when it is loaded at once.
// Not MERGE: it makes a link first and writes its properties after, which costs the embedded server twice.
UNWIND $rows AS link_group
MATCH (a:Consumer {consumer_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:BankAccount {account_id: row[0]})
OPTIONAL MATCH (a)-[r:PAID_FROM]->(b)
FOREACH (none IN CASE WHEN r IS NULL THEN [true] ELSE [] END |
  CREATE (a)-[:PAID_FROM {
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
MATCH ()-[r:PAID_FROM]->()
RETURN count(r) AS held;

// statement: page
// How many links ended before $before, and how many began before it and go on.
MATCH (a:Consumer)-[r:PAID_FROM]->(:BankAccount)
WHERE a.consumer_id >= $from AND a.consumer_id < $to AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: page_last
MATCH (a:Consumer)-[r:PAID_FROM]->(:BankAccount)
WHERE a.consumer_id >= $from AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: expire
MATCH (a:Consumer)-[r:PAID_FROM]->(:BankAccount)
WHERE a.consumer_id >= $from AND a.consumer_id < $to AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: expire_last
MATCH (a:Consumer)-[r:PAID_FROM]->(:BankAccount)
WHERE a.consumer_id >= $from AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: clear
MATCH (:Consumer)-[r:PAID_FROM]->(:BankAccount)
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;
