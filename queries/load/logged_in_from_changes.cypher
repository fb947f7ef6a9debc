// logged_in_from_changes: what increments, expiry and clearing do to (:Partner)-[:LOGGED_IN_FROM]->(:Device).

// statement: add
// Rows as in logged_in_from, in groups of one source: [source id, [[other id, times, first_at, last_at], …]].
// Not MERGE: it makes a link first and writes its properties after, which costs the embedded server twice.
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Device {device_id: row[0]})
OPTIONAL MATCH (a)-[r:LOGGED_IN_FROM]->(b)
FOREACH (none IN CASE WHEN r IS NULL THEN [true] ELSE [] END |
  CREATE (a)-[:LOGGED_IN_FROM {
    times: row[1],
    first_at: row[2],
    last_at: row[3]
  }]->(b)
)
FOREACH (x IN CASE WHEN r IS NULL THEN [] ELSE [r] END |
  SET
    x.times = x.times + row[1],
    x.first_at = CASE WHEN row[2] < x.first_at THEN row[2] ELSE x.first_at END,
    x.last_at = CASE WHEN row[3] > x.last_at THEN row[3] ELSE x.last_at END
)
RETURN count(*) AS found, count(CASE WHEN r IS NULL THEN 1 END) AS added;

// statement: count
MATCH ()-[r:LOGGED_IN_FROM]->()
RETURN count(r) AS held;

// statement: page
// How many links ended before $before, and how many began before it and go on.
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(:Device)
WHERE a.partner_id >= $from AND a.partner_id < $to AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: page_last
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(:Device)
WHERE a.partner_id >= $from AND r.first_at < $before
RETURN
  count(CASE WHEN r.last_at < $before THEN 1 END) AS ended,
  count(CASE WHEN r.last_at >= $before THEN 1 END) AS ongoing;

// statement: expire
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(:Device)
WHERE a.partner_id >= $from AND a.partner_id < $to AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: expire_last
MATCH (a:Partner)-[r:LOGGED_IN_FROM]->(:Device)
WHERE a.partner_id >= $from AND r.last_at < $before
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;

// statement: clear
MATCH (:Partner)-[r:LOGGED_IN_FROM]->(:Device)
WITH r LIMIT $limit
DELETE r
RETURN count(*) AS removed;
