"""Tests of the installed package: ``python -m unittest discover -s tests``."""

import math
import sys
import sysconfig
import unittest
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader

import hello_abi3
from hello_abi3 import _native

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello_abi3.greet("Zig"), "Hello, Zig!")

    def test_keeps_every_character(self):
        self.assertEqual(hello_abi3.greet("Zoë 🐍"), "Hello, Zoë 🐍!")

    def test_refuses_what_is_no_text(self):
        with self.assertRaises(TypeError):
            hello_abi3.greet(42)


class Gcd(unittest.TestCase):
    def test_agrees_with_the_standard_library(self):
        for a, b in [(12, 18), (17, 5), (-48, 36), (0, 7), (0, 0), (-(2**63), 2**62)]:
            with self.subTest(a=a, b=b):
                self.assertEqual(hello_abi3.gcd(a, b), math.gcd(a, b))

    def test_takes_the_smallest_number_of_64_bits(self):
        self.assertEqual(hello_abi3.gcd(-(2**63), 0), 2**63)

    def test_refuses_more_than_64_bits(self):
        with self.assertRaises(OverflowError):
            hello_abi3.gcd(2**63, 1)

    def test_refuses_what_is_no_integer(self):
        with self.assertRaises(TypeError):
            hello_abi3.gcd("12", 18)


class NativeModule(unittest.TestCase):
    def test_is_an_extension_module(self):
        self.assertIsInstance(_native.__spec__.loader, ExtensionFileLoader)
        self.assertEqual(_native.__name__, "hello_abi3._native")

    def test_file_name_is_that_of_the_stable_abi(self):
        # The first suffix is this Python's own; the stable ABI's follow it, if there is one.
        own, *stable = EXTENSION_SUFFIXES
        has_stable_abi = not FREE_THREADED or sys.version_info >= (3, 15)
        name = _native.__spec__.origin.replace("\\", "/").rpartition("/")[2]
        self.assertIn(name, ["_native" + suffix for suffix in (stable if has_stable_abi else [own])])

    def test_does_not_switch_the_gil_on(self):
        has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.assertEqual(has_gil, not FREE_THREADED)


if __name__ == "__main__":
    unittest.main()
