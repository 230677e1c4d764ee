"""The outside world, made into snapshots: all input and output lives here."""
