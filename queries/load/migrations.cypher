// The numbered changes of the store, each with its record: (:Migration {version, name, form, ringwatch}).

// statement: read
// What has been applied, and the newest form that the store has had; `loaded` is the form of the data in it.
OPTIONAL MATCH (l:Load {name: "links"})
WITH l.version AS loaded
OPTIONAL MATCH (m:Migration)
RETURN loaded, collect(m.version) AS applied, max(m.form) AS form;

// statement: record
// No moment is kept: what ringwatch writes follows from the data and from its own version, nothing else.
MERGE (m:Migration {version: $version})
ON CREATE SET m.name = $name, m.form = $form, m.ringwatch = $ringwatch;

// statement: clear
MATCH (m:Migration)
WHERE m.ringwatch IS NOT NULL
DETACH DELETE m;

// statement: indexes
// Constraints show here too, by the index that each of them owns.
SHOW INDEXES YIELD labelsOrTypes, properties, owningConstraint, type
RETURN labelsOrTypes, properties, owningConstraint, type;

// statement: take
// No load and no ringwatch of an older form writes from here on; a load that was not finished stays so.
MATCH (l:Load {name: "links"})
WHERE l.version < $form
SET l.load = $load, l.state = CASE l.state WHEN "complete" THEN "migrating" ELSE l.state END
MERGE (own:Writer {name: $writer})
WITH l
MATCH (w:Writer)
SET w.load = $load, w.batch = -1
RETURN DISTINCT l.state AS state, l.frames AS frames, l.pages AS pages, l.columns AS columns;

// statement: rename_partners
// A row is [key, {new name: value, …, old name: null, …}].
UNWIND $rows AS row
MATCH (n:Partner {partner_id: row[0]})
SET n += row[1];

// statement: rename_consumers
UNWIND $rows AS row
MATCH (n:Consumer {consumer_id: row[0]})
SET n += row[1];

// statement: rename_devices
UNWIND $rows AS row
MATCH (n:Device {device_id: row[0]})
SET n += row[1];

// statement: rename_bank_accounts
UNWIND $rows AS row
MATCH (n:BankAccount {account_id: row[0]})
SET n += row[1];

// statement: renamed
MATCH (l:Load {name: "links", load: $load})
SET l.version = $form, l.state = $state, l.columns = $columns
RETURN l.load AS load;
