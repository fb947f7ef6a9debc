// ordered_at_changes: what increments, expiry and clearing do to (:Consumer)-[:ORDERED_AT]->(:Partner).

// statement: add
// Rows as in ordered_at, in groups of one source: [source id, [[other id, orders, amount in ten-thousandths, bad_amount in ten-thousandths, first_at, last_at, refunded, disputed, defaulted], …]].
// Whole ten-thousandths are added, so that a sum has the very bits that it has when it is loaded at once.
// Not MERGE: it makes a link first and writes its properties after, which costs the embedded server twice.
UNWIND $rows AS link_group
MATCH (a:Consumer {consumer_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Partner {partner_id: row[0]})
OPTIONAL MATCH (a)-[r:ORDERED_AT]->(b)
FOREACH (none IN CASE WHEN r IS NULL THEN [true] ELSE [] END |
  CREATE (a)-[:ORDERED_AT {
    orders: row[1],
    amount: row[2] / 10000.0,
    bad_amount: row[3] / 10000.0,
    first_at: row[4],
    last_at: row[5],
    refunded: row[6],
    disputed: row[7],
    defaulted: row[8]
  }]->(b)
)
FOREACH (x IN CASE WHEN r IS NULL THEN [] ELSE [r] END |
  SET
    x.orders = x.orders + row[1],
    x.amount = (toInteger(round(x.amount * 10000)) + row[2]) / 10000.0,
    x.bad_amount = (toInteger(round(x.bad_amount * 10000)) + row[3]) / 10000.0,
    x.first_at = CASE WHEN row[4] < x.first_at THEN row[4] ELSE x.first_at END,
    x.last_at = CASE WHEN row[5] > x.last_at THEN row[5] ELSE x.last_at END,
    x.refunded = x.refunded + row[6],
    x.disputed = x.disputed + row[7],
    x.defaulted = x.defaulted + row[8]
)
RETURN count(*) AS found, count(CASE WHEN r IS NULL THEN 1 END) AS added, max(r.amount) AS largest;

// statement: outcomes
// Outcomes of orders that the links hold already: [target id, [[other id, [[placed_at, bad amount in
// ten-thousandths, refunded, disputed, defaulted], …]], …]]. A link that has expired and come again since
// does not hold the orders before its first.
UNWIND $rows AS link_group
MATCH (b:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (a:Consumer {consumer_id: row[0]})
MATCH (a)-[r:ORDERED_AT]->(b)
WITH r, [one IN row[1] WHERE one[0] >= r.first_at] AS held
SET r.bad_amount =
    (toInteger(round(r.bad_amount * 10000)) + reduce(sum = 0, one IN held | sum + one[1])) / 10000.0,
  r.refunded = r.refunded + reduce(sum = 0, one IN held | sum + one[2]),
  r.disputed = r.disputed + reduce(sum = 0, one IN held | sum + one[3]),
  r.defaulted = r.defaulted + reduce(sum = 0, one IN held | sum + one[4]);

// statement: count
MATCH ()-[r:ORDERED_AT]->()
RETURN count(r) AS held;

// statement: page
// How many links ended before $before, and how many began before it and go on.
MATCH (a:Consumer)-[r:ORDERED_AT]->(:Partner)
WHERE a.consumer_id >= $from AND a.consumer_id < $to AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: page_last
MATCH (a:Consumer)-[r:ORDERED_AT]->(:Partner)
WHERE a.consumer_id >= $from AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: expire
MATCH (a:Consumer)-[r:ORDERED_AT]->(:Partner)
WHERE a.consumer_id >= $from AND a.consumer_id < $to AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: expire_last
MATCH (a:Consumer)-[r:ORDERED_AT]->(:Partner)
WHERE a.consumer_id >= $from AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: clear
MATCH (:Consumer)-[r:ORDERED_AT]->(:Partner)
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;
