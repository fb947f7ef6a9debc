-- What the entities' own rows say at $as_of; of a row that comes later nothing is known but its code.
CREATE TEMP TABLE known_partners AS
SELECT
    code,
    CASE WHEN onboarded_at <= $as_of THEN name ELSE '' END AS name,
    CASE WHEN onboarded_at <= $as_of THEN legal_name ELSE '' END AS legal_name,
    CASE WHEN onboarded_at <= $as_of THEN website ELSE '' END AS website,
    CASE WHEN onboarded_at <= $as_of THEN category ELSE '' END AS category,
    CASE WHEN onboarded_at <= $as_of THEN country ELSE '' END AS country,
    CASE WHEN onboarded_at BETWEEN 0 AND $as_of THEN onboarded_at END AS onboarded_at,
    CASE WHEN onboarded_at <= $as_of AND closed_at BETWEEN 0 AND $as_of THEN closed_at END AS closed_at
FROM partners;
CREATE TEMP TABLE known_consumers AS
SELECT
    code,
    CASE WHEN created_at <= $as_of THEN country ELSE '' END AS country,
    CASE WHEN created_at BETWEEN 0 AND $as_of THEN created_at END AS created_at
FROM consumers;
CREATE TEMP TABLE known_devices AS
SELECT
    code,
    CASE WHEN first_seen_at <= $as_of THEN kind ELSE '' END AS kind,
    CASE WHEN first_seen_at BETWEEN 0 AND $as_of THEN first_seen_at END AS first_seen_at
FROM devices;
CREATE TEMP TABLE known_accounts AS
SELECT
    code,
    CASE WHEN opened_at <= $as_of THEN country ELSE '' END AS country,
    CASE WHEN opened_at BETWEEN 0 AND $as_of THEN opened_at END AS opened_at
FROM bank_accounts
