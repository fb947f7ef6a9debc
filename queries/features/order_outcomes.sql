-- How orders ended, as far as is known: an outcome counts from the moment at which it became known.
-- Kinds: partner, consumer, device, bank_account
-- Feature: settled_1d | orders | 1 d | 0 | Orders whose outcome became known.
-- Feature: settled_7d | orders | 7 d | 0 | Orders whose outcome became known.
-- Feature: settled_30d | orders | 30 d | 0 | Orders whose outcome became known.
-- Feature: settled_90d | orders | 90 d | 0 | Orders whose outcome became known.
-- Feature: bad_1d | orders | 1 d | 0 | Disputes and defaults that became known.
-- Feature: bad_7d | orders | 7 d | 0 | Disputes and defaults that became known.
-- Feature: bad_30d | orders | 30 d | 0 | Disputes and defaults that became known.
-- Feature: bad_90d | orders | 90 d | 0 | Disputes and defaults that became known.
-- Feature: refunds_1d | orders | 1 d | 0 | Refunds that became known.
-- Feature: refunds_7d | orders | 7 d | 0 | Refunds that became known.
-- Feature: refunds_30d | orders | 30 d | 0 | Refunds that became known.
-- Feature: refunds_90d | orders | 90 d | 0 | Refunds that became known.
-- Feature: bad_share_30d | share | 30 d | - | Disputes and defaults among the outcomes that became known.
-- Feature: refund_share_30d | share | 30 d | - | Refunds among the outcomes that became known.
-- Feature: bad_share_90d | share | 90 d | - | Disputes and defaults among the outcomes that became known.
-- Feature: refund_share_90d | share | 90 d | - | Refunds among the outcomes that became known.
-- Feature: open_share | share | all | - | Orders whose outcome is not known yet.
-- Feature: refund_share | share | all | - | Refunds among known outcomes.
-- Feature: dispute_share | share | all | - | Disputes among known outcomes.
-- Feature: default_share | share | all | - | Defaults among known outcomes.
-- Feature: bad_amount | money | all | 0 | Amount refunded, disputed or defaulted.
-- Feature: bad_amount_share | share | all | - | Amount refunded, disputed or defaulted as a part of the amount with a known outcome.
-- Feature: refund_delay | days | all | - | Mean time from an order to its refund.
-- Feature: bad_delay | days | all | - | Mean time from an order to its dispute or default.
-- Feature: last_bad_days | days | all | - | Days since the last dispute or default became known.
SELECT
    of_kind($kind, partner, consumer, device, account) AS code,
    count(*) FILTER (settled_day < 1) AS settled_1d,
    count(*) FILTER (settled_day < 7) AS settled_7d,
    count(*) FILTER (settled_day < 30) AS settled_30d,
    count(*) FILTER (settled_day < 90) AS settled_90d,
    count(*) FILTER (settled_day < 1 AND (disputed OR defaulted)) AS bad_1d,
    count(*) FILTER (settled_day < 7 AND (disputed OR defaulted)) AS bad_7d,
    count(*) FILTER (settled_day < 30 AND (disputed OR defaulted)) AS bad_30d,
    count(*) FILTER (settled_day < 90 AND (disputed OR defaulted)) AS bad_90d,
    count(*) FILTER (settled_day < 1 AND refunded) AS refunds_1d,
    count(*) FILTER (settled_day < 7 AND refunded) AS refunds_7d,
    count(*) FILTER (settled_day < 30 AND refunded) AS refunds_30d,
    count(*) FILTER (settled_day < 90 AND refunded) AS refunds_90d,
    count(*) FILTER (settled_day < 30 AND (disputed OR defaulted)) / nullif(count(*) FILTER (settled_day < 30), 0) AS bad_share_30d,
    count(*) FILTER (settled_day < 30 AND refunded) / nullif(count(*) FILTER (settled_day < 30), 0) AS refund_share_30d,
    count(*) FILTER (settled_day < 90 AND (disputed OR defaulted)) / nullif(count(*) FILTER (settled_day < 90), 0) AS bad_share_90d,
    count(*) FILTER (settled_day < 90 AND refunded) / nullif(count(*) FILTER (settled_day < 90), 0) AS refund_share_90d,
    (count(*) - count(settled_day)) / count(*) AS open_share,
    count(*) FILTER (refunded) / nullif(count(settled_day), 0) AS refund_share,
    count(*) FILTER (disputed) / nullif(count(settled_day), 0) AS dispute_share,
    count(*) FILTER (defaulted) / nullif(count(settled_day), 0) AS default_share,
    coalesce(sum(amount) FILTER (refunded OR disputed OR defaulted), 0) AS bad_amount,
    coalesce(sum(amount) FILTER (refunded OR disputed OR defaulted), 0) / nullif(sum(amount) FILTER (settled_day IS NOT NULL), 0) AS bad_amount_share,
    days(sum(settled_after) FILTER (refunded) / nullif(count(*) FILTER (refunded), 0)) AS refund_delay,
    days(sum(settled_after) FILTER (disputed OR defaulted) / nullif(count(*) FILTER (disputed OR defaulted), 0)) AS bad_delay,
    min(settled_day) FILTER (disputed OR defaulted) AS last_bad_days
FROM known_orders
WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
GROUP BY code
