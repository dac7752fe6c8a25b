//! What a build.zig needs to make wheels with pyz3-wheel. Works with Zig 0.14.1 to 0.17.1.
//!
//! pyz3-wheel sets environment variables that say what to build for. Without them (`zig build` alone, an
//! editor) the usual options of `zig build` apply, and Python.h is that of the `python3` on PATH. Written
//! by `pyz3-wheel init`; yours to change.
const std = @import("std");
const Build = std.Build;
const Optimize = std.builtin.OptimizeMode;

/// Returns the target in ZIG_TARGET (such as x86_64-linux-gnu.2.17), unless -Dtarget gives another;
/// otherwise this machine. May be called for each module.
pub fn target(b: *Build) Build.ResolvedTarget {
    const known = Known.of(b);
    if (known.target) |found| return found;
    var default: std.Target.Query = .{};
    if (env(b, "ZIG_TARGET")) |triple| {
        // Baseline: a wheel runs on CPUs older than the one that built it.
        default = std.Target.Query.parse(.{ .arch_os_abi = triple, .cpu_features = "baseline" }) catch |err|
            std.process.fatal("ZIG_TARGET: '{s}' is not a target ({s}); `zig targets` lists them", .{ triple, @errorName(err) });
    }
    const found = b.standardTargetOptions(.{ .default_target = default });
    known.target = found;
    return found;
}

/// Returns the mode in PYDUST_OPTIMIZE, unless -Doptimize gives another; otherwise Debug. May be called
/// for each module.
pub fn optimize(b: *Build) Optimize {
    const known = Known.of(b);
    if (known.optimize) |found| return found;
    const default = if (env(b, "PYDUST_OPTIMIZE")) |name| mode(name) else Optimize.Debug;
    const found = b.option(Optimize, "optimize", "Prioritize performance, safety, or binary size") orelse default;
    known.optimize = found;
    return found;
}

fn mode(wanted: []const u8) Optimize {
    inline for (.{ "Debug", "ReleaseSafe", "ReleaseFast", "ReleaseSmall" }) |name| {
        if (std.mem.eql(u8, wanted, name)) return @field(Optimize, name);
    }
    std.process.fatal("PYDUST_OPTIMIZE: '{s}' is not one of Debug, ReleaseSafe, ReleaseFast, ReleaseSmall", .{wanted});
}

/// Returns a Zig module with the declarations of a C header that includes Python.h. (Zig 0.17 has no
/// @cImport.)
pub fn translate(module: *Build.Module, header: Build.LazyPath) *Build.Module {
    const b = module.owner;
    const headers = b.addTranslateC(.{
        .root_source_file = header,
        .target = module.resolved_target.?,
        .optimize = module.optimize.?,
    });
    if (python(module, &headers.step)) |found| headers.addIncludePath(.{ .cwd_relative = found.include });
    // The oldest Python that a module on the limited API runs on, with the GIL and without it.
    if (env(b, "PYZ3_LIMITED_API")) |version| headers.defineCMacro("Py_LIMITED_API", version);
    if (env(b, "PYZ3_TARGET_ABI3T")) |version| headers.defineCMacro("Py_TARGET_ABI3T", version);
    return headers.createModule();
}

/// Adds a library that Python imports as an extension module.
pub fn extension(name: []const u8, module: *Build.Module) *Build.Step.Compile {
    const lib = library(name, module);
    addPython(lib);
    return lib;
}

/// Adds Python.h for the C sources of a library, and Python itself where the platform needs it.
pub fn addPython(lib: *Build.Step.Compile) void {
    const module = lib.root_module;
    const b = module.owner;
    if (python(module, &lib.step)) |found| {
        module.addSystemIncludePath(.{ .cwd_relative = found.include });
        // Windows links against an import library of the Python DLL. Elsewhere the interpreter that loads
        // the module provides Python's symbols.
        if (found.lib_dir) |folder| module.addLibraryPath(.{ .cwd_relative = folder });
        if (found.lib) |name| module.linkSystemLibrary(name, .{ .use_pkg_config = .no });
    }
    if (env(b, "PYZ3_LIMITED_API")) |version| module.addCMacro("Py_LIMITED_API", version);
    if (env(b, "PYZ3_TARGET_ABI3T")) |version| module.addCMacro("Py_TARGET_ABI3T", version);
    lib.linker_allow_shlib_undefined = module.resolved_target.?.result.os.tag != .windows;
}

/// Adds a shared library.
pub fn library(name: []const u8, module: *Build.Module) *Build.Step.Compile {
    // Debugging information contains the paths of the build machine. Without it every folder gives the
    // same bytes.
    module.strip = module.optimize != Optimize.Debug;
    return module.owner.addLibrary(.{ .name = name, .linkage = .dynamic, .root_module = module });
}

/// Runs the tests of a Zig file in `zig build test`. The file must not import Python. Returns its module,
/// for C sources and imports.
pub fn addTests(b: *Build, root: Build.LazyPath) *Build.Module {
    const module = b.createModule(.{
        .root_source_file = root,
        .target = target(b),
        .optimize = optimize(b),
        .link_libc = true,
    });
    const step = if (b.top_level_steps.get("test")) |top| &top.step else b.step("test", "Run the tests that are written in Zig");
    step.dependOn(&b.addRunArtifact(b.addTest(.{ .root_module = module })).step);
    return module;
}

/// Returns a variable of the environment; one that is set but empty counts as absent.
pub fn env(b: *Build, name: []const u8) ?[]const u8 {
    const Graph = @TypeOf(b.graph.*);
    // Zig 0.17 caches what this script decides and does not see environment reads.
    if (@hasDecl(Graph, "poisonCache")) b.graph.poisonCache();
    const map = if (@hasField(Graph, "environ_map")) b.graph.environ_map else b.graph.env_map;
    const value = map.get(name) orelse return null;
    return if (value.len == 0) null else value;
}

/// Where Python.h is, and on Windows the import library of the Python DLL.
const Python = struct {
    include: []const u8,
    lib_dir: ?[]const u8,
    lib: ?[]const u8,
};

/// The Python to compile for. Without one `step` fails.
fn python(module: *Build.Module, step: *Build.Step) ?Python {
    const b = module.owner;
    const known = Known.of(b);
    if (known.python == null) known.python = if (env(b, "PYZ3_PYTHON_INCLUDE")) |include| .{
        .include = include,
        .lib_dir = env(b, "PYZ3_PYTHON_LIB_DIR"),
        .lib = env(b, "PYZ3_PYTHON_LIB"),
    } else if (isNative(module.resolved_target.?.query)) askPython(b) else null;
    if (known.python == null) {
        if (known.failure == null) known.failure = &b.addFail(if (env(b, "ZIG_TARGET") != null)
            "there is no Python.h for this build: PYZ3_PYTHON_INCLUDE is not set (pyz3-wheel does not set it if abi = \"none\" in [tool.pyz3-wheel])"
        else
            "there is no Python.h for this build: run pyz3-wheel, or set PYZ3_PYTHON_INCLUDE to the folder that contains Python.h").step;
        step.dependOn(known.failure.?);
    }
    return known.python;
}

/// Whether a target is this machine with its own C library, as the headers of its Python are.
fn isNative(query: std.Target.Query) bool {
    return query.cpu_arch == null and query.os_tag == null and query.abi == null;
}

/// Asks the first Python on PATH that has headers.
fn askPython(b: *Build) ?Python {
    const question =
        \\import os, sys, sysconfig
        \\include = sysconfig.get_path("include")
        \\print(include)
        \\if sys.platform == "win32":
        \\    free_threaded = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
        \\    print(os.path.join(sys.base_prefix, "libs"))
        \\    print("python%d%d%s" % (sys.version_info[:2] + (free_threaded,)))
        \\sys.exit(not os.path.exists(os.path.join(include, "Python.h")))
    ;
    // Zig 0.16 renamed the value.
    const quiet = if (@hasDecl(std.process, "SpawnOptions")) .ignore else .Ignore;
    for ([_][]const u8{ "python3", "python", "py" }) |name| {
        var exit_code: u8 = undefined;
        const answer = b.runAllowFail(&.{ name, "-c", question }, &exit_code, quiet) catch continue;
        var lines = std.mem.tokenizeAny(u8, answer, "\r\n");
        return .{ .include = lines.next() orelse continue, .lib_dir = lines.next(), .lib = lines.next() };
    }
    return null;
}

/// What was found out for a build. Zig stops at an option that is declared twice.
const Known = struct {
    b: *Build,
    target: ?Build.ResolvedTarget = null,
    optimize: ?Optimize = null,
    python: ?Python = null,
    failure: ?*Build.Step = null,

    var last: ?Known = null;

    /// Zig may run one script several times, each time with another `b`.
    fn of(b: *Build) *Known {
        if (last == null or last.?.b != b) last = .{ .b = b };
        return &last.?;
    }
};
