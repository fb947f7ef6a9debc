// The schema of the store: every statement may run again and then changes nothing.

CREATE CONSTRAINT partner_key IF NOT EXISTS
FOR (n:Partner) REQUIRE n.partner_id IS UNIQUE;

CREATE CONSTRAINT consumer_key IF NOT EXISTS
FOR (n:Consumer) REQUIRE n.consumer_id IS UNIQUE;

CREATE CONSTRAINT device_key IF NOT EXISTS
FOR (n:Device) REQUIRE n.device_id IS UNIQUE;

CREATE CONSTRAINT bank_account_key IF NOT EXISTS
FOR (n:BankAccount) REQUIRE n.account_id IS UNIQUE;

CREATE CONSTRAINT ring_key IF NOT EXISTS
FOR (n:Ring) REQUIRE n.ring_id IS UNIQUE;

CREATE CONSTRAINT load_key IF NOT EXISTS
FOR (n:Load) REQUIRE n.name IS UNIQUE;

CREATE CONSTRAINT writer_key IF NOT EXISTS
FOR (n:Writer) REQUIRE n.name IS UNIQUE;

CREATE INDEX partner_name IF NOT EXISTS
FOR (n:Partner) ON (n.name);

CREATE INDEX partner_verdict IF NOT EXISTS
FOR (n:Partner) ON (n.verdict);

CREATE INDEX partner_closed IF NOT EXISTS
FOR (n:Partner) ON (n.closed_at);

CREATE INDEX partner_onboarded IF NOT EXISTS
FOR (n:Partner) ON (n.onboarded_at);

CREATE INDEX consumer_verdict IF NOT EXISTS
FOR (n:Consumer) ON (n.verdict);

CREATE INDEX device_verdict IF NOT EXISTS
FOR (n:Device) ON (n.verdict);

CREATE INDEX bank_account_verdict IF NOT EXISTS
FOR (n:BankAccount) ON (n.verdict);

CREATE INDEX ring_rank IF NOT EXISTS
FOR (n:Ring) ON (n.rank);
