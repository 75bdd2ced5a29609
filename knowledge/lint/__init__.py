"""What an editor should look at before publishing: entries that clash, and answers that cannot be given."""

from knowledge.lint.findings import Finding, LintLimits, Rule, Severity, Usage
from knowledge.lint.linter import lint

__all__ = ["Finding", "LintLimits", "Rule", "Severity", "Usage", "lint"]
