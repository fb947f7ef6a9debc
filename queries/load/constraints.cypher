// What is unique in the store: every statement may run again and then changes nothing.

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

CREATE CONSTRAINT migration_key IF NOT EXISTS
FOR (n:Migration) REQUIRE n.version IS UNIQUE;
