-- How the hours of the day of a partner's orders differ from those of its category.
-- Kinds: partner
-- Feature: clock_distance | share | all | - | Distance between the hours of the day of its orders and those of its category: 0 alike, 1 apart; total variation.
WITH hours AS (
    SELECT partner AS code, category, clock, CAST(count(*) AS HUGEINT) AS orders
    FROM known_orders JOIN known_partners ON known_partners.code = partner
    GROUP BY partner, category, clock
),
own AS (
    SELECT code, category, sum(orders) AS own FROM hours GROUP BY code, category
),
category_hours AS (
    SELECT category, clock, sum(orders) AS category_orders FROM hours GROUP BY category, clock
),
categories AS (
    SELECT category, sum(orders) AS peers FROM hours GROUP BY category
)
SELECT
    own.code,
    sum(abs(coalesce(orders, 0) * peers - category_orders * own)) / (2 * CAST(any_value(own) AS HUGEINT) * any_value(peers)) AS clock_distance
FROM own
JOIN categories USING (category)
JOIN category_hours USING (category)
LEFT JOIN hours ON hours.code = own.code AND hours.clock = category_hours.clock
GROUP BY own.code
