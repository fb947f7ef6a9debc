-- Who a partner's customers are: how many, how new here and anywhere, how loyal.
-- Kinds: partner
-- Feature: customers_1d | consumers | 1 d | 0 | Customers with an order.
-- Feature: customers_7d | consumers | 7 d | 0 | Customers with an order.
-- Feature: customers_30d | consumers | 30 d | 0 | Customers with an order.
-- Feature: customers_90d | consumers | 90 d | 0 | Customers with an order.
-- Feature: customers | consumers | all | 0 | Customers with an order.
-- Feature: new_customer_share_1d | share | 1 d | - | Customers who had never ordered at the partner before, of those with an order.
-- Feature: new_customer_share_7d | share | 7 d | - | Customers who had never ordered at the partner before, of those with an order.
-- Feature: new_customer_share_30d | share | 30 d | - | Customers who had never ordered at the partner before, of those with an order.
-- Feature: new_customer_share_90d | share | 90 d | - | Customers who had never ordered at the partner before, of those with an order.
-- Feature: new_shopper_share_1d | share | 1 d | - | Customers who had never ordered anywhere, of those new to the partner.
-- Feature: new_shopper_share_7d | share | 7 d | - | Customers who had never ordered anywhere, of those new to the partner.
-- Feature: new_shopper_share_30d | share | 30 d | - | Customers who had never ordered anywhere, of those new to the partner.
-- Feature: new_shopper_share_90d | share | 90 d | - | Customers who had never ordered anywhere, of those new to the partner.
-- Feature: orders_per_customer | orders | all | - | Mean orders of a customer.
-- Feature: one_time_share | share | all | - | Customers with a single order at the partner.
-- Feature: only_here_share | share | all | - | Customers who order nowhere else.
-- Feature: customer_partners | partners | all | - | Mean number of partners at which a customer orders.
-- Feature: bad_elsewhere_share | share | all | - | Disputes and defaults among the known outcomes of its customers at other partners.
-- Feature: bad_customer_share | share | all | - | Customers with a dispute or default at the partner.
-- Feature: lost_customer_share | share | 90 d | - | Customers of before the last 30 days with no order in them, of those with one in the last 90.
SELECT
    partner AS code,
    count(*) FILTER (last_day < 1) AS customers_1d,
    count(*) FILTER (last_day < 7) AS customers_7d,
    count(*) FILTER (last_day < 30) AS customers_30d,
    count(*) FILTER (last_day < 90) AS customers_90d,
    count(*) AS customers,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (last_day < 1), 0) AS new_customer_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (last_day < 7), 0) AS new_customer_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (last_day < 30), 0) AS new_customer_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (last_day < 90), 0) AS new_customer_share_90d,
    count(*) FILTER (first_day < 1 AND customers.first_at = shoppers.first_at) / nullif(count(*) FILTER (first_day < 1), 0) AS new_shopper_share_1d,
    count(*) FILTER (first_day < 7 AND customers.first_at = shoppers.first_at) / nullif(count(*) FILTER (first_day < 7), 0) AS new_shopper_share_7d,
    count(*) FILTER (first_day < 30 AND customers.first_at = shoppers.first_at) / nullif(count(*) FILTER (first_day < 30), 0) AS new_shopper_share_30d,
    count(*) FILTER (first_day < 90 AND customers.first_at = shoppers.first_at) / nullif(count(*) FILTER (first_day < 90), 0) AS new_shopper_share_90d,
    sum(customers.orders) / count(*) AS orders_per_customer,
    count(*) FILTER (customers.orders = 1) / count(*) AS one_time_share,
    count(*) FILTER (partners = 1) / count(*) AS only_here_share,
    sum(partners) / count(*) AS customer_partners,
    sum(shoppers.bad - customers.bad) / nullif(sum(shoppers.settled - customers.settled), 0) AS bad_elsewhere_share,
    count(*) FILTER (customers.bad > 0) / count(*) AS bad_customer_share,
    count(*) FILTER (customers.last_day BETWEEN 30 AND 89) / nullif(count(*) FILTER (customers.last_day < 90), 0) AS lost_customer_share
FROM customers JOIN (SELECT consumer, partners, bad, settled, first_at FROM shoppers) AS shoppers USING (consumer)
GROUP BY code
