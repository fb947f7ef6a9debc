-- Sums of whole numbers alone, which come out the same in whichever order they are made.
-- nlogn: n ln n in millionths, for entropies; of_kind: the column that stands for entities of a kind.
-- Of orders spread over others, by size: number of those with so many orders each, before of those with fewer.
CREATE TEMP MACRO nlogn(n) AS CAST(round(1000000 * n * ln(n)) AS BIGINT);
CREATE TEMP MACRO nats(orders, number) AS
    ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number);
CREATE TEMP MACRO entropy(orders, number) AS greatest(nats(orders, number), 0);
CREATE TEMP MACRO evenness(orders, number) AS nats(orders, number) / nullif(ln(sum(number)), 0);
CREATE TEMP MACRO top_share(orders, number) AS max(orders) / sum(orders * number);
CREATE TEMP MACRO gini(orders, number, before) AS
    2 * sum(orders * (number * before + number * (number + 1) // 2)) / (sum(number) * sum(orders * number))
    - (sum(number) + 1) / sum(number);
CREATE TEMP MACRO of_kind(kind, partner, consumer, device, account) AS
    CASE kind
        WHEN 'partner' THEN partner
        WHEN 'consumer' THEN consumer
        WHEN 'device' THEN device
        WHEN 'bank_account' THEN account
    END;
CREATE TEMP MACRO days(ms) AS ms / 86400000
