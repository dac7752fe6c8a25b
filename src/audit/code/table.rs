//! The table of all checks.

/// Passes all checks to a macro. Each has the name of its [`Code`](super::Code), its stable name, the part of a
/// wheel, sdist or release that it checks, its default severity, its summary and its explanation.
macro_rules! all_checks {
    ($then:ident) => {
        $then! {
            // --- Binaries ---
            NativeInPure "native-in-pure" Binaries Error
                "has native code, but the wheel says that it has none"
                "The platform tag `any` promises that the wheel works on every machine; native code does not. If the wheel has libraries for Linux, macOS and Windows, this is a warning: the package chooses one of them at run time. In a wheel with a platform tag, `.data/purelib` must not contain native code: auditwheel refuses a shared library there. `Root-Is-Purelib: true` in WHEEL is a warning: the wheel works, but systems with a separate purelib (Fedora, RHEL) install its native code into a folder that machines with other CPUs may share. Source: PyPA, \"Binary distribution format\".";
            WrongSystem "wrong-system" Binaries Error
                "is built for another operating system"
                "The format of the binary, its load commands or its notes name another system than the platform tag. iOS devices and the iOS simulator count as different systems. So do Linux and Android, and WebAssembly for Emscripten, with threads and for WASI. Pyodide loads only side modules: their first section is `dylink.0`, and they import a memory that is not shared. The usual reason is that a build ignored its target and built for the host. A file that may be meant for another system is a warning, as with wrong-machine.";
            WrongMachine "wrong-machine" Binaries Error
                "is built for another processor"
                "The machine, class or byte order of the binary is not that of the platform tag; every tag of a compressed tag set must be true. A program inside a package, or a library that nothing in the wheel loads, is a warning if other binaries of the wheel match the tag: it may be meant for another machine.";
            MissingSlice "missing-slice" Binaries Error
                "lacks a processor that the tag promises"
                "A universal2 wheel holds x86_64 and arm64 code in each of its binaries, and so does a wheel that is tagged for both.";
            WrongLibc "wrong-libc" Binaries Error
                "is linked with another C library"
                "manylinux tags promise glibc, musllinux tags promise musl. The two do not load each other's libraries.";
            FloorTooHigh "floor-too-high" Binaries Error
                "needs a newer system than the tag promises"
                "The highest GLIBC_x.y that an ELF file requires, the `minos` of a Mach-O file, or the API level of a library for Android is above the release in the platform tag: the wheel can be installed on older systems, but its code fails to load there. A minor release of macOS 11 or later counts as the next major release, because no tag can express it. On Apple silicon, the iOS simulator starts at 14.0. Sources: PEP 600, PEP 730, PEP 738, PyPA \"Platform compatibility tags\".";
            NoFloor "no-floor" Binaries Error
                "does not say which system it needs"
                "A Mach-O file without LC_BUILD_VERSION or LC_VERSION_MIN_MACOSX does not say which macOS or iOS it requires.";
            SymbolVersion "symbol-version" Binaries Error
                "asks for a symbol version that the policy lacks"
                "Besides glibc's own, a manylinux policy allows certain versions of libgcc_s, libstdc++, zlib and a few more. Versions of a name that the policy does not know (an unknown namespace) belong to a library that not every promised system has. Each version is checked against the library that must define it. A library in the wheel must define the versions that the wheel's binaries require of it: otherwise glibc refuses to load these binaries (`version … not found`). musl ignores symbol versions. Sources: auditwheel's manylinux policies, glibc's dl-version.c.";
            BlacklistedSymbol "blacklisted-symbol" Binaries Error
                "uses a symbol that the policy forbids"
                "Some symbols of allowed libraries exist on some systems only; the policies list them. A module for Python 3.6 or earlier must not use `PyFPE_jbuf`, `PyFPE_counter` or `PyFPE_dummy` either: only Pythons that were configured with `--with-fpectl` define all of them. Sources: auditwheel's manylinux policies, PEP 513.";
            UndefinedSymbol "undefined-symbol" Binaries Error
                "uses a symbol that nothing provides"
                "Every symbol that a library takes from elsewhere must come from the C library, a system library that it loads, a library in the wheel, or the Python of the tag. An extension module sees only the libraries that it loads, directly or through others; a file that it does not load provides nothing, unless Python code in the wheel uses `RTLD_GLOBAL` or `sys.setdlopenflags`. On macOS the other extension modules of the wheel count as well. Without the symbol, Python cannot load the file (`undefined symbol: …`, `symbol not found in flat namespace`). Linkers do not complain, because they cannot see Python's own symbols either. Most often a source file or a library was left out, or a function of CPython is newer than the wheel's Python. If a binary loads a system library whose symbols this check does not know, only Python's symbols are checked. Weak symbols do not count. In a library below `.data/data/` this is a warning: another program may load the library and provide the symbol. On Android, only libpython3.X.so (libpython3.so for abi3) provides Python's symbols, so a module must load it. In Pyodide, a missing function may cause an error only when it is called. Sources: the exports of CPython's own builds, the ABI lists of glibc, and what the releases of Pyodide provide to modules.";
            MuslSymbol "musl-symbol" Binaries Error
                "uses a function that musl does not have"
                "musl has no symbol versions, so only the names of the functions can be checked: a function of glibc that musl does not have fails when it is loaded or first called. Source: the symbols that musl exports, by architecture.";
            MuslPatch "musl-patch" Binaries Warning
                "uses a function that only later patch releases of musl have"
                "A musllinux tag counts minor releases, and musl adds functions in patch releases too: `statx` came with 1.2.5. Where the system's musl is older, its loader refuses the module, though the tag fits. Source: PEP 656, and musl's release notes.";
            ForeignLibrary "foreign-library" Binaries Error
                "loads a library that neither the system nor the wheel has"
                "Every library that a binary loads must be in the wheel, where the loader finds it, or part of every system that the tag promises. On Linux these are the libraries that the policy lists; on Apple's systems, those in the system folders and Python's framework; on Windows, the DLLs of Windows and of CPython; on Android, the public libraries of the API level and the libpython of the tag.";
            UnreachableLibrary "unreachable-library" Binaries Error
                "loads a library of the wheel by a path that does not lead to it"
                "The library is in the wheel, but neither $ORIGIN (Linux) nor @loader_path or @rpath (macOS) leads the loader to it. It works only if the package loads it beforehand: a warning on macOS, an error on Linux, as for auditwheel. On Windows the package itself adds folders to the search path, which no binary shows.";
            LinksLibpython "links-libpython" Binaries Error
                "loads the Python library"
                "Many Pythons are linked statically and have no libpython at all; others have it in another place. An extension module finds Python's symbols in the running interpreter. Extension modules for iOS and Android are exceptions: they load the Python library. Source: PEP 513.";
            PythonWithoutAbi "python-without-abi" Binaries Error
                "uses CPython's API in a wheel that promises to use none"
                "The ABI tag `none` says that any Python version can load the wheel's code. As with native-in-pure, this is a warning if the wheel has libraries for Linux, macOS and Windows.";
            NoPythonDll "no-python-dll" Binaries Error
                "is a Windows extension module that imports no Python DLL"
                "On Windows every symbol comes from a named DLL. A linker that was given no import library may leave Python's symbols out and exit with success; the module crashes at its first call.";
            WrongPythonDll "wrong-python-dll" Binaries Error
                "imports the Python DLL of another ABI"
                "cp312 promises python312.dll, cp314t promises python314t.dll, abi3 promises python3.dll, abi3t promises python3t.dll. An abi3 wheel that imports python312.dll works with Python 3.12 alone. From 3.15 on, builds with the GIL have python3t.dll too, so a module for both abi3 and abi3t must import python3t.dll. A cp312 module that imports python3.dll works, and could be abi3: a warning. The same applies to a module for 3.15 or 3.15t that imports python3t.dll.";
            NotStableAbi "not-stable-abi" Binaries Error
                "uses a symbol outside the stable ABI of its floor"
                "An abi3 wheel works with every later Python only if each symbol is in the stable ABI since the version in the Python tag, and Python has it on the system of the platform tag. Code for abi3t must not access the members of PyObject and PyModuleDef either, because they differ between builds with the GIL and free-threaded builds. Few such accesses are visible in a binary. A call of `_Py_Dealloc` is an error: only code that changes reference counts itself calls it. A module that calls PyModule_Create2, PyModuleDef_Init or PyModule_FromDefAndSpec2 but exports no PyModExport function is a warning. Sources: PEP 384, PEP 652, PEP 803, CPython's Misc/stable_abi.toml.";
            NoInit "no-init" Binaries Error
                "is named as an extension module, but exports no PyInit function"
                "The file name ending says that `import` loads the file, and `import` calls PyInit_<name> (PEP 489) or, from Python 3.15 on, PyModExport_<name> (PEP 793). A module that exports only PyModExport_<name> does not work with older Pythons, and Python crashes if the exported symbol is a variable. A library for ctypes that only borrows the ending, and uses none of Python's symbols, is a warning.";
            WrongInit "wrong-init" Binaries Error
                "exports the PyInit function of another module"
                "`import name` calls PyInit_<name>, where <name> is the file name up to its first dot.";
            NotALibrary "not-a-library" Binaries Error
                "is named as an extension module, but is not a shared library"
                "Because of the file's name, the Pythons of the tags load it as an extension module, but it is an object file, a static library, a program, an empty file, a Git LFS pointer or some other file. The import fails (`ImportError: invalid ELF header`, `DLL load failed`). This is a warning for a file with the plain ending `.so` if it is a program, if its name begins with `lib`, or if it is in a folder `test`, `tests` or `data`. Files in folders that Python cannot import from, such as `hello.libs`, are not reported.";
            WrongSuffix "wrong-suffix" Binaries Error
                "has the file name ending of another ABI or platform"
                "Each Python only loads files with the endings of its own ABI and platform: `.cpython-312-x86_64-linux-gnu.so`, `.cp312-win_amd64.pyd`, `.cpython-313-iphoneos.so`, `.cpython-313-aarch64-linux-android.so`, `.cpython-314-wasm32-emscripten.so`, `.abi3.so` (not on Windows, and not for free-threaded builds from 3.15 on), `.so` or `.pyd`. From 3.15 on, Linux and macOS also load `.abi3t.so`, and both stable ABIs with a platform: `.abi3-x86_64-linux-gnu.so`, `.abi3t-darwin.so`. Python ignores a file with any other ending. Sources: PEP 3149, PEP 803, CPython's _PyImport_DynLoadFiletab.";
            StaleModule "stale-module" Binaries Warning
                "has extension modules for other Pythons"
                "Beside the file that the Pythons of the tags load, the wheel has files of the same module that are named for other Pythons. Most often an earlier build left them in the build directory or in the source tree. They make the wheel larger, and in an abi3 wheel the Python that they are named for loads them instead of the abi3 module. The symbols that they use are not checked. If the wheel has no file for the Pythons of the tags, the error is wrong-suffix.";
            EnablesGil "enables-gil" Binaries Warning
                "is a module for free-threaded Python that enables the GIL"
                "A free-threaded Python runs without the global interpreter lock (GIL) until it imports a module that does not declare `Py_MOD_GIL_NOT_USED`: then it enables the GIL for the whole process and warns about it. A module declares it in the slot `Py_mod_gil`, or by `PyUnstable_Module_SetGIL` if it has single-phase initialization. Declare it only if the module is safe when several threads call it at the same time. Nothing is reported for modules that fill their array of slots when they are imported, as those of pybind11 3 do. Sources: PEP 703, PEP 489, PEP 793.";
            ZeroedDefinition "zeroed-definition" Binaries Error
                "is a module whose definition free-threaded Python refuses"
                "Free-threaded Python 3.15 and later refuse a module whose `PyModuleDef` does not begin with what `PyModuleDef_HEAD_INIT` sets (`SystemError: invalid PyModuleDef, extension possibly compiled for non-free-threaded Python`). In languages without C macros, authors often leave the header zero and set only the other fields; earlier Pythons and builds with the GIL accept that. This check cannot see a definition that the module's code fills in when it is imported. Source: `PyModuleDef_Init` in CPython's Objects/moduleobject.c.";
            CpuBaseline "cpu-baseline" Binaries Warning
                "uses AVX instructions without checking that the CPU supports them"
                "A tag for x86_64 promises that the wheel runs on every 64-bit x86 processor. AVX and AVX-512 instructions crash with SIGILL on older processors, so code must check the CPU before it uses them. The check decodes a sample of the machine code, and reports a binary that has such instructions but never checks the CPU. A binary checks the CPU with CPUID or XGETBV, with an indirect function, or with a function or variable that it imports or exports, such as `__cpu_model`, `getauxval`, `IsProcessorFeaturePresent`, `sysctlbyname`, `SDL_HasAVX2` or `cpuinfo_initialize`. A file with AVX in its name, like `metrics_avx2.pyd`, is not reported, because the package chooses between several such files. SSE3 to SSE4.2 and processors other than x86-64 are not checked. A file that declares the processor that it needs gets `isa-level` instead. This is an error if the wheel records that it was built for the baseline.";
            IsaLevel "isa-level" Binaries Error
                "declares that it needs a newer processor than the tag promises"
                "With `-z x86-64-v3`, for example, a linker adds the property `GNU_PROPERTY_X86_ISA_1_NEEDED` to the file. glibc 2.33 and later refuse to load the file on a processor that lacks the instructions of that level. musl and older versions of glibc load it, and its code crashes with SIGILL. A tag for x86_64 promises that the wheel runs on every 64-bit x86 processor, and a tag for i686 promises every 32-bit one. A library in a folder `glibc-hwcaps` is not reported, because glibc loads it only on processors of that level. Sources: x86-64 psABI, glibc's dl-prop.h, and auditwheel.";
            UnsafeRpath "unsafe-rpath" Binaries Warning
                "searches for libraries outside the wheel"
                "An RPATH or RUNPATH is unsafe if it is absolute, is relative to the current folder, or leads out of the folder that the wheel is installed to. If that path exists on the user's machine, the loader uses libraries that are not part of the wheel. This is an error if the binary loads a library of the wheel that no other search path leads to, or if the wheel records that it was built for the baseline. An empty search path is not reported, because loaders ignore it. Neither is an empty part of a search path in a wheel for musl. Sources: PEP 513, ld.so(8).";
            TextRelocations "text-relocations" Binaries Error
                "has text relocations"
                "DT_TEXTREL makes the loader write into code, which hardened kernels and musl refuse. Compile position-independent code.";
            ExecutableStack "executable-stack" Binaries Error
                "asks for an executable stack"
                "glibc 2.41 and later refuse to load such a library into a running process, and hardened kernels always did.";
            SegmentAlignment "segment-alignment" Binaries Error
                "has segments that a kernel with large pages cannot map"
                "Kernels for aarch64 and ppc64le may have pages of 64 KiB; a LOAD segment with a smaller alignment cannot be loaded there. Link with -z max-page-size=65536. 64-bit Android devices may have pages of 16 KiB; link with -z max-page-size=16384.";
            InstallName "install-name" Binaries Note
                "has the build machine's path as its install name"
                "A binary that links against a library looks for it at the path in LC_ID_DYLIB; an absolute path of the build machine exists on no other machine. An extension module works with any install name, because Python loads it by its path.";
            NotSigned "not-signed" Binaries Error
                "is an Apple silicon binary without a code signature"
                "macOS on arm64 loads nothing without at least an ad-hoc signature. A later edit (strip, install_name_tool) removes or breaks it.";
            BadSignature "bad-signature" Binaries Error
                "has a code signature that its bytes do not match"
                "The signature has a hash of every page. After an edit they differ, and the kernel kills the process that loads it. SHA-1 hashes are not compared, and neither is code that the signature does not cover.";
            DamagedBinary "damaged-binary" Binaries Error
                "is a damaged binary"
                "The file begins like a native binary, but the rest cannot be read.";
            NotJudged "not-judged" Binaries Warning
                "is of a kind that is not checked"
                "There are four reasons why a binary is not checked: it is larger than the memory limit allows; its symbols, together with those of the wheel's other binaries, exceed the memory limit; it has no section headers, and no hash table that gives the number of its symbols; or it is for a system without rules (the BSDs). In a wheel for PyPy, GraalPy or CPython 2 this is a note: everything is checked except how modules use Python (its symbols, its DLLs and the PyInit functions).";
            NoNativeCode "no-native-code" Binaries Warning
                "has a platform tag but no native code"
                "As far as its files show, nothing in the wheel needs that platform; `any` would serve more users. The usual reason is an extension module that was not built.";
            BuildPath "build-path" Binaries Note
                "has a path of the build machine in it"
                "The path shows where the code was built, and perhaps by whom, and the bytes of the wheel depend on it.";

            // --- The archive ---
            NotAZip "not-a-zip" Archive Error
                "is not a zip archive that can be read"
                "A wheel is a zip archive. Source: PyPA, \"Binary distribution format\".";
            ZipPrefix "zip-prefix" Archive Error
                "has bytes before the archive"
                "Readers that start at the front and readers that start at the end see different files. PyPI refuses such a file.";
            ZipTrailing "zip-trailing" Archive Error
                "has bytes after the archive"
                "PyPI refuses such a file; some readers find no archive in it, or another archive.";
            ZipComment "zip-comment" Archive Note
                "has a comment"
                "A wheel needs no comment, but installers and PyPI accept one. A comment that contains the end record of another archive is reported as zip-prefix or not-a-zip, because readers disagree about the contents of such a file.";
            ZipDirectory "zip-directory" Archive Error
                "has a directory that does not agree with its end record"
                "The number of entries, the size or the place of the central directory are not what the end of the archive says: readers see different files. A zip64 end record must have its fixed size: PyPI and pip refuse one with additional data.";
            ZipHidden "zip-hidden" Archive Error
                "has bytes that belong to no entry"
                "What the central directory does not list is invisible to some readers and extracted by others.";
            ZipOverlap "zip-overlap" Archive Error
                "has entries that overlap"
                "Two entries share bytes, as in archives that expand to far more than they hold.";
            ZipHeaders "zip-headers" Archive Error
                "has an entry whose two headers disagree"
                "Every entry has a local header and one in the directory; name, sizes, checksum, method and flags must be the same in both, or readers see different files. PyPI refuses other names and sizes.";
            ZipDataDescriptor "zip-data-descriptor" Archive Error
                "has an entry with a data descriptor"
                "Sizes and checksum come after the data, so a reader that starts at the front cannot know where the entry ends. PyPI refuses such a file.";
            ZipDuplicate "zip-duplicate" Archive Error
                "has the same name twice"
                "Which of the two is installed depends on the installer. PyPI refuses such a file.";
            ZipMethod "zip-method" Archive Error
                "has an entry that is neither stored nor deflated"
                "Installers need not support any other method, and PyPI refuses such a file.";
            ZipEncrypted "zip-encrypted" Archive Error
                "has an encrypted entry"
                "No installer can read it.";
            ZipEntryComment "zip-entry-comment" Archive Error
                "has an entry with a comment"
                "No installer reads the comment, and it can hide data; a wheel needs no comment.";
            ZipExtra "zip-extra" Archive Error
                "has an extra field that is damaged or changes the entry's meaning"
                "A second name (Info-ZIP Unicode path), a zip64 field that is damaged or has other sizes than its header, or a truncated field makes readers disagree.";
            ZipNameEncoding "zip-name-encoding" Archive Error
                "has a name that is not UTF-8, or does not say that it is"
                "Without the UTF-8 flag a name that is not ASCII is read in code page 437 by some installers, and as UTF-8 by others.";
            ZipDamaged "zip-damaged" Archive Error
                "has an entry that cannot be unpacked, or whose size or checksum is wrong"
                "The bytes are not those that were packed.";
            ZipBomb "zip-bomb" Archive Error
                "expands to a suspicious size"
                "The contents are more than 50 times as large as the archive, and larger than 64 MiB: PyPI refuses such a file as a decompression bomb, and this check does not unpack it.";
            ZipTooLarge "zip-too-large" Archive Error
                "has more entries, or larger metadata files, than this check reads"
                "The limits are a central directory of 16 MiB, 100,000 entries, 32 MiB for RECORD and 2 MiB for any other file in .dist-info.";
            ZipFolder "zip-folder" Archive Warning
                "has an empty folder"
                "Installers create folders only for files, so an empty folder is not installed. Entries for folders that contain files do no harm. An empty folder `{name}.libs` is a note, because older releases of auditwheel create it in every wheel.";

            // --- Paths ---
            PathTraversal "path-traversal" Paths Error
                "has a path that leads out of the folder that the wheel is unpacked to"
                "`..` in a path would let the wheel overwrite other files.";
            PathAbsolute "path-absolute" Paths Error
                "has an absolute path or one with a drive"
                "The file would be unpacked outside the folder that the wheel is installed to.";
            PathCharacter "path-character" Paths Error
                "has a path with a character that not every system allows"
                "The path contains a control character, an invisible character, a character that changes the direction of text or a line separator, or it has a name of more than 255 bytes, or is longer than 4,000 bytes. Installers refuse such a file or cannot unpack it, or users mistake it for another file. Windows does not allow the characters `\\ : \" * < > ? |`: this is an error in a wheel that can be installed on Windows, and a warning in others. A file that is more than a hundred folders deep is a warning.";
            PathReserved "path-reserved" Paths Error
                "has a name that Windows reserves or changes"
                "Windows cannot unpack a file with the name of a device (`con`, `nul.txt`), or with a dot or space at the end of its name. This is a warning in a wheel that cannot be installed on Windows. Source: Microsoft, \"Naming Files, Paths, and Namespaces\".";
            PathCollision "path-collision" Paths Error
                "has two paths that are one file on some systems"
                "The two paths differ only by case or Unicode composition; Windows and macOS keep one of the two files. The same applies to two commands. This is a warning in a wheel for other systems.";
            PathFileAndFolder "path-file-and-folder" Paths Error
                "has a path that is both a file and a folder"
                "No system can unpack both.";
            PathNotRegular "path-not-regular" Paths Error
                "has an entry that is not a regular file"
                "A symbolic link, device or pipe: installers write its target as text, or refuse it.";
            PathMode "path-mode" Paths Error
                "has an entry that is setuid, setgid or sticky"
                "No file of a package needs these rights, and some installers would set them.";

            // --- RECORD ---
            RecordMissing "record-missing" Record Error
                "has no RECORD"
                "Without RECORD, installers can neither verify nor remove the files. Source: PyPA, \"Recording installed projects\".";
            RecordUnreadable "record-unreadable" Record Error
                "has a RECORD that cannot be read"
                "RECORD must be CSV with three fields in each row: path, hash, size.";
            RecordUnlisted "record-unlisted" Record Error
                "has a file that RECORD does not list"
                "The file cannot be verified, and it stays behind when the package is removed. Installers that verify files refuse the wheel.";
            RecordAbsent "record-absent" Record Error
                "lists a file that does not exist"
                "A file was lost after RECORD was written.";
            RecordDuplicate "record-duplicate" Record Error
                "lists a file twice"
                "It is undefined which of the two rows counts.";
            RecordHash "record-hash" Record Error
                "has a file whose hash differs from the hash in RECORD"
                "The file was changed after RECORD was written. pip and uv do not check it; `installer` and `wheel unpack` refuse it.";
            RecordSize "record-size" Record Error
                "has a file whose size differs from the size in RECORD"
                "The file was changed after RECORD was written.";
            RecordNoHash "record-no-hash" Record Error
                "lists a file without a hash"
                "Every file must have a hash, except RECORD itself and its signatures.";
            RecordWeakHash "record-weak-hash" Record Error
                "has a hash that is weaker than SHA-256 or has another encoding"
                "The specification requires SHA-256 or a stronger hash, in urlsafe base64 without padding, and the name of the algorithm in lowercase.";
            RecordSelf "record-self" Record Error
                "has a hash or size for RECORD itself, or does not list it"
                "RECORD cannot contain its own hash; it must list itself as `path,,`.";
            RecordPath "record-path" Record Error
                "lists a path that cannot be in a wheel"
                "Absolute paths, `..` and backslashes are not allowed.";

            // --- Tags ---
            FilenameInvalid "filename-invalid" Tags Error
                "is not named like a wheel"
                "The form is name-version(-build)?-python-abi-platform.whl. Source: PyPA, \"Binary distribution format\".";
            FilenameSpelling "filename-spelling" Tags Warning
                "is not in the normalized form"
                "The normalized form has the name in lowercase with `_` for runs of `-`, `_` and `.`, the version as PEP 440 normalizes it, and sorted tags. Most tools accept other spellings, but some do not find such a file. A name that is not normalized is an error, because PyPI refuses the file. Unsorted tags are a note, because no tool needs sorted ones.";
            LocalVersion "local-version" Tags Error
                "has a local version"
                "A version with `+` is for private use; public indexes refuse it. Source: PEP 440.";
            UnknownTag "unknown-tag" Tags Error
                "has a platform tag that indexes refuse"
                "`linux_x86_64` and similar tags promise nothing about the system. Indexes accept the manylinux, musllinux, macosx, win, ios, android and pyemscripten tags that they know. Before PEP 783, `pyemscripten_2025_0_wasm32` was called `pyodide_2025_0_wasm32`.";
            InterpreterTag "interpreter-tag" Tags Error
                "has Python and ABI tags that contradict each other"
                "Examples are cp312 with the ABI cp311, a release of the PyEmscripten platform that has another Python, abi3 without a CPython version as its floor, and a Python or ABI tag that no Python has. Either no interpreter accepts the wheel, or the wrong one does. A tag that no Python has is a warning if the wheel has other tags of its kind that some Python has.";
            DistInfoMissing "dist-info-missing" Tags Error
                "has no .dist-info folder with its name and version"
                "Indexes look for `{name}-{version}.dist-info` as spelt in the file name.";
            DistInfoMany "dist-info-many" Tags Error
                "has more than one .dist-info folder"
                "Installers cannot tell which folder is meant.";
            WheelMissing "wheel-missing" Tags Error
                "has no WHEEL file"
                "WHEEL contains the version of the wheel format and the tags.";
            WheelInvalid "wheel-invalid" Tags Error
                "has an invalid WHEEL file"
                "Wheel-Version must be 1.0, Root-Is-Purelib must be true or false, and there must be at least one Tag. A later Wheel-Version like 1.1 is a warning, because pip installs the wheel with a warning; installers refuse any other version.";
            WheelTags "wheel-tags" Tags Error
                "has different tags in WHEEL and in its file name"
                "Some installers use the tags in the file name, others those in WHEEL: the two sets must be equal.";
            WheelBuild "wheel-build" Tags Warning
                "has different build tags in WHEEL and in its file name"
                "Installers read the build tag from the file name only. `Build:` in WHEEL may be missing, but must not have another value. Source: PyPA, \"Binary distribution format\".";
            PureInPlatlib "pure-in-platlib" Tags Warning
                "is pure, but says that it is not"
                "`Root-Is-Purelib: false` in a wheel for any platform is installed into platlib for no reason.";

            // --- METADATA ---
            MetadataMissing "metadata-missing" Metadata Error
                "has no METADATA"
                "Source: PyPA, \"Core metadata specifications\".";
            MetadataUnreadable "metadata-unreadable" Metadata Error
                "has METADATA that cannot be read"
                "METADATA must be UTF-8 and consist of `Field: value` lines, an empty line and a description.";
            MetadataVersion "metadata-version" Metadata Error
                "has a Metadata-Version that indexes do not know"
                "Indexes support 1.0, 1.1, 1.2 and 2.1 to 2.5.";
            MetadataName "metadata-name" Metadata Error
                "has different names or versions in METADATA and in its file name"
                "Installers use one of the two and record the other.";
            MetadataField "metadata-field" Metadata Error
                "has a field in METADATA that indexes refuse"
                "A required field is missing, or a field occurs twice, is invalid, or does not exist in that Metadata-Version.";
            MetadataRequirement "metadata-requirement" Metadata Error
                "has a dependency that indexes refuse"
                "PEP 508 does not allow the requirement, or it is a requirement by URL.";
            MetadataClassifier "metadata-classifier" Metadata Error
                "has a classifier that indexes do not know"
                "PyPI refuses unknown classifiers. PyPI refuses `Private ::` classifiers by design, so that a wheel with such a classifier cannot be uploaded by mistake.";
            MetadataLicense "metadata-license" Metadata Error
                "has a license field that indexes refuse"
                "License-Expression must be a valid SPDX expression, has no License beside it, and every License-File lies in `.dist-info/licenses/`. Source: PEP 639.";
            MetadataDeprecated "metadata-deprecated" Metadata Error
                "has a deprecated classifier"
                "PyPI refuses deprecated classifiers. Some of them have a replacement.";
            MetadataReadme "metadata-readme" Metadata Note
                "has no description, or does not say its type"
                "Package pages show the description; without a content type they treat it as reStructuredText. A wheel without any description is a warning: its page says nothing about the project.";
            ReadmeMarkup "readme-markup" Metadata Error
                "has a description that PyPI cannot render"
                "PyPI and twine render reStructuredText with docutils, and refuse a file whose description causes a warning: an underline that is shorter than its section title, unclosed markup, an unknown directive, role or link target, wrong indentation, a malformed table. This check reads only text that is not indented, so `twine check` may find more. A description without a content type counts as reStructuredText. Sources: docutils, and readme_renderer.";
            EntryPoints "entry-points" Metadata Error
                "has an invalid entry_points.txt"
                "The file has groups in brackets, each followed by lines like `name = package.module:object`. Source: PyPA, \"Entry points specification\".";
            ScriptName "script-name" Metadata Error
                "has a command that an installer refuses, or that replaces part of the environment"
                "Installers create a file for each command in `bin` or `Scripts`. The name must not lead to another folder, must be valid on every system, and must consist of letters, digits, `-`, `_` and `.`, as PyPI requires. `python`, `python3.13`, `pypy` and `activate` belong to the environment: uv refuses the interpreters' names, and pip replaces the files. The same holds for files in `.data/scripts`, `.data/data/bin` and `.data/data/Scripts`, and for `.data/data/pyvenv.cfg`. A command `pip` in a wheel of another project is a warning. Source: PyPA, \"Entry points specification\".";
            RequiresPython "requires-python" Metadata Error
                "has a Requires-Python that no Python of its tags satisfies"
                "Installers compare the running Python with the tags and with Requires-Python, and install the wheel only if both match: no installer accepts a cp312 wheel with `Requires-Python: >=3.13`. An abi3 wheel may require a later Python than its floor.";
            DeadEntryPoint "dead-entry-point" Metadata Error
                "has an entry point for a module that is not in the wheel"
                "Whoever runs the command or loads the plugin gets an ImportError. An error where the module's package is in the wheel, or where a command of a wheel without dependencies names a package that is neither in the wheel nor in the standard library. A warning where another distribution may have the module: in a namespace, or for a plugin.";

            // --- Contents ---
            ShadowedModule "shadowed-module" Contents Error
                "has an extension module that Python never imports"
                "In each folder Python looks for a package before it looks for a module: `t/__init__.py` hides `t.abi3.so`. A file `t.py` hides `t/sub.abi3.so`, unless it declares itself a package at run time: a warning. Source: importlib.machinery.FileFinder.";
            DataScheme "data-scheme" Contents Error
                "has a folder in .data that installers do not know"
                "`{name}-{version}.data/` may contain the folders purelib, platlib, headers, scripts and data; an installer stops at any other name and at a file in their place. The folder scripts may contain only files: uv refuses folders. Source: PyPA, \"Binary distribution format\".";
            RedundantScheme "redundant-scheme" Contents Warning
                "has a folder in .data for files that belong at its root"
                "`Root-Is-Purelib` says where the files at the root of the wheel are installed. The files of `.data/purelib` in a wheel with `Root-Is-Purelib: true`, or of `.data/platlib` in one with `false`, are installed to the same folder. Installers accept that; check-wheel-contents does not.";
            InstalledTwice "installed-twice" Contents Error
                "has two files that are installed to the same place"
                "The files in `.data/purelib`, `.data/platlib` and at the root of the wheel go to one folder in most environments, and so do the commands of `console_scripts` and `gui_scripts`, the files in `.data/scripts`, and those in `.data/data/bin`. `installer` stops at the second file; with pip and uv, one file replaces the other.";
            ScriptShebang "script-shebang" Contents Warning
                "has a script that does not run with the environment's Python"
                "Installers write the path of the environment's Python into the first line of a script in `.data/scripts` only if that line begins with `#!python`. A script that names `/usr/bin/python3`, or a Python of the machine that built the wheel, runs without the packages of the environment, or not at all. `#!/usr/bin/env python3` works only while the environment is active. Source: PyPA, \"Binary distribution format\".";
            ForeignData "foreign-data" Contents Error
                "has a .data folder with another name than the wheel's"
                "Installers disagree about the contents: pip installs the files of every top-level folder whose name ends with `.data`, and refuses the wheel if it finds anything but the known folders there; uv and `installer` only look at `{name}-{version}.data`. Source: PyPA, \"Binary distribution format\".";
            StartupFile "startup-file" Contents Warning
                "has a file that Python reads whenever it starts"
                "A `.pth` file at the top of site-packages adds folders to `sys.path`, and its lines that begin with `import` run; a `.start` file names functions to run (PEP 829); `sitecustomize` and `usercustomize` are imported. They affect every program in the environment, whether or not it uses the package. Some packages need such a file; read it before you install or publish the wheel.";
            UploadSize "upload-size" Contents Warning
                "is larger than indexes accept"
                "PyPI accepts files of up to 100 MiB unless a project has requested a higher limit.";
            ReservedFile "reserved-file" Contents Error
                "has a file that only installers write"
                "INSTALLER, REQUESTED and direct_url.json record how a package was installed, so a wheel must not contain them.";
            Bytecode "bytecode" Contents Warning
                "has compiled Python files"
                "`.pyc` files are for one Python and one set of timestamps; the installer makes them.";
            CommonName "common-name" Contents Warning
                "has a top-level name that many projects use"
                "`tests`, `docs`, `src`, `build` and the like at top level collide with those of other packages.";
            TopLevelFile "top-level-file" Contents Warning
                "has a top-level file that cannot be imported"
                "The file is installed beside all other packages. Put data files into the package or into `.data/`.";
            NotImportable "not-importable" Contents Note
                "has a module that cannot be imported where it is"
                "A part of its path is not an identifier, or is a keyword of Python. Files in a package may have other uses: PyInstaller hooks, templates, examples. This is a warning if a top-level name is wrong or the file is an extension module, because such a file has no other use.";
            DuplicateFiles "duplicate-files" Contents Note
                "has files with the same contents"
                "Identical files are often accidental copies.";
            ManyTopLevel "many-top-level" Contents Note
                "has more than one name at top level"
                "Most projects install one package or module; others have good reasons for more. This is a warning if a name suggests tests, benchmarks or the project's own tools (`setup.py`, `conftest.py`), because these are usually packed by mistake. Names that begin with `_` do not count.";
            InitAtTop "init-at-top" Contents Warning
                "has an __init__.py at top level"
                "The folder of the project was packed instead of its package.";
            Empty "empty" Contents Warning
                "has no module or package"
                "The wheel installs no file where Python looks for modules. This is a note if the wheel has files in `.data/` or depends on other projects, because such a wheel is useful without modules.";
            NoModules "no-modules" Contents Warning
                "has no Python module in a top-level folder"
                "Nothing in it can be imported, and it is installed beside all other packages. This is a note if no folder of the wheel has a module, because such a wheel exists for its data.";

            // --- Source distributions ---
            SdistName "sdist-name" Sdists Error
                "is not named like a source distribution"
                "The form is name-version.tar.gz, with the name of the project in lowercase with `_` for runs of `-`, `_` and `.`, and the version as PEP 440 normalizes it. PyPI refuses any other spelling at upload; installers accept older spellings. Source: PEP 625.";
            SdistFormat "sdist-format" Sdists Error
                "is an archive of another format than .tar.gz"
                "PyPI refuses .zip, .tar.bz2, .tgz and other formats. Source: PEP 625.";
            NotATar "not-a-tar" Sdists Error
                "is not a tar archive that every reader can read to its end"
                "A source distribution is a tar archive that is compressed with gzip. The archive must end with two empty blocks, and the compressed data must be complete: uv refuses archives that pip accepts.";
            SdistTrailing "sdist-trailing" Sdists Warning
                "has data after the end of the archive"
                "Most readers ignore the data, so nobody notices it. It can hide a second archive.";
            SdistSparse "sdist-sparse" Sdists Error
                "has a sparse file"
                "Sparse files are an extension of GNU tar. PyPI and uv refuse them.";
            SdistBomb "sdist-bomb" Sdists Error
                "expands to a suspicious size"
                "The contents are larger than 4 GiB, or they are larger than 64 MiB and more than 50 times as large as the archive. This check does not read such an archive to its end.";
            SdistTooLarge "sdist-too-large" Sdists Error
                "has more members, or larger names and metadata files, than this check reads"
                "The limits are 100,000 members, 16 MiB for all paths, and 2 MiB for PKG-INFO and pyproject.toml.";
            SdistFolder "sdist-folder" Sdists Error
                "does not have exactly one top-level folder with its name"
                "Everything must be in one folder {name}-{version}. PyPI, pip and uv refuse files outside that folder. A folder with another name is a warning, because they accept it. Source: PyPA, \"Source distribution format\".";
            SdistDuplicate "sdist-duplicate" Sdists Warning
                "has the same path twice"
                "Installers unpack the last member with that path; other programs may show the first one.";
            SdistLink "sdist-link" Sdists Error
                "has a link that installers refuse"
                "A link must lead to a file in the same archive. It must not be absolute or lead out of the top-level folder, and a hard link must point to an earlier member. uv also refuses a symbolic link whose path goes down and then up again. Source: PEP 706, PEP 721.";
            SdistOldMetadata "sdist-old-metadata" Sdists Note
                "has a PKG-INFO that resolvers cannot rely on"
                "From Metadata-Version 2.2 on, PKG-INFO says which fields a build may change, so that resolvers can read the dependencies without building the sdist. Source: PEP 643.";
            SdistPyproject "sdist-pyproject" Sdists Error
                "has no pyproject.toml, or one that installers refuse"
                "pyproject.toml says how to build the sdist. Installers stop if it is not valid TOML, if [build-system] has no list `requires`, or if the name or version in [project] differs from the file name. A missing file is a warning: installers then use setup.py and the newest setuptools. Source: PEP 517, PEP 518.";
            SdistCheckout "sdist-checkout" Sdists Warning
                "has the folder of a version control system"
                "`.git` and similar folders contain the whole history of the project, and sometimes credentials.";
            SecretFile "secret-file" Sdists Warning
                "has a file that usually holds credentials"
                "Examples are `.env`, `.pypirc`, `.netrc`, `id_rsa` and files in `.ssh`. Everyone who downloads the package can read the file: remove it, and replace the credentials if they are real. This is a note in a folder of tests, examples or documentation.";

            // --- Releases ---
            ReleaseHole "release-hole" Releases Note
                "lacks a wheel for a Python on a platform that has wheels for other Pythons"
                "Users of that Python on that platform get the sdist, or an older version. This is a warning if the platform lacks a wheel for exactly one Python, the release supports earlier and later Pythons, and the release has no `any` wheel: the usual reason is a build job that failed. CPython, free-threaded CPython and other implementations are counted separately, and a wheel for the stable ABI counts for every later CPython.";
            ReleaseSameTags "release-same-tags" Releases Warning
                "has two files for the same Python and platform"
                "Installers may choose either of two wheels with the same tag, and PyPI accepts only one sdist for a version. Wheels with different build tags are a note, because installers choose the higher one.";
            ReleaseShadowed "release-shadowed" Releases Note
                "has a wheel that installers skip in favor of another"
                "Among the wheels that match, installers prefer the full ABI of a CPython to the stable ABI, the stable ABI to `none`, and a specific platform to `any`. That is intended for wheels with the stable ABI or `any`. This is a warning if no installer chooses the wheel, like cp312-none beside cp312-cp312 for the same platform. Source: `packaging.tags`.";
            ReleaseMetadata "release-metadata" Releases Warning
                "has files with different dependencies, extras or supported Pythons"
                "Resolvers read the metadata of one file and use it for all: a lock file that was made on one platform is wrong on another. Use environment markers instead, so that all files have the same metadata.";
            ReleaseNoSdist "release-no-sdist" Releases Note
                "has no source distribution"
                "Users of other platforms and of later Pythons cannot build the release, and Linux distributions build from the sdist.";
        }
    };
}
