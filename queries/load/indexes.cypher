// What the queries look up: every statement may run again and then changes nothing.

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
