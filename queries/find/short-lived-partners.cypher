// title: Partners that closed soon
// question: Which partners closed within a few weeks, with a large share of bad money?
// param: max_days number (days) = 90 - longest life
// param: min_bad_share number (share) = 0.1 - least share of the money that went bad
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the partner
// column: days - from onboarding to closing
// column: orders - its orders
// column: amount - their amount, in the main currency
// column: bad_share - share of it that was refunded, disputed or defaulted
// cost: every closed partner, by its index, and its orders

MATCH (partner:Partner)
WHERE partner.closed_at > 0 AND partner.closed_at - partner.onboarded_at <= $max_days * 86400000
MATCH (partner)<-[ordered:ORDERED_AT]-(:Consumer)
WITH partner, sum(ordered.orders) AS orders, sum(ordered.amount) AS amount, sum(ordered.bad_amount) AS bad_amount
WHERE amount > 0 AND bad_amount >= $min_bad_share * amount
RETURN partner.partner_id AS partner_id, (partner.closed_at - partner.onboarded_at) / 86400000.0 AS days,
  orders, amount, bad_amount / amount AS bad_share
ORDER BY bad_share DESC, partner_id
LIMIT $limit;
