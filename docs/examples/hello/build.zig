//! Builds the extension module `hello._native`. Runs on Zig 0.14.1 to 0.17.1.
//! pyz3-wheel says through the environment what to build for.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{ .default_target = defaultTarget(b) });
    const optimize = b.option(Optimize, "optimize", "Prioritize performance, safety, or binary size") orelse
        defaultOptimize(b);
    const include = env(b, "PYZ3_PYTHON_INCLUDE") orelse
        return b.getInstallStep().dependOn(&b.addFail(no_python).step);

    const module = b.createModule(.{
        .root_source_file = b.path("src/native.zig"),
        .target = target,
        .optimize = optimize,
        .strip = optimize != Optimize.Debug, // no build paths inside: same bytes from every folder
        .link_libc = true,
    });

    // Python.h as the Zig module "py". Zig 0.17 has no @cImport.
    const headers = b.addTranslateC(.{
        .root_source_file = b.path("src/python.h"),
        .target = target,
        .optimize = optimize,
    });
    headers.addIncludePath(.{ .cwd_relative = include });
    module.addImport("py", headers.createModule());

    // Windows links against an import library of the Python DLL. Elsewhere the
    // interpreter that loads the module provides Python's symbols.
    if (env(b, "PYZ3_PYTHON_LIB_DIR")) |dir| module.addLibraryPath(.{ .cwd_relative = dir });
    if (env(b, "PYZ3_PYTHON_LIB")) |name| module.linkSystemLibrary(name, .{ .use_pkg_config = .no });

    const lib = b.addLibrary(.{ .name = "hello", .linkage = .dynamic, .root_module = module });
    lib.linker_allow_shlib_undefined = target.result.os.tag != .windows;
    b.installArtifact(lib);
}

const Optimize = std.builtin.OptimizeMode;
const no_python = "PYZ3_PYTHON_INCLUDE is not set: set it to the folder that holds Python.h, or run pyz3-wheel";

/// What ZIG_TARGET names (such as x86_64-linux-gnu.2.17), else this machine.
fn defaultTarget(b: *std.Build) std.Target.Query {
    const triple = env(b, "ZIG_TARGET") orelse return .{};
    // Baseline: a wheel runs on CPUs older than the one that built it.
    return std.Target.Query.parse(.{ .arch_os_abi = triple, .cpu_features = "baseline" }) catch |err|
        std.process.fatal("ZIG_TARGET: '{s}' is no target ({s}); `zig targets` lists them", .{ triple, @errorName(err) });
}

/// What PYDUST_OPTIMIZE names, else Debug.
fn defaultOptimize(b: *std.Build) Optimize {
    const mode = env(b, "PYDUST_OPTIMIZE") orelse return Optimize.Debug;
    inline for (.{ "Debug", "ReleaseSafe", "ReleaseFast", "ReleaseSmall" }) |name| {
        if (std.mem.eql(u8, mode, name)) return @field(Optimize, name);
    }
    std.process.fatal("PYDUST_OPTIMIZE: '{s}' is none of Debug, ReleaseSafe, ReleaseFast, ReleaseSmall", .{mode});
}

/// A variable of the environment; one that is set but empty counts as absent.
fn env(b: *std.Build, name: []const u8) ?[]const u8 {
    const Graph = @TypeOf(b.graph.*);
    // Zig 0.17 caches what this script decides and does not see environment reads.
    if (@hasDecl(Graph, "poisonCache")) b.graph.poisonCache();
    const map = if (@hasField(Graph, "environ_map")) b.graph.environ_map else b.graph.env_map;
    const value = map.get(name) orelse return null;
    return if (value.len == 0) null else value;
}
