"""What a run was asked to do by files and flags, what it lets pass, and what was known before."""

from paritycheck.config.judgement import Config
from paritycheck.config.words import parse_build_args, parse_codes, parse_engine

__all__ = ["Config", "parse_build_args", "parse_codes", "parse_engine"]
