"""A greeting and a greatest common divisor, computed in Zig on Python's stable ABI."""

from hello_abi3._native import gcd, greet

__all__ = ["gcd", "greet"]
