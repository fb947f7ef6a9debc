-- How often a consumer ordered from a device, first and last; orders without a device are left out.
SELECT
    consumer,
    device,
    CAST(count(*) AS INTEGER) AS times,
    min(placed_at) AS first_at,
    max(placed_at) AS last_at
FROM orders
WHERE device >= 0
GROUP BY consumer, device
ORDER BY consumer, device
