// The record of an increment or an expiry, beside that of a load in state.cypher.
//
// Both write under a name of their own in (:Load {name: "links"}).load, made of what they do, so that the same command
// takes up its own unfinished work. The writers' records then tell how far it is: an increment first writes nodes,
// which may be done again, under a name that is new each time, then links, which may not, under one that stays.

// statement: read
// $links is the writers' name while this increment writes links; no writer has it before.
MATCH (l:Load {name: "links"})
OPTIONAL MATCH (w:Writer)
WHERE w.load = $links
RETURN l.load AS load, l.state AS state, l.as_of AS as_of, l.until AS until, l.expiring AS expiring,
  l.expired_before AS expired_before, count(w) AS writing_links;

// statement: begin
// No row back: the store has changed since it was read, or the links of this increment are being written.
// The first SET takes the lock, so that what follows is read as it stays.
MATCH (l:Load {name: "links"})
SET l.asked = $load
WITH l
OPTIONAL MATCH (w:Writer)
WHERE w.load = $links
WITH l, count(w) AS writing_links
WHERE writing_links = 0 AND (l.load = $load OR (l.load = $base AND l.state = "complete"))
SET l.load = $load, l.state = "loading", l.until = $until, l.expiring = $expiring, l.pages = $pages,
  l.columns = $columns
WITH l
UNWIND $writers AS name
MERGE (w:Writer {name: name})
WITH DISTINCT l
MATCH (w:Writer)
SET w.load = $fence, w.batch = -1
RETURN w.name AS writer;

// statement: links
// From nodes to links, for each writer once.
MATCH (l:Load {name: "links", load: $load})
SET l.asked = $load
WITH l
MATCH (w:Writer)
WHERE w.load IN [$fence, $links]
SET w.batch = CASE WHEN w.load = $fence THEN -1 ELSE w.batch END
SET w.load = $links
RETURN w.name AS writer;

// statement: finish
MATCH (l:Load {name: "links", load: $load})
SET l.state = "complete", l.as_of = $as_of, l.currency = $currency, l.frames = $frames, l.pages = $pages,
  l.columns = $columns, l.expired_before = $expired_before, l.until = null, l.expiring = null
RETURN l.load AS load;
