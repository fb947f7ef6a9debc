-- Since when a bank account is known, and what for.
-- Kinds: bank_account
-- Feature: age_days | days | all | - | Days since it was opened.
-- Feature: seen_days | days | all | - | Days since the first event that names it.
-- Feature: start_days | days | all | - | Days from its opening to the first event.
-- Feature: pays_and_is_paid | flag | all | 0 | 1 if consumers pay from it and partners are paid out to it.
SELECT
    code,
    days($as_of - opened_at) AS age_days,
    days($as_of - first_at) AS seen_days,
    days(first_at - opened_at) AS start_days,
    CAST(coalesce(payers > 0 AND partners > 0, false) AS INTEGER) AS pays_and_is_paid
FROM known_accounts LEFT JOIN account_standing ON account = code
