-- How fast and how much of what a bank account receives it sends on.
-- Kinds: bank_account
-- Feature: passed_on_share | ratio | all | - | Amount sent over amount received, payouts and transfers together.
-- Feature: passed_on_share_30d | ratio | 30 d | - | Amount sent over amount received, payouts and transfers together.
-- Feature: shortest_hold | days | all | - | Shortest time from money received to a transfer sent.
-- Feature: mean_hold | days | all | - | Mean time from the last money received to a transfer sent.
-- Feature: sent_within_day_share | share | all | - | Transfers sent within a day of money received, of all transfers sent.
WITH moves AS (
    SELECT to_account AS account, "at", day, amount, false AS sent FROM known_transfers
    UNION ALL
    SELECT account, "at", day, amount, false FROM known_payouts
    UNION ALL
    SELECT from_account, "at", day, amount, true FROM known_transfers
),
held AS (
    SELECT
        account,
        "at",
        day,
        amount,
        sent,
        max(CASE WHEN NOT sent THEN "at" END) OVER (PARTITION BY account ORDER BY "at", sent) AS received_at
    FROM moves
)
SELECT
    account AS code,
    coalesce(sum(amount) FILTER (sent), 0) / nullif(sum(amount) FILTER (NOT sent), 0) AS passed_on_share,
    coalesce(sum(amount) FILTER (sent AND day < 30), 0) / nullif(sum(amount) FILTER (NOT sent AND day < 30), 0) AS passed_on_share_30d,
    days(min("at" - received_at) FILTER (sent)) AS shortest_hold,
    days(sum("at" - received_at) FILTER (sent) / nullif(count("at" - received_at) FILTER (sent), 0)) AS mean_hold,
    count(*) FILTER (sent AND "at" - received_at < 86400000) / nullif(count(*) FILTER (sent), 0) AS sent_within_day_share
FROM held
GROUP BY account
