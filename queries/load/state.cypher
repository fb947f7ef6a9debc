// What the store holds, and whose load may write: (:Load {name: "links"}) and one (:Writer) for each writer.

// statement: read
MATCH (l:Load {name: "links"})
RETURN l.version AS version, l.load AS load, l.state AS state, l.as_of AS as_of, l.currency AS currency,
  l.frames AS frames, l.pages AS pages, l.columns AS columns;

// statement: begin
// From here on only the load named $load may write; an older one that still runs is turned away, whatever its
// writers are called. What that one had laid down is returned: read afterwards, it could still be changing.
MERGE (l:Load {name: "links"})
SET l.version = $version, l.state = "loading", l.load = $load, l.until = null, l.expiring = null,
  l.expired_before = null
WITH l
UNWIND $writers AS name
MERGE (w:Writer {name: name})
WITH DISTINCT l
MATCH (w:Writer)
SET w.load = $load, w.batch = -1
RETURN DISTINCT l.pages AS pages, l.columns AS columns;

// statement: cover
// The bounds and the properties that reach everything stored now and everything that this load will store.
MATCH (l:Load {name: "links", load: $load})
SET l.pages = $pages, l.columns = $columns
RETURN l.load AS load;

// statement: fence
// Run first in each batch's transaction: no row back means the batch is already in, or another load took over.
MATCH (w:Writer {name: $writer})
SET w.asked = $batch
WITH w
WHERE w.load = $load AND w.batch < $batch
SET w.batch = $batch
RETURN w.batch AS batch;

// statement: holder
MATCH (w:Writer {name: $writer})
RETURN w.load AS load;

// statement: finish
MATCH (l:Load {name: "links", load: $load})
SET l.state = "complete", l.as_of = $as_of, l.currency = $currency, l.frames = $frames, l.pages = $pages,
  l.columns = $columns
RETURN l.load AS load;

// statement: clear
OPTIONAL MATCH (l:Load)
OPTIONAL MATCH (w:Writer)
WITH collect(DISTINCT l) + collect(DISTINCT w) AS records
UNWIND records AS record
DETACH DELETE record;
