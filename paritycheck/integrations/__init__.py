"""What keeps the check switched on in a repository: which files fit it, and what stands in them."""

from paritycheck.integrations.builds import Build, find_builds, names_images
from paritycheck.integrations.fitting import Kind, Proposal, Target, find_kinds, propose

__all__ = ["Build", "Kind", "Proposal", "Target", "find_builds", "find_kinds", "names_images", "propose"]
