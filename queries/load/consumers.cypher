// consumers: the nodes of kind consumer. A row is a map of the node's properties, its key among them.

// statement: create
UNWIND $rows AS row
CREATE (n:Consumer)
SET n = row;

// statement: merge
UNWIND $rows AS row
MERGE (n:Consumer {consumer_id: row.consumer_id})
SET n = row;

// statement: remove
UNWIND $rows AS id
MATCH (n:Consumer {consumer_id: id})
DETACH DELETE n;

// statement: read
// One record a page: the server's own numbers, and a list of values for each column, nulls kept.
MATCH (n:Consumer)
WHERE n.consumer_id >= $from AND n.consumer_id < $to
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: read_last
// The page without an upper bound: no text is the last one in the order of both servers.
MATCH (n:Consumer)
WHERE n.consumer_id >= $from
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: clear
MATCH (n:Consumer)
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(*) AS removed;
