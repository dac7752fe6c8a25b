"""Tests of the installed module: ``python -m unittest discover -s tests``."""

import sys
import sysconfig
import unittest
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader

import hello_managed

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello_managed.greet("Zoë 🐍"), "Hello, Zoë 🐍!")

    def test_refuses_what_is_no_text(self):
        with self.assertRaises(TypeError):
            hello_managed.greet(42)


class CountBits(unittest.TestCase):
    def test_counts_each_bit(self):
        for number in [0, 1, 255, 2**63, 2**64 - 1]:
            with self.subTest(number=number):
                self.assertEqual(hello_managed.count_bits(number), bin(number).count("1"))

    def test_refuses_what_has_no_64_bits(self):
        for number in [-1, 2**64]:
            with self.assertRaises(OverflowError):
                hello_managed.count_bits(number)

    def test_refuses_what_is_no_integer(self):
        with self.assertRaises(TypeError):
            hello_managed.count_bits("12")


class Module(unittest.TestCase):
    def test_is_an_extension_module(self):
        self.assertIsInstance(hello_managed.__spec__.loader, ExtensionFileLoader)

    def test_file_name_is_that_of_the_stable_abi(self):
        # The first suffix is this Python's own; the stable ABI's follow it, if there is one.
        own, *stable = EXTENSION_SUFFIXES
        has_stable_abi = not FREE_THREADED or sys.version_info >= (3, 15)
        name = hello_managed.__spec__.origin.replace("\\", "/").rpartition("/")[2]
        self.assertIn(name, ["hello_managed" + suffix for suffix in (stable if has_stable_abi else [own])])

    def test_does_not_switch_the_gil_on(self):
        has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.assertEqual(has_gil, not FREE_THREADED)


if __name__ == "__main__":
    unittest.main()
