//! The extension module `hello_managed`, on the limited API: all that there is beside
//! pyproject.toml.
const std = @import("std");
const py = @import("py"); // Python.h, by pyz3-wheel

const Object = [*c]py.PyObject;

/// greet(name: str) -> str
fn greet(_: Object, args: Object) callconv(.c) Object {
    var name: Object = null;
    if (py.PyArg_ParseTuple(args, "U:greet", &name) == 0) return null;
    return py.PyUnicode_FromFormat("Hello, %U!", name);
}

/// count_bits(number: int) -> int
fn countBits(_: Object, number: Object) callconv(.c) Object {
    const value = py.PyLong_AsUnsignedLongLong(number);
    if (py.PyErr_Occurred() != null) return null;
    return py.PyLong_FromLong(@popCount(value));
}

var methods = [_]py.PyMethodDef{
    .{ .ml_name = "greet", .ml_meth = greet, .ml_flags = py.METH_VARARGS, .ml_doc = "Greet a person by name." },
    .{ .ml_name = "count_bits", .ml_meth = countBits, .ml_flags = py.METH_O, .ml_doc = "How many bits are set." },
    std.mem.zeroes(py.PyMethodDef), // marks the end
};

var definition: py.PyModuleDef = init: {
    var def = std.mem.zeroes(py.PyModuleDef);
    def.m_name = "hello_managed";
    def.m_doc = "A greeting and a count of bits, in Zig.";
    def.m_methods = &methods;
    break :init def;
};

/// Python calls this when the module is first imported; its name must end in the module's.
export fn PyInit_hello_managed() Object {
    return py.PyModuleDef_Init(&definition);
}
