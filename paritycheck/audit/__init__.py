"""Evidence of a failing container -> the audit: pure, every sentence with the facts behind it."""

from paritycheck.audit.dossier import Dossier, gather
from paritycheck.audit.writing import fails, write_audit

__all__ = ["Dossier", "fails", "gather", "write_audit"]
