"""Tests of the installed package: ``python -m unittest discover -s tests``."""

import contextlib
import io
import sys
import sysconfig
import unittest
from importlib.machinery import ExtensionFileLoader

import hello
from hello import _native
from hello.__main__ import main


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello.greet("Zig"), "Hello, Zig!")

    def test_keeps_every_character(self):
        self.assertEqual(hello.greet("Zoë 🐍"), "Hello, Zoë 🐍!")

    def test_refuses_what_is_no_text(self):
        with self.assertRaises(TypeError):
            hello.greet(42)


class Total(unittest.TestCase):
    def test_adds_floats(self):
        self.assertEqual(hello.total([0.5, 0.25, 8.0]), 8.75)

    def test_adds_what_can_become_a_float(self):
        self.assertEqual(hello.total([1, True, 0.5]), 2.5)

    def test_nothing_is_zero(self):
        self.assertEqual(hello.total([]), 0.0)

    def test_takes_any_iterable(self):
        self.assertEqual(hello.total(range(1001)), 500500.0)

    def test_minus_one_is_a_value_not_an_error(self):
        self.assertEqual(hello.total([-1]), -1.0)

    def test_refuses_what_is_no_number(self):
        with self.assertRaises(TypeError):
            hello.total(["one"])


class Command(unittest.TestCase):
    def output_of(self, *names):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(main(list(names)), 0)
        return output.getvalue()

    def test_greets_the_world(self):
        self.assertEqual(self.output_of(), "Hello, world!\n")

    def test_greets_each_name(self):
        self.assertEqual(self.output_of("Ada", "Alan"), "Hello, Ada!\nHello, Alan!\n")


class NativeModule(unittest.TestCase):
    def test_is_an_extension_module(self):
        self.assertIsInstance(_native.__spec__.loader, ExtensionFileLoader)
        self.assertEqual(_native.__name__, "hello._native")

    def test_was_compiled_for_this_python(self):
        self.assertEqual(hello.built_for(), sys.version_info[:2])

    def test_does_not_enable_the_gil(self):
        has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.assertEqual(has_gil, not sysconfig.get_config_var("Py_GIL_DISABLED"))


if __name__ == "__main__":
    unittest.main()
