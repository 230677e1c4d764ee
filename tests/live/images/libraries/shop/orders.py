"""Links to libpq."""

import psycopg2

CONNECT = psycopg2.connect
