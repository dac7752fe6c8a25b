//! Builds the extension module `hello_cpp._native` from C++. Works with Zig 0.14.1 to 0.17.1.
const std = @import("std");
const pyz3 = @import("pyz3_build.zig");

pub fn build(b: *std.Build) void {
    const module = b.createModule(.{
        .target = pyz3.target(b),
        .optimize = pyz3.optimize(b),
        .link_libcpp = true, // C++'s standard library, which becomes part of the module
    });
    module.addCSourceFiles(.{
        .root = b.path("src"),
        .files = &.{ "native.cpp", "words.cpp" },
        .flags = &.{ "-std=c++17", "-fvisibility=hidden", "-Wall", "-Wextra" },
    });
    // As in CPython's own builds: an assert of Python.h would carry the path of that file.
    if (module.optimize != std.builtin.OptimizeMode.Debug) module.addCMacro("NDEBUG", "1");
    b.installArtifact(pyz3.extension("hello_cpp", module));
    // For another module, copy the lines above, with another source and another name, and add the module to
    // `modules` in pyproject.toml.
}
