// rings: (:Ring) and MEMBER_OF, the rings of one run. All statements run in one transaction.

// statement: read
// Who was in which ring, and what that run had changed; ids carry their kind.
MATCH (ring:Ring)
OPTIONAL MATCH (member)-[:MEMBER_OF]->(ring)
WITH ring, collect(
  CASE
    WHEN member:Partner THEN "partner:" + member.partner_id
    WHEN member:Consumer THEN "consumer:" + member.consumer_id
    WHEN member:Device THEN "device:" + member.device_id
    WHEN member:BankAccount THEN "bank_account:" + member.account_id
  END
) AS members
RETURN ring.ring_id AS ring_id, ring.run AS run, ring.previous_run AS previous_run, ring.joined AS joined,
  ring.left AS left, members;

// statement: clear
MATCH (ring:Ring)
DETACH DELETE ring;

// statement: create
UNWIND $rows AS row
CREATE (ring:Ring)
SET ring = row;

// statement: partner
UNWIND $rows AS row
MATCH (ring:Ring {ring_id: row[0]})
MATCH (member:Partner {partner_id: row[1]})
CREATE (member)-[:MEMBER_OF {role: row[2], risk: row[3]}]->(ring)
RETURN count(*) AS created;

// statement: consumer
UNWIND $rows AS row
MATCH (ring:Ring {ring_id: row[0]})
MATCH (member:Consumer {consumer_id: row[1]})
CREATE (member)-[:MEMBER_OF {role: row[2], risk: row[3]}]->(ring)
RETURN count(*) AS created;

// statement: device
UNWIND $rows AS row
MATCH (ring:Ring {ring_id: row[0]})
MATCH (member:Device {device_id: row[1]})
CREATE (member)-[:MEMBER_OF {role: row[2], risk: row[3]}]->(ring)
RETURN count(*) AS created;

// statement: bank_account
UNWIND $rows AS row
MATCH (ring:Ring {ring_id: row[0]})
MATCH (member:BankAccount {account_id: row[1]})
CREATE (member)-[:MEMBER_OF {role: row[2], risk: row[3]}]->(ring)
RETURN count(*) AS created;
