"""Starts with both halves."""

from shop import files, orders

print("started", orders.psycopg2.apilevel, files.magic.__name__)
