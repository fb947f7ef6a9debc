// title: Partners with the worst money
// question: Which partners have the largest share of refunded, disputed and defaulted money?
// param: min_orders integer (orders) = 20 - fewest orders, so that a share means something
// param: after text = "" - only partners whose id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: partner_id - the partner
// column: name - its name
// column: orders - its orders
// column: amount - their amount, in the main currency
// column: bad_amount - the part that went bad
// column: bad_share - that part as a share
// cost: every order link once

MATCH (partner:Partner)
WHERE partner.partner_id > $after
MATCH (partner)<-[ordered:ORDERED_AT]-(:Consumer)
WITH partner, sum(ordered.orders) AS orders, sum(ordered.amount) AS amount, sum(ordered.bad_amount) AS bad_amount
WHERE orders >= $min_orders AND amount > 0
RETURN partner.partner_id AS partner_id, partner.name AS name, orders, amount, bad_amount,
  bad_amount / amount AS bad_share
ORDER BY bad_share DESC, partner_id
LIMIT $limit;
