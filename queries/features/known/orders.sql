-- The orders known at $as_of, with what is known of their outcomes and how their amounts stand in the category.
-- category_prices: median and median absolute deviation of ln amount, thousandths, over a category's orders.
-- day: whole days before $as_of, 0 in the last 24 hours; clock: hour of the day, UTC; settled_day: the day on
-- which the outcome became known, $known_after_days after the order where it has no date; z: robust, thousandths.
CREATE TABLE category_prices AS
WITH prices AS (
    SELECT category, CAST(round(1000 * ln(amount)) AS INTEGER) AS price, count(*) AS times
    FROM orders JOIN known_partners ON known_partners.code = orders.partner
    WHERE placed_at <= $as_of AND currency = (FROM main_currency) AND amount > 0
    GROUP BY category, price
),
ranked AS (
    SELECT
        category,
        price,
        sum(times) OVER (PARTITION BY category ORDER BY price) AS up_to,
        sum(times) OVER (PARTITION BY category) AS every
    FROM prices
),
medians AS (
    SELECT category, min(price) AS median FROM ranked WHERE 2 * up_to >= every GROUP BY category
),
distances AS (
    SELECT category, abs(price - median) AS distance, sum(times) AS times
    FROM prices JOIN medians USING (category)
    GROUP BY category, distance
),
ranked_distances AS (
    SELECT
        category,
        distance,
        sum(times) OVER (PARTITION BY category ORDER BY distance) AS up_to,
        sum(times) OVER (PARTITION BY category) AS every
    FROM distances
)
SELECT category, any_value(median) AS median, min(distance) AS deviation
FROM ranked_distances JOIN medians USING (category)
WHERE 2 * up_to >= every
GROUP BY category;
CREATE TABLE partner_prices AS
SELECT code, median, deviation FROM known_partners JOIN category_prices USING (category);
CREATE TABLE known_orders AS
SELECT
    consumer,
    partner,
    nullif(device, -1) AS device,
    nullif(bank_account, -1) AS account,
    placed_at AS "at",
    CAST(($as_of - placed_at) // 86400000 AS INTEGER) AS day,
    CAST(placed_at // 3600000 % 24 AS TINYINT) AS clock,
    (placed_at // 86400000 + 3) % 7 >= 5 AS weekend,
    CASE WHEN currency = (FROM main_currency) THEN amount END AS amount,
    CASE WHEN currency = (FROM main_currency) AND amount > 0
        THEN CAST(round(1000 * ln(amount)) AS INTEGER) END AS price,
    CASE WHEN currency = (FROM main_currency) AND amount > 0 AND deviation > 0
        THEN CAST(round(1000 * (round(1000 * ln(amount)) - median) / (1.4826 * deviation)) AS INTEGER)
        END AS z,
    CASE WHEN settled_at <= $as_of THEN CAST(($as_of - settled_at) // 86400000 AS INTEGER) END AS settled_day,
    CASE WHEN settled_at <= $as_of THEN settled_at - placed_at END AS settled_after,
    settled_at <= $as_of AND outcome = 'refunded' AS refunded,
    settled_at <= $as_of AND outcome = 'disputed' AS disputed,
    settled_at <= $as_of AND outcome = 'defaulted' AS defaulted
FROM (
    SELECT *, CASE
        WHEN outcome = 'open' THEN 9223372036854775807
        WHEN outcome_at = -1 THEN placed_at + CAST($known_after_days AS BIGINT) * 86400000
        ELSE outcome_at
    END AS settled_at
    FROM orders
    WHERE placed_at <= $as_of
)
LEFT JOIN partner_prices ON partner_prices.code = partner
