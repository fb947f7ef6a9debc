// paid_out_to: (:Partner)-[:PAID_OUT_TO]->(:BankAccount). Rows come in groups of one source: [source id, [[other id, times, amount, first_at, last_at], …]].

// statement: create
// Both ends are looked up once a batch, and a row names them by their places; one that is gone stops it all.
// Each in a subquery: sorted beside the sources, every target would count as large as all of them together.
CALL {
  UNWIND range(0, size($rows.sources) - 1) AS place
  MATCH (a:Partner {partner_id: $rows.sources[place]})
  WITH a ORDER BY place
  RETURN collect(a) AS sources
}
CALL {
  UNWIND range(0, size($rows.targets) - 1) AS place
  MATCH (b:BankAccount {account_id: $rows.targets[place]})
  WITH b ORDER BY place
  RETURN collect(b) AS targets
}
WITH sources, targets
WHERE size(sources) = size($rows.sources) AND size(targets) = size($rows.targets)
UNWIND $rows.links AS row
WITH row, sources[row[0]] AS a, targets[row[1]] AS b
CREATE (a)-[:PAID_OUT_TO {
  times: row[2],
  amount: row[3],
  first_at: row[4],
  last_at: row[5]
}]->(b)
RETURN count(*) AS created;

// statement: merge
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:BankAccount {account_id: row[0]})
MERGE (a)-[r:PAID_OUT_TO]->(b)
SET r.times = row[1],
    r.amount = row[2],
    r.first_at = row[3],
    r.last_at = row[4];

// statement: remove
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:BankAccount {account_id: row[0]})
MATCH (a)-[r:PAID_OUT_TO]->(b)
DELETE r;

// statement: read
// One record a page: columns packed into lists, alike in their order; the ends by the server's own numbers.
MATCH (a:Partner)-[r:PAID_OUT_TO]->(b:BankAccount)
WHERE a.partner_id >= $from AND a.partner_id < $to
RETURN
  collect(id(a)) AS source,
  collect(id(b)) AS target,
  collect(r.times) AS times,
  collect(r.amount) AS amount,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at;

// statement: read_last
MATCH (a:Partner)-[r:PAID_OUT_TO]->(b:BankAccount)
WHERE a.partner_id >= $from
RETURN
  collect(id(a)) AS source,
  collect(id(b)) AS target,
  collect(r.times) AS times,
  collect(r.amount) AS amount,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at;
