// title: Partners whose customers overlap beyond chance
// question: Which two partners have far more customers in common than their sizes explain?
// param: min_shared integer (consumers) = 5 - fewest customers in common
// param: min_lift number (times) = 10 - how many times more than if customers chose at random
// param: max_shops integer (partners) = 10 - leaves out consumers who order at more partners than this
// param: max_customers integer (consumers) = 1000 - leaves out partners with more customers than this
// param: after text = "" - only pairs whose first partner's id comes after this one, to page
// param: limit integer (rows) = 100 - most rows
// column: partner_id - one partner
// column: other_id - the other
// column: shared - customers in common
// column: expected - customers in common if they chose at random
// column: lift - shared through expected
// cost: every order link of partners with at most max_customers, and the partners of each of their consumers with at most max_shops

MATCH (partner:Partner)
WHERE partner.partner_id > $after
WITH partner, COUNT { (partner)<-[:ORDERED_AT]-() } AS customers
WHERE customers >= $min_shared AND customers <= $max_customers
CALL (partner) {
  MATCH (partner)<-[:ORDERED_AT]-(consumer)
  WITH partner, consumer, COUNT { (consumer)-[:ORDERED_AT]->() } AS shops
  WHERE shops >= 2 AND shops <= $max_shops
  MATCH (consumer)-[:ORDERED_AT]->(other:Partner)
  WHERE partner.partner_id < other.partner_id
  WITH other, count(*) AS shared
  WHERE shared >= $min_shared
  RETURN other, shared
}
WITH partner, other, shared, customers, COUNT { (other)<-[:ORDERED_AT]-() } AS other_customers,
  COUNT { (:Consumer) } AS everyone
WHERE other_customers <= $max_customers
WITH partner, other, shared, 1.0 * customers * other_customers / everyone AS expected
WHERE shared >= $min_lift * expected
RETURN partner.partner_id AS partner_id, other.partner_id AS other_id, shared, expected,
  shared / expected AS lift
ORDER BY lift DESC, partner_id, other_id
LIMIT $limit;
