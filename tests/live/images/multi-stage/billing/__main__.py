"""Import everything and say nothing."""

import billing

assert billing.packaging
