-- What outcomes that became known later add to a consumer's orders at a partner, by the moment of the order.
-- Reads later_outcomes (a row an order, the outcome before beside that of now); $currency is the main currency.
SELECT
    consumer,
    partner,
    placed_at,
    CAST(coalesce(sum(
        amount * (
            CAST(outcome IN ('refunded', 'disputed', 'defaulted') AS INTEGER)
            - CAST(outcome_before IN ('refunded', 'disputed', 'defaulted') AS INTEGER)
        )
    ) FILTER (currency = $currency), 0) AS DOUBLE) AS bad_amount,
    CAST(sum(CAST(outcome = 'refunded' AS INTEGER) - CAST(outcome_before = 'refunded' AS INTEGER)) AS INTEGER) AS refunded,
    CAST(sum(CAST(outcome = 'disputed' AS INTEGER) - CAST(outcome_before = 'disputed' AS INTEGER)) AS INTEGER) AS disputed,
    CAST(sum(CAST(outcome = 'defaulted' AS INTEGER) - CAST(outcome_before = 'defaulted' AS INTEGER)) AS INTEGER) AS defaulted
FROM later_outcomes
WHERE outcome IN ('refunded', 'disputed', 'defaulted') OR outcome_before IN ('refunded', 'disputed', 'defaulted')
GROUP BY consumer, partner, placed_at
ORDER BY consumer, partner, placed_at
