"""Tests of the installed package: ``python -m unittest discover -s tests``."""

import sys
import sysconfig
import unittest
from importlib.machinery import ExtensionFileLoader

import hello_cpp
from hello_cpp import _native


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello_cpp.greet("C++"), "Hello, C++!")

    def test_keeps_every_character(self):
        self.assertEqual(hello_cpp.greet("Zoë 🐍"), "Hello, Zoë 🐍!")

    def test_refuses_what_is_no_text(self):
        with self.assertRaises(TypeError):
            hello_cpp.greet(None)


class CountWords(unittest.TestCase):
    def test_counts_each_word(self):
        self.assertEqual(hello_cpp.count_words(" é b\té\nc"), {"b": 1, "c": 1, "é": 2})

    def test_a_long_text_is_no_problem(self):
        self.assertEqual(hello_cpp.count_words("word " * 100_000), {"word": 100_000})

    def test_a_cpp_exception_becomes_one_of_python(self):
        with self.assertRaisesRegex(ValueError, "without words"):
            hello_cpp.count_words(" \n")


class NativeModule(unittest.TestCase):
    def test_is_an_extension_module(self):
        self.assertIsInstance(_native.__spec__.loader, ExtensionFileLoader)
        self.assertEqual(_native.__name__, "hello_cpp._native")

    def test_was_compiled_for_this_python(self):
        self.assertEqual(hello_cpp.built_for(), sys.version_info[:2])

    def test_does_not_enable_the_gil(self):
        has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.assertEqual(has_gil, not sysconfig.get_config_var("Py_GIL_DISABLED"))


if __name__ == "__main__":
    unittest.main()
