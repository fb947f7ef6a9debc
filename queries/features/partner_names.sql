-- What the text of a partner's names looks like, beside the names known by then.
-- Kinds: partner
-- Feature: name_length | characters | all | 0 | Characters of the name.
-- Feature: name_words | words | all | 0 | Words of the name.
-- Feature: name_digit_share | share | all | - | Digits among the characters of the name.
-- Feature: name_symbol_share | share | all | - | Characters of the name that are no letter, digit or space.
-- Feature: name_capital_share | share | all | - | Capitals among the characters of the name.
-- Feature: name_entropy | nats | all | - | Entropy of the characters of the name in small letters.
-- Feature: name_oddness | nats | all | - | Oddness of the name: high where no other looks alike; mean -ln share of the names known by then that hold a triple of its letters (half a name less).
-- Feature: name_twins | partners | all | 0 | Other partners of the same name in small letters.
-- Feature: legal_name_length | characters | all | 0 | Characters of the legal name.
-- Feature: legal_name_twins | partners | all | 0 | Other partners of the same legal name.
-- Feature: website_length | characters | all | 0 | Characters of the website; 0 where it has none.
-- Feature: website_twins | partners | all | 0 | Other partners of the same website.
-- Feature: website_digit_share | share | all | - | Digits among the characters of the website.
WITH names AS (
    SELECT code, lower(name) AS low FROM known_partners WHERE name <> ''
),
letters AS (
    SELECT code, letter, count(*) AS times
    FROM (SELECT code, unnest(string_split(low, '')) AS letter FROM names)
    GROUP BY code, letter
),
entropies AS (
    SELECT code, ln(sum(times)) - sum(nlogn(times)) / 1000000 / sum(times) AS entropy
    FROM letters
    GROUP BY code
),
triples AS (
    SELECT DISTINCT code, substr(' ' || low || ' ', place, 3) AS triple
    FROM (SELECT code, low, unnest(generate_series(1, length(low))) AS place FROM names)
),
owners AS (
    SELECT triple, count(*) AS partners FROM triples GROUP BY triple
),
odd AS (
    SELECT
        code,
        sum(CAST(round(-1000000 * ln((partners - 0.5) / (SELECT count(*) FROM names))) AS BIGINT))
            / 1000000 / count(*) AS oddness
    FROM triples JOIN owners USING (triple)
    GROUP BY code
),
shared AS (
    SELECT
        code,
        count(*) OVER (PARTITION BY lower(name)) AS name_sharers,
        count(*) OVER (PARTITION BY lower(legal_name)) AS legal_sharers,
        count(*) OVER (PARTITION BY lower(website)) AS website_sharers
    FROM known_partners
)
SELECT
    code,
    length(name) AS name_length,
    len(regexp_extract_all(name, '\S+')) AS name_words,
    len(regexp_extract_all(name, '[0-9]')) / nullif(length(name), 0) AS name_digit_share,
    len(regexp_extract_all(name, '[^\pL\pN\s]')) / nullif(length(name), 0) AS name_symbol_share,
    len(regexp_extract_all(name, '\p{Lu}')) / nullif(length(name), 0) AS name_capital_share,
    entropy AS name_entropy,
    oddness AS name_oddness,
    CASE WHEN name <> '' THEN name_sharers - 1 ELSE 0 END AS name_twins,
    length(legal_name) AS legal_name_length,
    CASE WHEN legal_name <> '' THEN legal_sharers - 1 ELSE 0 END AS legal_name_twins,
    length(website) AS website_length,
    CASE WHEN website <> '' THEN website_sharers - 1 ELSE 0 END AS website_twins,
    len(regexp_extract_all(website, '[0-9]')) / nullif(length(website), 0) AS website_digit_share
FROM known_partners
LEFT JOIN entropies USING (code)
LEFT JOIN odd USING (code)
LEFT JOIN shared USING (code)
