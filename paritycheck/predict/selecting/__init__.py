"""Which distributions an installer's command selects, from the dependency files it reads."""
