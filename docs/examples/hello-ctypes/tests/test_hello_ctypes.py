"""Tests of the installed package: ``python -m unittest discover -s tests``."""

import unittest
import zlib

import hello_ctypes


class Greet(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(hello_ctypes.greet("Zig"), "Hello, Zig!")

    def test_keeps_every_character(self):
        self.assertEqual(hello_ctypes.greet("Zoë 🐍\0"), "Hello, Zoë 🐍\0!")

    def test_takes_the_empty_name(self):
        self.assertEqual(hello_ctypes.greet(""), "Hello, !")


class Adler32(unittest.TestCase):
    def test_agrees_with_the_standard_library(self):
        for data in [b"", b"a", b"Wikipedia", b"\0" * 7, bytes(range(256)) * 300, b"\xff" * 70000]:
            with self.subTest(length=len(data)):
                self.assertEqual(hello_ctypes.adler32(data), zlib.adler32(data))

    def test_continues_a_checksum(self):
        first = hello_ctypes.adler32(b"Hello, ")
        self.assertEqual(hello_ctypes.adler32(b"Zig!", first), zlib.adler32(b"Hello, Zig!"))

    def test_refuses_what_is_no_bytes(self):
        with self.assertRaises(TypeError):
            hello_ctypes.adler32(3.5)


if __name__ == "__main__":
    unittest.main()
