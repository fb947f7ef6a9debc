// partners: the nodes of kind partner. A row is a map of the node's properties, its key among them.

// statement: create
UNWIND $rows AS row
CREATE (n:Partner)
SET n = row;

// statement: merge
UNWIND $rows AS row
MERGE (n:Partner {partner_id: row.partner_id})
SET n = row;

// statement: remove
UNWIND $rows AS id
MATCH (n:Partner {partner_id: id})
DETACH DELETE n;

// statement: read
// One record a page: the server's own numbers, and a list of values for each column, nulls kept.
MATCH (n:Partner)
WHERE n.partner_id >= $from AND n.partner_id < $to
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: read_last
// The page without an upper bound: no text is the last one in the order of both servers.
MATCH (n:Partner)
WHERE n.partner_id >= $from
WITH collect(n) AS nodes
RETURN [n IN nodes | id(n)] AS numbers, [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: clear
MATCH (n:Partner)
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(*) AS removed;
