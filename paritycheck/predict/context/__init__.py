"""The effective build context: which ignore file applies, and what it leaves."""
