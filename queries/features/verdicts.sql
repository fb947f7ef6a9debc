-- The latest verdict on each entity of $kind known by now; of two at the same moment, fraud.
SELECT
    code,
    arg_max(verdict, (known_at, verdict = 'fraud')) AS verdict,
    max(known_at) AS verdict_at
FROM labels
WHERE kind = $kind
GROUP BY code
ORDER BY code
