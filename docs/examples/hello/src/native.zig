//! The extension module `hello._native`, on the full C API: `total` reads tuples
//! and floats in place, so it must be compiled for each Python that is to run it.
const std = @import("std");
const py = @import("py");
const Sum = @import("sum.zig").Sum;

const Object = [*c]py.PyObject;

/// greet(name: str) -> str
fn greet(_: Object, args: Object) callconv(.c) Object {
    var name: Object = null;
    if (py.PyArg_ParseTuple(args, "U:greet", &name) == 0) return null;
    return py.PyUnicode_FromFormat("Hello, %U!", name);
}

/// total(*values: float) -> float
fn total(_: Object, args: Object) callconv(.c) Object {
    const tuple: *py.PyTupleObject = @ptrCast(@alignCast(args));
    const first: [*]const Object = &tuple.ob_item;
    const values = first[0..@intCast(tuple.ob_base.ob_size)];

    var sum: Sum = .{};
    for (values) |value| {
        if (value.*.ob_type == &py.PyFloat_Type) {
            const float: *py.PyFloatObject = @ptrCast(@alignCast(value));
            sum.add(float.ob_fval);
        } else {
            const number = py.PyFloat_AsDouble(value);
            if (number == -1 and py.PyErr_Occurred() != null) return null;
            sum.add(number);
        }
    }
    return py.PyFloat_FromDouble(sum.total());
}

/// built_for() -> tuple[int, int]
fn builtFor(_: Object, _: Object) callconv(.c) Object {
    const major: c_int = py.PY_MAJOR_VERSION;
    const minor: c_int = py.PY_MINOR_VERSION;
    return py.Py_BuildValue("(ii)", major, minor);
}

var methods = [_]py.PyMethodDef{
    .{ .ml_name = "greet", .ml_meth = greet, .ml_flags = py.METH_VARARGS, .ml_doc = "Greet a person by name." },
    .{ .ml_name = "total", .ml_meth = total, .ml_flags = py.METH_VARARGS, .ml_doc = "Add the values up." },
    .{ .ml_name = "built_for", .ml_meth = builtFor, .ml_flags = py.METH_NOARGS, .ml_doc = "The Python of the headers." },
    std.mem.zeroes(py.PyMethodDef), // marks the end
};

var slots = [_]py.PyModuleDef_Slot{
    // Threads may run the functions at the same time: they share no data that changes.
    .{ .slot = py.Py_mod_gil, .value = py.Py_MOD_GIL_NOT_USED },
    std.mem.zeroes(py.PyModuleDef_Slot), // marks the end
};

var definition: py.PyModuleDef = init: {
    var def = std.mem.zeroes(py.PyModuleDef);
    def.m_name = "_native";
    def.m_doc = "The part of hello that is written in Zig.";
    def.m_methods = &methods;
    // Python 3.12 and earlier do not know the slot.
    if (@hasDecl(py, "Py_mod_gil")) def.m_slots = &slots;
    // As PyModuleDef_HEAD_INIT does in C; free-threaded Python 3.15 checks it.
    if (@hasField(py.PyObject, "ob_flags")) def.m_base.ob_base.ob_flags = py._Py_STATICALLY_ALLOCATED_FLAG;
    if (@hasField(py.PyObject, "ob_ref_local")) def.m_base.ob_base.ob_ref_local = py._Py_IMMORTAL_REFCNT_LOCAL;
    break :init def;
};

/// Python calls this when the module is first imported; its name must end in the module's.
export fn PyInit__native() Object {
    return py.PyModuleDef_Init(&definition);
}
