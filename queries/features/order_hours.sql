-- At which hours of the day and week orders are placed.
-- Kinds: partner, consumer, device, bank_account
-- Feature: night_share | share | all | - | Orders between 0 and 6 hours.
-- Feature: weekend_share | share | all | - | Orders on Saturday and Sunday.
-- Feature: clock_entropy | nats | all | - | Entropy of the hour of the day of the orders.
-- Feature: top_clock_share | share | all | - | Orders in the hour of the day that has most.
WITH hours AS (
    SELECT
        of_kind($kind, partner, consumer, device, account) AS code,
        clock,
        count(*) AS orders,
        count(*) FILTER (weekend) AS weekend
    FROM known_orders
    WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
    GROUP BY code, clock
)
SELECT
    code,
    coalesce(sum(orders) FILTER (clock < 6), 0) / sum(orders) AS night_share,
    sum(weekend) / sum(orders) AS weekend_share,
    greatest(ln(sum(orders)) - sum(nlogn(orders)) / 1000000 / sum(orders), 0) AS clock_entropy,
    max(orders) / sum(orders) AS top_clock_share
FROM hours
GROUP BY code
