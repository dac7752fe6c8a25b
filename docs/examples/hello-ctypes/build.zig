//! Builds the shared library that the package `hello_ctypes` loads. Works with Zig 0.14.1 to 0.17.1.
const std = @import("std");
const pyz3 = @import("pyz3_build.zig");

pub fn build(b: *std.Build) void {
    const module = b.createModule(.{
        .root_source_file = b.path("src/hello_ctypes.zig"),
        .target = pyz3.target(b),
        .optimize = pyz3.optimize(b),
        .link_libc = true, // its memcpy, and a binary that says which glibc it needs
    });
    b.installArtifact(pyz3.library("hello_ctypes", module));

    // `zig build test` runs the tests in this file.
    _ = pyz3.addTests(b, b.path("src/hello_ctypes.zig"));
}
