// partners_changes: what increments and expiry need of the nodes of kind partner.

// statement: lookup
// One record: a list of values for each column asked for, nulls kept, of those that are there.
UNWIND $keys AS key
MATCH (n:Partner {partner_id: key})
WITH collect(n) AS nodes
RETURN [column IN $columns | [n IN nodes | n[column]]] AS columns;

// statement: count
MATCH (n:Partner)
RETURN count(n) AS held;

// statement: filled
// Whether any node has the property: no row where none has.
MATCH (n:Partner)
WHERE n[$column] IS NOT NULL
RETURN 1 AS found
LIMIT 1;
