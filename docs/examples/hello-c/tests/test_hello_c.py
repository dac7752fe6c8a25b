"""Tests of the installed package: ``python -m unittest discover -s tests``."""

import statistics
import sys
import sysconfig
import unittest
from importlib.machinery import ExtensionFileLoader

import hello_c
from hello_c import _native


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello_c.greet("C"), "Hello, C!")

    def test_keeps_every_character(self):
        self.assertEqual(hello_c.greet("Zoë 🐍"), "Hello, Zoë 🐍!")

    def test_refuses_what_is_no_text(self):
        with self.assertRaises(TypeError):
            hello_c.greet(None)


class Mean(unittest.TestCase):
    def test_agrees_with_the_standard_library(self):
        for values in [[2.5], [1.0, 2.0, 6.0], [1, True, -5], range(1, 101)]:
            with self.subTest(values=values):
                self.assertAlmostEqual(hello_c.mean(values), statistics.fmean(values))

    def test_does_not_overflow(self):
        self.assertAlmostEqual(hello_c.mean([1e308, 1e308, 1e308]) / 1e308, 1.0)
        self.assertEqual(hello_c.mean([1.5e308, -1.5e308]), 0.0)

    def test_minus_one_is_a_value_not_an_error(self):
        self.assertEqual(hello_c.mean([-1]), -1.0)

    def test_refuses_an_empty_list(self):
        with self.assertRaisesRegex(ValueError, "empty list"):
            hello_c.mean([])

    def test_refuses_what_is_no_number(self):
        with self.assertRaises(TypeError):
            hello_c.mean([1.0, "two"])

    def test_takes_a_list_as_it_was_at_the_call(self):
        class Shrinks:
            def __float__(self):
                values.clear()
                return 3.0

        values = [Shrinks(), 100.0]
        self.assertEqual(_native.mean(values), 51.5)


class NativeModule(unittest.TestCase):
    def test_is_an_extension_module(self):
        self.assertIsInstance(_native.__spec__.loader, ExtensionFileLoader)
        self.assertEqual(_native.__name__, "hello_c._native")

    def test_was_compiled_for_this_python(self):
        self.assertEqual(hello_c.built_for(), sys.version_info[:2])

    def test_does_not_enable_the_gil(self):
        has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.assertEqual(has_gil, not sysconfig.get_config_var("Py_GIL_DISABLED"))


if __name__ == "__main__":
    unittest.main()
