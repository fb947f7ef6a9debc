// logged_in_from_changes: what increments and expiry do to (:Partner)-[:LOGGED_IN_FROM]->(:Device).

// statement: add
// Rows as in logged_in_from, in groups of one source: [source id, [[other id, times, first_at, last_at], …]].
// Whole ten-thousandths are added, so that a sum has the very bits that it has when it is loaded at once.
UNWIND $rows AS link_group
MATCH (a:Partner {partner_id: link_group[0]})
UNWIND link_group[1] AS row
MATCH (b:Device {device_id: row[0]})
MERGE (a)-[r:LOGGED_IN_FROM]->(b)
ON CREATE SET
  r.times = row[1],
  r.first_at = row[2],
  r.last_at = row[3]
ON MATCH SET
  r.times = r.times + row[1],
  r.first_at = CASE WHEN row[2] < r.first_at THEN row[2] ELSE r.first_at END,
  r.last_at = CASE WHEN row[3] > r.last_at THEN row[3] ELSE r.last_at END;

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
