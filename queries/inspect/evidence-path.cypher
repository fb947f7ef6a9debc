// title: The shortest ties between two partners
// question: How are these two partners tied, through as few steps as there are?
// param: partner_id text - one partner
// param: other_id text - the other
// param: limit integer (rows) = 10 - most ways shown
// column: steps - links on the way
// column: kinds - what stands on the way
// column: ids - their ids
// column: links - the types of the links between them
// cost: a search from both ends, at most six steps; hubs near either end make it slow

MATCH (partner:Partner {partner_id: $partner_id})
MATCH (other:Partner {partner_id: $other_id})
MATCH path = allShortestPaths(
  (partner)-[:PAID_OUT_TO|LOGGED_IN_FROM|ORDERED_AT|USED|PAID_FROM|TRANSFERRED_TO*..6]-(other)
)
WITH length(path) AS steps,
  [node IN nodes(path) | head(labels(node))] AS kinds,
  [node IN nodes(path) | coalesce(node.partner_id, node.consumer_id, node.device_id, node.account_id)] AS ids,
  [link IN relationships(path) | type(link)] AS links
RETURN steps, kinds, ids, links
ORDER BY ids, links
LIMIT $limit;
