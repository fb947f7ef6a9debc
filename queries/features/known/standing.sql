-- What is known by $as_of of every partner, consumer, device and account that an event names.
CREATE TEMP TABLE shoppers AS
SELECT
    consumer,
    CAST(count(*) AS INTEGER) AS partners,
    CAST(sum(orders) AS BIGINT) AS orders,
    CAST(sum(bad) AS BIGINT) AS bad,
    CAST(sum(settled) AS BIGINT) AS settled,
    min(first_at) AS first_at,
    min(last_day) AS last_day
FROM customers
GROUP BY consumer;
CREATE TEMP TABLE device_standing AS
SELECT
    device,
    CAST(sum(shoppers) AS INTEGER) AS shoppers,
    CAST(sum(operators) AS INTEGER) AS operators,
    min(first_at) AS first_at
FROM (
    SELECT device, count(*) AS shoppers, 0 AS operators, min(first_at) AS first_at
    FROM device_shoppers GROUP BY device
    UNION ALL
    SELECT device, 0, count(*), min(first_at) FROM tills GROUP BY device
)
GROUP BY device;
CREATE TEMP TABLE account_standing AS
SELECT
    account,
    CAST(sum(payers) AS INTEGER) AS payers,
    CAST(sum(partners) AS INTEGER) AS partners,
    min(first_at) AS first_at
FROM (
    SELECT account, count(*) AS payers, 0 AS partners, min(first_at) AS first_at
    FROM account_payers GROUP BY account
    UNION ALL
    SELECT account, 0, count(*), min(first_at) FROM payees GROUP BY account
    UNION ALL
    SELECT from_account, 0, 0, min("at") FROM known_transfers GROUP BY from_account
    UNION ALL
    SELECT to_account, 0, 0, min("at") FROM known_transfers GROUP BY to_account
)
GROUP BY account;
CREATE TEMP TABLE sellers AS
SELECT
    partner,
    CAST(count(*) AS INTEGER) AS customers,
    CAST(sum(bad) AS BIGINT) AS bad,
    CAST(sum(settled) AS BIGINT) AS settled
FROM customers
GROUP BY partner
