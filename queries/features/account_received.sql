-- What a bank account has received by transfer.
-- Kinds: bank_account
-- Feature: received_transfers_1d | transfers | 1 d | 0 | Transfers received.
-- Feature: received_transfers_7d | transfers | 7 d | 0 | Transfers received.
-- Feature: received_transfers_30d | transfers | 30 d | 0 | Transfers received.
-- Feature: received_transfers_90d | transfers | 90 d | 0 | Transfers received.
-- Feature: received_transfers | transfers | all | 0 | Transfers received.
-- Feature: received_amount_1d | money | 1 d | 0 | Amount received by transfer.
-- Feature: received_amount_7d | money | 7 d | 0 | Amount received by transfer.
-- Feature: received_amount_30d | money | 30 d | 0 | Amount received by transfer.
-- Feature: received_amount_90d | money | 90 d | 0 | Amount received by transfer.
-- Feature: received_amount | money | all | 0 | Amount received by transfer.
-- Feature: largest_received_share | share | all | - | The largest transfer received as a part of all.
-- Feature: round_received_share | share | all | - | Transfers received of a whole multiple of ten.
-- Feature: last_received_days | days | all | - | Days since the last transfer received.
-- Feature: received_7d_over_90d | ratio | 90 d | - | Transfers received a day of the last week over the daily mean of the last 90.
SELECT
    to_account AS code,
    count(*) FILTER (day < 1) AS received_transfers_1d,
    count(*) FILTER (day < 7) AS received_transfers_7d,
    count(*) FILTER (day < 30) AS received_transfers_30d,
    count(*) FILTER (day < 90) AS received_transfers_90d,
    count(*) AS received_transfers,
    coalesce(sum(amount) FILTER (day < 1), 0) AS received_amount_1d,
    coalesce(sum(amount) FILTER (day < 7), 0) AS received_amount_7d,
    coalesce(sum(amount) FILTER (day < 30), 0) AS received_amount_30d,
    coalesce(sum(amount) FILTER (day < 90), 0) AS received_amount_90d,
    coalesce(sum(amount), 0) AS received_amount,
    max(amount) / nullif(sum(amount), 0) AS largest_received_share,
    count(*) FILTER (amount % 10 = 0) / nullif(count(amount), 0) AS round_received_share,
    days($as_of - max("at")) AS last_received_days,
    90 * count(*) FILTER (day < 7) / nullif(7 * count(*) FILTER (day < 90), 0) AS received_7d_over_90d
FROM known_transfers
GROUP BY to_account
