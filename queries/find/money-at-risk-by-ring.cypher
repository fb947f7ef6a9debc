// title: Money at risk by ring
// question: How much money goes through each ring, and how much of it went bad?
// param: min_score number (probability) = 0 - least score of a ring
// param: limit integer (rows) = 100 - most rows
// column: ring_id - the ring
// column: rank - 1 is the most suspicious
// column: score - probability that it is fraud
// column: typology - what kind of fraud it looks like
// column: partners - partners in it
// column: amount - money through it, in the main currency
// column: bad_amount - refunded, disputed or defaulted money
// cost: every ring once, by the index of its rank

MATCH (ring:Ring)
WHERE ring.rank >= 1 AND ring.score >= $min_score
RETURN ring.ring_id AS ring_id, ring.rank AS rank, ring.score AS score, ring.typology AS typology,
  ring.n_partners AS partners, ring.amount AS amount, ring.bad_amount AS bad_amount
ORDER BY bad_amount DESC, rank
LIMIT $limit;
