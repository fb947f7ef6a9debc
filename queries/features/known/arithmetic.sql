-- Sums of whole numbers alone, which come out the same in whichever order they are made.
-- nlogn: n ln n in millionths, for entropies; of_kind: the column that stands for entities of a kind.
CREATE TEMP MACRO nlogn(n) AS CAST(round(1000000 * n * ln(n)) AS BIGINT);
CREATE TEMP MACRO of_kind(kind, partner, consumer, device, account) AS
    CASE kind
        WHEN 'partner' THEN partner
        WHEN 'consumer' THEN consumer
        WHEN 'device' THEN device
        WHEN 'bank_account' THEN account
    END;
CREATE TEMP MACRO days(ms) AS ms / 86400000
