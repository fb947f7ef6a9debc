"""How makers of worlds write them: array types, records of events, the tables, and the truth beside them.

Makers differ in what they make up. Moments are days from the window's start; consumers, partners, devices and
accounts are numbers until they are written.
"""
