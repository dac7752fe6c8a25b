//! The extension module `hello_abi3._native`, on the limited API: compiled once, it
//! runs on every CPython from 3.9 on.
const std = @import("std");
const py = @import("py");

const Object = [*c]py.PyObject;

/// greet(name: str) -> str
fn greet(_: Object, args: Object) callconv(.c) Object {
    var name: Object = null;
    if (py.PyArg_ParseTuple(args, "U:greet", &name) == 0) return null;
    return py.PyUnicode_FromFormat("Hello, %U!", name);
}

/// gcd(a: int, b: int) -> int
fn gcd(_: Object, args: Object) callconv(.c) Object {
    var a: c_longlong = 0;
    var b: c_longlong = 0;
    if (py.PyArg_ParseTuple(args, "LL:gcd", &a, &b) == 0) return null;

    var x: c_ulonglong = @abs(a);
    var y: c_ulonglong = @abs(b);
    while (y != 0) {
        const rest = x % y;
        x = y;
        y = rest;
    }
    return py.PyLong_FromUnsignedLongLong(x);
}

var methods = [_]py.PyMethodDef{
    .{ .ml_name = "greet", .ml_meth = greet, .ml_flags = py.METH_VARARGS, .ml_doc = "Greet a person by name." },
    .{ .ml_name = "gcd", .ml_meth = gcd, .ml_flags = py.METH_VARARGS, .ml_doc = "The greatest common divisor." },
    std.mem.zeroes(py.PyMethodDef), // marks the end
};

var definition: py.PyModuleDef = init: {
    var def = std.mem.zeroes(py.PyModuleDef);
    def.m_name = "_native";
    def.m_doc = "The part of hello_abi3 that is written in Zig.";
    def.m_methods = &methods;
    break :init def;
};

/// Python calls this when the module is first imported; its name must end in the module's.
export fn PyInit__native() Object {
    return py.PyModuleDef_Init(&definition);
}
