-- What a bank account has sent by transfer.
-- Kinds: bank_account
-- Feature: sent_transfers_1d | transfers | 1 d | 0 | Transfers sent.
-- Feature: sent_transfers_7d | transfers | 7 d | 0 | Transfers sent.
-- Feature: sent_transfers_30d | transfers | 30 d | 0 | Transfers sent.
-- Feature: sent_transfers_90d | transfers | 90 d | 0 | Transfers sent.
-- Feature: sent_transfers | transfers | all | 0 | Transfers sent.
-- Feature: sent_amount_1d | money | 1 d | 0 | Amount sent by transfer.
-- Feature: sent_amount_7d | money | 7 d | 0 | Amount sent by transfer.
-- Feature: sent_amount_30d | money | 30 d | 0 | Amount sent by transfer.
-- Feature: sent_amount_90d | money | 90 d | 0 | Amount sent by transfer.
-- Feature: sent_amount | money | all | 0 | Amount sent by transfer.
-- Feature: largest_sent_share | share | all | - | The largest transfer sent as a part of all.
-- Feature: round_sent_share | share | all | - | Transfers sent of a whole multiple of ten.
-- Feature: last_sent_days | days | all | - | Days since the last transfer sent.
-- Feature: sent_7d_over_90d | ratio | 90 d | - | Transfers sent a day of the last week over the daily mean of the last 90.
SELECT
    from_account AS code,
    count(*) FILTER (day < 1) AS sent_transfers_1d,
    count(*) FILTER (day < 7) AS sent_transfers_7d,
    count(*) FILTER (day < 30) AS sent_transfers_30d,
    count(*) FILTER (day < 90) AS sent_transfers_90d,
    count(*) AS sent_transfers,
    coalesce(sum(amount) FILTER (day < 1), 0) AS sent_amount_1d,
    coalesce(sum(amount) FILTER (day < 7), 0) AS sent_amount_7d,
    coalesce(sum(amount) FILTER (day < 30), 0) AS sent_amount_30d,
    coalesce(sum(amount) FILTER (day < 90), 0) AS sent_amount_90d,
    coalesce(sum(amount), 0) AS sent_amount,
    max(amount) / nullif(sum(amount), 0) AS largest_sent_share,
    count(*) FILTER (amount % 10 = 0) / nullif(count(amount), 0) AS round_sent_share,
    days($as_of - max("at")) AS last_sent_days,
    90 * count(*) FILTER (day < 7) / nullif(7 * count(*) FILTER (day < 90), 0) AS sent_7d_over_90d
FROM known_transfers
GROUP BY from_account
