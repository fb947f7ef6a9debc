-- How often a partner logged in from a device, first and last.
SELECT
    partner,
    device,
    CAST(count(*) AS INTEGER) AS times,
    min("at") AS first_at,
    max("at") AS last_at
FROM partner_logins
GROUP BY partner, device
ORDER BY partner, device
