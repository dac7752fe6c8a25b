//! Builds the extension module `hello_c._native` from C. Works with Zig 0.14.1 to 0.17.1.
const std = @import("std");
const pyz3 = @import("pyz3_build.zig");

pub fn build(b: *std.Build) void {
    const module = b.createModule(.{
        .target = pyz3.target(b),
        .optimize = pyz3.optimize(b),
        .link_libc = true,
    });
    module.addCSourceFiles(.{
        .root = b.path("src"),
        .files = &.{ "native.c", "mean.c" },
        .flags = &.{ "-std=c11", "-fvisibility=hidden", "-Wall", "-Wextra" },
    });
    // As in CPython's own builds: an assert of Python.h would carry the path of that file.
    if (module.optimize != std.builtin.OptimizeMode.Debug) module.addCMacro("NDEBUG", "1");
    b.installArtifact(pyz3.extension("hello_c", module));
    // For another module, copy the lines above, with another source and another name, and add the module to
    // `modules` in pyproject.toml.

    // `zig build test` runs the tests in this file.
    pyz3.addTests(b, b.path("src/test_mean.zig")).addCSourceFile(.{ .file = b.path("src/mean.c") });
}
