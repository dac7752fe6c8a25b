//! The extension module `hello_abi3._native`, on the limited API: compiled once, it
//! runs on every CPython from 3.9 on. Compiled for abi3t, it runs on every CPython from 3.15 on, with and
//! without the GIL.
const std = @import("std");
const py = @import("py");
const math = @import("math.zig");

/// `PyObject *` (for abi3t, PyObject is opaque, and Zig has another pointer for it).
const Object = @TypeOf(py.PyLong_FromLong(0));

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
    return py.PyLong_FromUnsignedLongLong(math.gcd(a, b));
}

var methods = [_]py.PyMethodDef{
    .{ .ml_name = "greet", .ml_meth = greet, .ml_flags = py.METH_VARARGS, .ml_doc = "Greet a person by name." },
    .{ .ml_name = "gcd", .ml_meth = gcd, .ml_flags = py.METH_VARARGS, .ml_doc = "The greatest common divisor." },
    std.mem.zeroes(py.PyMethodDef), // marks the end
};

const doc = "The part of hello_abi3 that is written in Zig.";

/// The module for abi3, and for the full API of free-threaded Python 3.14.
const Definition = struct {
    var slots = [_]py.PyModuleDef_Slot{
        // Threads may run the functions at the same time: they share no data that changes.
        .{ .slot = py.Py_mod_gil, .value = py.Py_MOD_GIL_NOT_USED },
        std.mem.zeroes(py.PyModuleDef_Slot), // marks the end
    };

    var definition: py.PyModuleDef = init: {
        var def = std.mem.zeroes(py.PyModuleDef);
        def.m_name = "_native";
        def.m_doc = doc;
        def.m_methods = &methods;
        // Not in the limited API of Pythons before 3.13, which do not know the slot.
        if (@hasDecl(py, "Py_MOD_GIL_NOT_USED")) def.m_slots = &slots;
        // As PyModuleDef_HEAD_INIT does in C; free-threaded Python 3.15 checks it.
        if (@hasField(py.PyObject, "ob_flags")) def.m_base.ob_base.ob_flags = py._Py_STATICALLY_ALLOCATED_FLAG;
        if (@hasField(py.PyObject, "ob_ref_local")) def.m_base.ob_base.ob_ref_local = py._Py_IMMORTAL_REFCNT_LOCAL;
        break :init def;
    };

    fn init() callconv(.c) Object {
        return py.PyModuleDef_Init(&definition);
    }
};

/// The module for abi3t: no PyModuleDef, only slots.
const Slots = struct {
    var abi: py.PyABIInfo = .{
        .abiinfo_major_version = 1,
        .abiinfo_minor_version = 0,
        .flags = py.PyABIInfo_DEFAULT_FLAGS,
        .build_version = py.PY_VERSION_HEX,
        .abi_version = py.PyABIInfo_DEFAULT_ABI_VERSION,
    };

    var slots = [_]py.PySlot{
        slot(py.Py_mod_abi, &abi),
        slot(py.Py_mod_name, "_native"),
        slot(py.Py_mod_doc, doc),
        slot(py.Py_mod_methods, &methods),
        .{ .sl_id = py.Py_mod_gil, .unnamed_1 = .{ .sl_uint64 = @intFromPtr(py.Py_MOD_GIL_NOT_USED) } },
        std.mem.zeroes(py.PySlot), // marks the end
    };

    fn slot(id: u16, value: *const anyopaque) py.PySlot {
        return .{ .sl_id = id, .sl_flags = py.PySlot_STATIC, .unnamed_1 = .{ .sl_ptr = @constCast(value) } };
    }

    fn get() callconv(.c) [*c]py.PySlot {
        return &slots;
    }
};

// Python calls one of these when the module is first imported; their names must end in the module's.
comptime {
    if (@hasDecl(py, "Py_TARGET_ABI3T")) {
        @export(&Slots.get, .{ .name = "PyModExport__native" });
    } else {
        @export(&Definition.init, .{ .name = "PyInit__native" });
    }
}
