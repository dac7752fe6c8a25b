//! Builds the extension module `hello._native`. Works with Zig 0.14.1 to 0.17.1.
const std = @import("std");
const pyz3 = @import("pyz3_build.zig");

pub fn build(b: *std.Build) void {
    const module = b.createModule(.{
        .root_source_file = b.path("src/native.zig"),
        .target = pyz3.target(b),
        .optimize = pyz3.optimize(b),
        .link_libc = true,
    });
    // Python.h, for @import("py").
    module.addImport("py", pyz3.translate(module, b.path("src/python.h")));
    b.installArtifact(pyz3.extension("hello", module));
    // For another module, copy the lines above, with another source and another name, and add the module to
    // `modules` in pyproject.toml.

    // `zig build test` runs the tests in this file.
    _ = pyz3.addTests(b, b.path("src/sum.zig"));
}
