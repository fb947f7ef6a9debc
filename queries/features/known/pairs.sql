-- Who dealt with whom by $as_of: first_day and last_day are whole days before it.
CREATE TABLE customers AS
SELECT
    consumer,
    partner,
    CAST(count(*) AS INTEGER) AS orders,
    coalesce(sum(amount), 0) AS amount,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day,
    CAST(count(*) FILTER (disputed OR defaulted) AS INTEGER) AS bad,
    CAST(count(*) FILTER (refunded) AS INTEGER) AS refunded,
    CAST(count(settled_day) AS INTEGER) AS settled
FROM known_orders
GROUP BY consumer, partner;
CREATE TABLE device_shoppers AS
SELECT
    device,
    consumer,
    CAST(count(*) AS INTEGER) AS orders,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_orders
WHERE device IS NOT NULL
GROUP BY device, consumer;
CREATE TABLE account_payers AS
SELECT
    account,
    consumer,
    CAST(count(*) AS INTEGER) AS orders,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_orders
WHERE account IS NOT NULL
GROUP BY account, consumer;
CREATE TABLE device_partners AS
SELECT
    device,
    partner,
    CAST(count(*) AS INTEGER) AS orders,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_orders
WHERE device IS NOT NULL
GROUP BY device, partner;
CREATE TABLE account_partners AS
SELECT
    account,
    partner,
    CAST(count(*) AS INTEGER) AS orders,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_orders
WHERE account IS NOT NULL
GROUP BY account, partner;
CREATE TABLE logins AS
SELECT
    partner,
    device,
    "at",
    CAST(($as_of - "at") // 86400000 AS INTEGER) AS day,
    CAST("at" // 3600000 % 24 AS TINYINT) AS clock
FROM partner_logins
WHERE "at" <= $as_of;
CREATE TABLE tills AS
SELECT
    partner,
    device,
    CAST(count(*) AS INTEGER) AS logins,
    min("at") AS first_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM logins
GROUP BY partner, device;
CREATE TABLE known_payouts AS
SELECT
    partner,
    bank_account AS account,
    paid_at AS "at",
    CAST(($as_of - paid_at) // 86400000 AS INTEGER) AS day,
    CASE WHEN currency = (FROM main_currency) THEN amount END AS amount
FROM payouts
WHERE paid_at <= $as_of;
CREATE TABLE payees AS
SELECT
    partner,
    account,
    CAST(count(*) AS INTEGER) AS payouts,
    coalesce(sum(amount), 0) AS amount,
    min("at") AS first_at,
    max("at") AS last_at,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_payouts
GROUP BY partner, account;
CREATE TABLE known_transfers AS
SELECT
    from_account,
    to_account,
    "at",
    CAST(($as_of - "at") // 86400000 AS INTEGER) AS day,
    CASE WHEN currency = (FROM main_currency) THEN amount END AS amount
FROM transfers
WHERE "at" <= $as_of;
CREATE TABLE transfer_pairs AS
SELECT
    from_account,
    to_account,
    CAST(count(*) AS INTEGER) AS transfers,
    max(day) AS first_day,
    min(day) AS last_day
FROM known_transfers
GROUP BY from_account, to_account
