// logged_in_from: (:Partner)-[:LOGGED_IN_FROM]->(:Device). Rows come in groups of one source: [source id, [[other id, times, first_at, last_at], …]].

// statement: create
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Device {device_id: row[0]})
CREATE (a)-[:LOGGED_IN_FROM {
  times: row[1],
  first_at: row[2],
  last_at: row[3]
}]->(b);

// statement: merge
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Device {device_id: row[0]})
MERGE (a)-[r:LOGGED_IN_FROM]->(b)
SET r.times = row[1],
    r.first_at = row[2],
    r.last_at = row[3];

// statement: remove
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Device {device_id: row[0]})
MATCH (a)-[r:LOGGED_IN_FROM]->(b)
DELETE r;

// statement: read
// One record a page: columns packed into lists, alike in their order.
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(b:Device)
WHERE a.partner_id >= $from AND a.partner_id < $to
RETURN
  collect(a.partner_id) AS source,
  collect(b.device_id) AS target,
  collect(r.times) AS times,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at;

// statement: read_last
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(b:Device)
WHERE a.partner_id >= $from
RETURN
  collect(a.partner_id) AS source,
  collect(b.device_id) AS target,
  collect(r.times) AS times,
  collect(r.first_at) AS first_at,
  collect(r.last_at) AS last_at;
