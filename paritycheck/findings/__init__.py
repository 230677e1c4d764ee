"""How losses and differences become findings: one cause, one finding."""

from paritycheck.findings.build import build_findings
from paritycheck.findings.comments import let_pass
from paritycheck.findings.data import data_findings
from paritycheck.findings.dependencies import dependency_findings
from paritycheck.findings.distributions import distribution_findings
from paritycheck.findings.image import image_findings
from paritycheck.findings.libraries import library_findings
from paritycheck.findings.losses import loss_findings
from paritycheck.findings.mounts import mount_findings
from paritycheck.findings.platforms import platform_findings
from paritycheck.findings.refusals import refusal_findings
from paritycheck.findings.shipped import shipped_findings
from paritycheck.findings.smoke import smoke_findings, traceback_lines
from paritycheck.findings.start import start_findings
from paritycheck.findings.steps import step_findings
from paritycheck.findings.versions import version_findings

__all__ = [
    "build_findings",
    "data_findings",
    "dependency_findings",
    "distribution_findings",
    "image_findings",
    "let_pass",
    "library_findings",
    "loss_findings",
    "mount_findings",
    "platform_findings",
    "refusal_findings",
    "shipped_findings",
    "smoke_findings",
    "start_findings",
    "step_findings",
    "traceback_lines",
    "version_findings",
]
