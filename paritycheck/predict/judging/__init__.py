"""The two sides set against each other: placement, views, needs and losses."""
