//! Made by pyz3-wheel for a project whose modules are declared in pyproject.toml. Runs on Zig 0.14.1 to
//! 0.17.1. modules.zon says what there is to build, the options say for what.
const std = @import("std");

const project: Project = @import("modules.zon");

const Project = struct {
    /// The name of the Zig module that the framework is imported as; none: Python.h, as "py".
    framework: ?[]const u8,
    /// Whether the framework wants NumPy's declarations too.
    numpy_ffi: bool,
    modules: []const Module,
};

/// An extension module; paths are relative to the project.
const Module = struct {
    name: [:0]const u8,
    root: []const u8,
    limited_api: bool,
    c_sources: []const []const u8,
    c_include_dirs: []const []const u8,
    c_library_dirs: []const []const u8,
    c_libraries: []const []const u8,
    c_flags: []const []const u8,
    rpaths: []const []const u8,
    has_cpp: bool,
};

pub fn build(b: *std.Build) void {
    const job: Job = .{
        .b = b,
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
        .project = required(b, "project", "The project's folder"),
        .python_include = required(b, "python-include", "The folder of Python.h"),
        .hexversion = required(b, "python-hexversion", "What Py_LIMITED_API is where it is used"),
        .framework = b.option([]const u8, "framework", "The folder of the framework's Zig sources"),
        .python_lib_dir = b.option([]const u8, "python-lib-dir", "The folder of Python's import library"),
        .python_lib = b.option([]const u8, "python-lib", "The name of Python's import library"),
        .abi3 = b.option(bool, "abi3", "Whether all modules keep to the limited API") orelse false,
        .abi3t = b.option(bool, "abi3t", "Whether that is the limited API of free-threaded Pythons too") orelse false,
        .free_threaded = b.option(bool, "free-threaded", "Whether Python has no GIL, and so no limited API") orelse false,
    };
    for (project.modules) |module| job.add(module);
}

fn required(b: *std.Build, name: []const u8, description: []const u8) []const u8 {
    return b.option([]const u8, name, description) orelse
        std.process.fatal("-D{s} is missing: pyz3-wheel runs this script and gives it", .{name});
}

const Job = struct {
    b: *std.Build,
    target: std.Build.ResolvedTarget,
    optimize: std.builtin.OptimizeMode,
    project: []const u8,
    python_include: []const u8,
    hexversion: []const u8,
    framework: ?[]const u8,
    python_lib_dir: ?[]const u8,
    python_lib: ?[]const u8,
    abi3: bool,
    abi3t: bool,
    free_threaded: bool,

    /// Builds one module and installs it below the folder of its package.
    fn add(job: Job, module: Module) void {
        const b = job.b;
        const root = b.createModule(.{
            .root_source_file = job.own(module.root),
            .target = job.target,
            .optimize = job.optimize,
            // No build paths inside: the same bytes from every folder.
            .strip = job.optimize != std.builtin.OptimizeMode.Debug,
            .link_libc = true,
            .link_libcpp = module.has_cpp,
        });
        if (project.framework) |name| {
            root.addImport(name, job.frameworkFor(module, name));
        } else {
            root.addImport("py", job.headers(b.path("python.h"), job.abi3));
        }

        root.addIncludePath(.{ .cwd_relative = job.python_include });
        for (module.c_include_dirs) |dir| root.addIncludePath(job.own(dir));
        // An abi3 wheel may be built with the headers of a later Python than its floor.
        if (job.abi3) root.addCMacro("Py_LIMITED_API", job.hexversion);
        if (job.abi3t) root.addCMacro("Py_TARGET_ABI3T", job.hexversion);
        for (module.c_sources) |source| {
            root.addCSourceFile(.{ .file = job.own(source), .flags = module.c_flags });
        }
        for (module.c_library_dirs) |dir| root.addLibraryPath(job.own(dir));
        for (module.c_libraries) |name| root.linkSystemLibrary(name, .{});
        for (module.rpaths) |rpath| root.addRPathSpecial(rpath);

        // Windows links against an import library of the Python DLL. Elsewhere the interpreter that
        // loads the module provides Python's symbols.
        if (job.python_lib_dir) |dir| root.addLibraryPath(.{ .cwd_relative = dir });
        if (job.python_lib) |name| root.linkSystemLibrary(name, .{ .use_pkg_config = .no });
        const leaf = if (std.mem.lastIndexOfScalar(u8, module.name, '.')) |dot| module.name[dot + 1 ..] else module.name;
        const lib = b.addLibrary(.{ .name = leaf, .linkage = .dynamic, .root_module = root });
        lib.linker_allow_shlib_undefined = job.target.result.os.tag != .windows;

        const place = b.fmt("{s}.so", .{module.name});
        std.mem.replaceScalar(u8, place[0..module.name.len], '.', '/');
        b.getInstallStep().dependOn(&b.addInstallLibFile(lib.getEmittedBin(), place).step);
    }

    /// The framework as a Zig module, which knows for which extension module it is.
    fn frameworkFor(job: Job, module: Module, name: []const u8) *std.Build.Module {
        const b = job.b;
        const limited = (module.limited_api or job.abi3) and !job.free_threaded;
        const pyconf = b.addOptions();
        pyconf.addOption([:0]const u8, "module_name", module.name);
        pyconf.addOption(bool, "limited_api", limited);
        pyconf.addOption([]const u8, "hexversion", job.hexversion);
        const framework = b.createModule(.{ .root_source_file = job.foreign(b.fmt("{s}.zig", .{name})) });
        framework.addImport("pyconf", pyconf.createModule());
        framework.addImport("ffi", job.headers(job.foreign("ffi.h"), limited));
        if (project.numpy_ffi) {
            framework.addImport("numpy_ffi", job.headers(job.foreign("numpy_ffi.h"), false));
        }
        framework.addIncludePath(.{ .cwd_relative = job.python_include });
        for (module.c_include_dirs) |dir| framework.addIncludePath(job.own(dir));
        return framework;
    }

    /// A header as a Zig module. Zig 0.17 has no @cImport.
    fn headers(job: Job, header: std.Build.LazyPath, limited: bool) *std.Build.Module {
        const translated = job.b.addTranslateC(.{
            .root_source_file = header,
            .target = job.target,
            .optimize = job.optimize,
        });
        translated.addIncludePath(.{ .cwd_relative = job.python_include });
        // Zig 0.17.1 crashes on the C11 atomics that Python 3.13 would else choose for macOS.
        translated.defineCMacro("_Py_USE_GCC_BUILTIN_ATOMICS", "1");
        if (limited) translated.defineCMacro("Py_LIMITED_API", job.hexversion);
        if (limited and job.abi3t) translated.defineCMacro("Py_TARGET_ABI3T", job.hexversion);
        return translated.createModule();
    }

    /// A path in the project.
    fn own(job: Job, path: []const u8) std.Build.LazyPath {
        return .{ .cwd_relative = job.b.pathJoin(&.{ job.project, path }) };
    }

    /// A path in the framework's sources.
    fn foreign(job: Job, path: []const u8) std.Build.LazyPath {
        const folder = job.framework orelse std.process.fatal("-Dframework is missing", .{});
        return .{ .cwd_relative = job.b.pathJoin(&.{ folder, path }) };
    }
};
