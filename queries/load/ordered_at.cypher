// ordered_at: (:Consumer)-[:ORDERED_AT]->(:Partner). Rows come in groups of one source: [source id, [[other id, orders, amount, bad_amount, first_at, last_at, refunded, disputed, defaulted], …]].

// statement: create
// Both ends are looked up once a batch, and a row names them by their places; one that is gone stops it all.
// Each in a subquery: sorted beside the sources, every target would count as large as all of them together.
CALL {
  UNWIND range(0, size($rows.sources) - 1) AS place
  MATCH (a:Consumer {consumer_id: $rows.sources[place]})
  WITH a ORDER BY place
  RETURN collect(a) AS sources
}
CALL {
  UNWIND range(0, size($rows.targets) - 1) AS place
  MATCH (b:Partner {partner_id: $rows.targets[place]})
  WITH b ORDER BY place
  RETURN collect(b) AS targets
}
WITH sources, targets
WHERE size(sources) = size($rows.sources) AND size(targets) = size($rows.targets)
UNWIND $rows.links AS row
WITH row, sources[row[0]] AS a, targets[row[1]] AS b
CREATE (a)-[:ORDERED_AT {
  orders: row[2],
  amount: row[3],
  bad_amount: row[4],
  first_at: row[5],
  last_at: row[6],
  refunded: row[7],
  disputed: row[8],
  defaulted: row[9]
}]->(b)
RETURN count(*) AS created;

// statement: merge
UNWIND $rows AS link_group
MATCH (a:Consumer {consumer_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Partner {partner_id: row[0]})
MERGE (a)-[r:ORDERED_AT]->(b)
SET r.orders = row[1],
    r.amount = row[2],
    r.bad_amount = row[3],
    r.first_at = row[4],
    r.last_at = row[5],
    r.refunded = row[6],
    r.disputed = row[7],
    r.defaulted = row[8];

// statement: remove
UNWIND $rows AS link_group
MATCH (a:Consumer {consumer_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Partner {partner_id: row[0]})
MATCH (a)-[r:ORDERED_AT]->(b)
DELETE r;

// statement: read
// One record a page: columns packed into lists, alike in their order; the ends by the server's own numbers.
MATCH (a:Consumer)-[r:ORDERED_AT]->(b:Partner)
WHERE a.consumer_id >= $from AND a.consumer_id < $to
RETURN
  collect(id(a)) AS source,
  collect(id(b)) AS target,
  collect(r.orders) AS orders,
  collect(r.amount) AS amount,
  collect(r.bad_amount) AS bad_amount,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at,
  collect(r.refunded) AS refunded,
  collect(r.disputed) AS disputed,
  collect(r.defaulted) AS defaulted;

// statement: read_last
MATCH (a:Consumer)-[r:ORDERED_AT]->(b:Partner)
WHERE a.consumer_id >= $from
RETURN
  collect(id(a)) AS source,
  collect(id(b)) AS target,
  collect(r.orders) AS orders,
  collect(r.amount) AS amount,
  collect(r.bad_amount) AS bad_amount,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at,
  collect(r.refunded) AS refunded,
  collect(r.disputed) AS disputed,
  collect(r.defaulted) AS defaulted;
