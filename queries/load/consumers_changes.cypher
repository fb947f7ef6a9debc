// consumers_changes: what increments and expiry need of the nodes of kind consumer.

// statement: lookup
// One record: a list of values for each column asked for, nulls kept, of those that are there.
UNWIND $keys AS key
MATCH (n:Consumer {consumer_id: key})
WITH collect(n) AS nodes
RETURN [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: count
MATCH (n:Consumer)
RETURN count(n) AS held;

// statement: filled
// Whether any node has the property: no row where none has.
MATCH (n:Consumer)
WHERE n[$column] IS NOT NULL
RETURN 1 AS found
LIMIT 1;

// statement: page
MATCH (n:Consumer)
WHERE n.consumer_id >= $from AND n.consumer_id < $to
RETURN count(n) AS held;

// statement: page_last
MATCH (n:Consumer)
WHERE n.consumer_id >= $from
RETURN count(n) AS held;

// statement: expire
// Those that nothing holds: no link, no ring, no verdict, and no moment of their own from $before on.
MATCH (n:Consumer)
WHERE n.consumer_id >= $from AND n.consumer_id < $to
  AND n.verdict IS NULL
  AND (n.created_at IS NULL OR n.created_at < $before)
  AND NOT EXISTS { (n)--() }
WITH n LIMIT $limit
DELETE n
RETURN count(*) AS removed;

// statement: expire_last
MATCH (n:Consumer)
WHERE n.consumer_id >= $from
  AND n.verdict IS NULL
  AND (n.created_at IS NULL OR n.created_at < $before)
  AND NOT EXISTS { (n)--() }
WITH n LIMIT $limit
DELETE n
RETURN count(*) AS removed;
