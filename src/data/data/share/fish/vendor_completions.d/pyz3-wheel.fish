# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_pyz3_wheel_global_optspecs
    string join \n metadata-only editable platform= all-platforms python= all-pythons free-threaded no-free-threaded provision optimize= manylinux= o/output-dir= j/jobs= clean no-clean no-cache fail-fast keep-going from-sdist no-from-sdist verify-reproducible vendor no-vendor dry-run zig= cache-dir= zig-version= C/project= format= v/verbose q/quiet color= h/help V/version
end

function __fish_pyz3_wheel_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_pyz3_wheel_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_pyz3_wheel_using_subcommand
    set -l cmd (__fish_pyz3_wheel_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l platform -d 'Build for this platform or group (linux, musllinux, macos, windows, all); may be repeated [default: this machine\'s]' -r -f -a "linux-x86_64\t''
linux-aarch64\t''
macos-x86_64\t''
macos-arm64\t''
windows-x64\t''
linux-i686\t''
linux-armv7l\t''
linux-ppc64le\t''
linux-s390x\t''
linux-riscv64\t''
windows-x86\t''
windows-arm64\t''
musllinux-x86_64\t''
musllinux-aarch64\t''
musllinux-i686\t''
musllinux-armv7l\t''
musllinux-ppc64le\t''
musllinux-s390x\t''
musllinux-riscv64\t''
macos-universal2\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l python -d 'Build for this Python, for example 3.12, cp312, 3.13t or a path; may be repeated [default: the active virtual environment\'s, else python3]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l optimize -d 'Zig\'s optimize mode [default: ReleaseFast] [possible values: Debug, ReleaseSafe, ReleaseFast, ReleaseSmall]' -r -f -a "Debug\t''
ReleaseSafe\t''
ReleaseFast\t''
ReleaseSmall\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l manylinux -d 'The lowest glibc that Linux wheels must run on, for example 2014, 2_28 or manylinux_2_28 [default: 2_17]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s o -l output-dir -d 'The directory for wheels and sdists [default: dist in the project]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s j -l jobs -d 'How many jobs run at once [default: the number of cores]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l metadata-only -d 'Write the .dist-info directory of a single wheel, without RECORD and without running zig'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l editable -d 'Build for an editable install, which may have a version that no release has'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l all-platforms -d 'Build for the main platforms (`pyz3-wheel platforms` lists them)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l all-pythons -d 'Build for every supported Python that requires-python admits and that is on this machine'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l free-threaded -d 'Include free-threaded Pythons in --all-pythons (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l no-free-threaded -d 'Leave free-threaded Pythons out of --all-pythons'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l provision -d 'Install requested Pythons that this machine lacks (by uv, into the cache)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l clean -d 'Remove the project\'s .pyz3-wheel folder first, so that everything is built from scratch'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l no-clean -d 'Keep what earlier builds left (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l no-cache -d 'Run zig for every wheel, and keep nothing for the next run (Zig\'s own cache is still used)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l fail-fast -d 'Stop when a wheel fails'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l keep-going -d 'Build the other wheels when one fails (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l from-sdist -d 'Build the sdist, then build the wheels from the sdist'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l no-from-sdist -d 'Build the wheels from the project\'s folder (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l verify-reproducible -d 'Build everything twice, in two folders, and write no wheel that differs'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l vendor -d 'Put the Zig packages that build.zig.zon names into the sdist, so that it builds offline'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l no-vendor -d 'Leave the Zig packages out of the sdist (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -l dry-run -d 'Show what would be done, and where each setting comes from'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -s V -l version -d 'Print version'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "build" -d 'Build wheels (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "platforms" -d 'List the platforms that wheels can be built for'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "pythons" -d 'List the Pythons that this machine has'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "metadata" -d 'Print the METADATA that wheels of the project will have'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "sdist" -d 'Build the source distribution'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "develop" -d 'Build the project and install it into a virtual environment in editable mode'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "init" -d 'Create a new project, or show what an existing one is missing'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "files" -d 'List the files of the wheel and the sdist with the reasons; --verbose lists excluded files too'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "check" -d 'Check that wheels and sdists, from any build tool, work where their filenames say they do'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "explain" -d 'Explain a check or a topic, or list all of them'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "schema" -d 'Print the JSON Schema of `[tool.pyz3-wheel]`, for editors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "cache" -d 'Show or clean the cache'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "env" -d 'Print the environment of a build for shells, editors and debuggers'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "doctor" -d 'Check this machine for the tools that a build needs'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l platform -d 'Build for this platform or group (linux, musllinux, macos, windows, all); may be repeated [default: this machine\'s]' -r -f -a "linux-x86_64\t''
linux-aarch64\t''
macos-x86_64\t''
macos-arm64\t''
windows-x64\t''
linux-i686\t''
linux-armv7l\t''
linux-ppc64le\t''
linux-s390x\t''
linux-riscv64\t''
windows-x86\t''
windows-arm64\t''
musllinux-x86_64\t''
musllinux-aarch64\t''
musllinux-i686\t''
musllinux-armv7l\t''
musllinux-ppc64le\t''
musllinux-s390x\t''
musllinux-riscv64\t''
macos-universal2\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l python -d 'Build for this Python, for example 3.12, cp312, 3.13t or a path; may be repeated [default: the active virtual environment\'s, else python3]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l optimize -d 'Zig\'s optimize mode [default: ReleaseFast] [possible values: Debug, ReleaseSafe, ReleaseFast, ReleaseSmall]' -r -f -a "Debug\t''
ReleaseSafe\t''
ReleaseFast\t''
ReleaseSmall\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l manylinux -d 'The lowest glibc that Linux wheels must run on, for example 2014, 2_28 or manylinux_2_28 [default: 2_17]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s o -l output-dir -d 'The directory for wheels and sdists [default: dist in the project]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s j -l jobs -d 'How many jobs run at once [default: the number of cores]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l metadata-only -d 'Write the .dist-info directory of a single wheel, without RECORD and without running zig'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l editable -d 'Build for an editable install, which may have a version that no release has'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l all-platforms -d 'Build for the main platforms (`pyz3-wheel platforms` lists them)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l all-pythons -d 'Build for every supported Python that requires-python admits and that is on this machine'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l free-threaded -d 'Include free-threaded Pythons in --all-pythons (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l no-free-threaded -d 'Leave free-threaded Pythons out of --all-pythons'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l provision -d 'Install requested Pythons that this machine lacks (by uv, into the cache)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l clean -d 'Remove the project\'s .pyz3-wheel folder first, so that everything is built from scratch'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l no-clean -d 'Keep what earlier builds left (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l no-cache -d 'Run zig for every wheel, and keep nothing for the next run (Zig\'s own cache is still used)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l fail-fast -d 'Stop when a wheel fails'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l keep-going -d 'Build the other wheels when one fails (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l from-sdist -d 'Build the sdist, then build the wheels from the sdist'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l no-from-sdist -d 'Build the wheels from the project\'s folder (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l verify-reproducible -d 'Build everything twice, in two folders, and write no wheel that differs'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l vendor -d 'Put the Zig packages that build.zig.zon names into the sdist, so that it builds offline'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l no-vendor -d 'Leave the Zig packages out of the sdist (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -l dry-run -d 'Show what would be done, and where each setting comes from'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand build" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand platforms" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand pythons" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand metadata" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -s o -l output-dir -d 'The directory for wheels and sdists [default: dist in the project]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l vendor -d 'Put the Zig packages that build.zig.zon names into the sdist, so that it builds offline'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -l no-vendor -d 'Leave the Zig packages out of the sdist (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand sdist" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l venv -d 'The virtual environment [default: the active one, or .venv in the project]' -r -F
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l extra -d 'Also install the requirements of this extra; may be repeated' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l group -d 'Also install this dependency group; may be repeated' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l optimize -d 'Zig\'s optimize mode [default: ReleaseFast] [possible values: Debug, ReleaseSafe, ReleaseFast, ReleaseSmall]' -r -f -a "Debug\t''
ReleaseSafe\t''
ReleaseFast\t''
ReleaseSmall\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -l all-extras -d 'Also install the requirements of all extras'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand develop" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -s t -l template -d 'The template: full, abi3, c, cpp, ctypes, managed [default: full]' -r -f -a "full\t''
abi3\t''
c\t''
cpp\t''
ctypes\t''
managed\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l name -d 'The project\'s name [default: the name of the directory]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l ci -d 'Add a GitHub workflow that builds, tests and publishes the wheels'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l adopt -d 'Show what an existing project is missing'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -l write -d 'Add what is missing'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand init" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l wheel -d 'List the files of the wheel only'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -l sdist -d 'List the files of the sdist only'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand files" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l index-url -d 'Package index for NAME==VERSION [default: pip\'s configuration]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -s o -l output-dir -d 'Directory for the wheels that --fix writes' -r -F
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l select -d 'Report only these checks, separated by commas; may be repeated [default: all checks]' -r -f -a "native-in-pure\t''
wrong-system\t''
wrong-machine\t''
missing-slice\t''
wrong-libc\t''
floor-too-high\t''
no-floor\t''
symbol-version\t''
blacklisted-symbol\t''
undefined-symbol\t''
musl-symbol\t''
musl-patch\t''
foreign-library\t''
unreachable-library\t''
links-libpython\t''
python-without-abi\t''
no-python-dll\t''
wrong-python-dll\t''
not-stable-abi\t''
no-init\t''
wrong-init\t''
not-a-library\t''
wrong-suffix\t''
stale-module\t''
enables-gil\t''
zeroed-definition\t''
cpu-baseline\t''
isa-level\t''
unsafe-rpath\t''
text-relocations\t''
executable-stack\t''
segment-alignment\t''
install-name\t''
not-signed\t''
bad-signature\t''
damaged-binary\t''
not-judged\t''
no-native-code\t''
build-path\t''
not-a-zip\t''
zip-prefix\t''
zip-trailing\t''
zip-comment\t''
zip-directory\t''
zip-hidden\t''
zip-overlap\t''
zip-headers\t''
zip-data-descriptor\t''
zip-duplicate\t''
zip-method\t''
zip-encrypted\t''
zip-entry-comment\t''
zip-extra\t''
zip-name-encoding\t''
zip-damaged\t''
zip-bomb\t''
zip-too-large\t''
zip-folder\t''
path-traversal\t''
path-absolute\t''
path-character\t''
path-reserved\t''
path-collision\t''
path-file-and-folder\t''
path-not-regular\t''
path-mode\t''
record-missing\t''
record-unreadable\t''
record-unlisted\t''
record-absent\t''
record-duplicate\t''
record-hash\t''
record-size\t''
record-no-hash\t''
record-weak-hash\t''
record-self\t''
record-path\t''
filename-invalid\t''
filename-spelling\t''
local-version\t''
unknown-tag\t''
interpreter-tag\t''
dist-info-missing\t''
dist-info-many\t''
wheel-missing\t''
wheel-invalid\t''
wheel-tags\t''
wheel-build\t''
pure-in-platlib\t''
metadata-missing\t''
metadata-unreadable\t''
metadata-version\t''
metadata-name\t''
metadata-field\t''
metadata-requirement\t''
metadata-classifier\t''
metadata-license\t''
metadata-deprecated\t''
metadata-readme\t''
readme-markup\t''
entry-points\t''
script-name\t''
requires-python\t''
dead-entry-point\t''
shadowed-module\t''
data-scheme\t''
redundant-scheme\t''
installed-twice\t''
script-shebang\t''
foreign-data\t''
startup-file\t''
upload-size\t''
reserved-file\t''
bytecode\t''
common-name\t''
top-level-file\t''
not-importable\t''
duplicate-files\t''
many-top-level\t''
init-at-top\t''
empty\t''
no-modules\t''
sdist-name\t''
sdist-format\t''
not-a-tar\t''
sdist-trailing\t''
sdist-sparse\t''
sdist-bomb\t''
sdist-too-large\t''
sdist-folder\t''
sdist-duplicate\t''
sdist-link\t''
sdist-old-metadata\t''
sdist-pyproject\t''
sdist-checkout\t''
secret-file\t''
release-hole\t''
release-same-tags\t''
release-shadowed\t''
release-metadata\t''
release-no-sdist\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l ignore -d 'Do not report these checks, separated by commas; may be repeated' -r -f -a "native-in-pure\t''
wrong-system\t''
wrong-machine\t''
missing-slice\t''
wrong-libc\t''
floor-too-high\t''
no-floor\t''
symbol-version\t''
blacklisted-symbol\t''
undefined-symbol\t''
musl-symbol\t''
musl-patch\t''
foreign-library\t''
unreachable-library\t''
links-libpython\t''
python-without-abi\t''
no-python-dll\t''
wrong-python-dll\t''
not-stable-abi\t''
no-init\t''
wrong-init\t''
not-a-library\t''
wrong-suffix\t''
stale-module\t''
enables-gil\t''
zeroed-definition\t''
cpu-baseline\t''
isa-level\t''
unsafe-rpath\t''
text-relocations\t''
executable-stack\t''
segment-alignment\t''
install-name\t''
not-signed\t''
bad-signature\t''
damaged-binary\t''
not-judged\t''
no-native-code\t''
build-path\t''
not-a-zip\t''
zip-prefix\t''
zip-trailing\t''
zip-comment\t''
zip-directory\t''
zip-hidden\t''
zip-overlap\t''
zip-headers\t''
zip-data-descriptor\t''
zip-duplicate\t''
zip-method\t''
zip-encrypted\t''
zip-entry-comment\t''
zip-extra\t''
zip-name-encoding\t''
zip-damaged\t''
zip-bomb\t''
zip-too-large\t''
zip-folder\t''
path-traversal\t''
path-absolute\t''
path-character\t''
path-reserved\t''
path-collision\t''
path-file-and-folder\t''
path-not-regular\t''
path-mode\t''
record-missing\t''
record-unreadable\t''
record-unlisted\t''
record-absent\t''
record-duplicate\t''
record-hash\t''
record-size\t''
record-no-hash\t''
record-weak-hash\t''
record-self\t''
record-path\t''
filename-invalid\t''
filename-spelling\t''
local-version\t''
unknown-tag\t''
interpreter-tag\t''
dist-info-missing\t''
dist-info-many\t''
wheel-missing\t''
wheel-invalid\t''
wheel-tags\t''
wheel-build\t''
pure-in-platlib\t''
metadata-missing\t''
metadata-unreadable\t''
metadata-version\t''
metadata-name\t''
metadata-field\t''
metadata-requirement\t''
metadata-classifier\t''
metadata-license\t''
metadata-deprecated\t''
metadata-readme\t''
readme-markup\t''
entry-points\t''
script-name\t''
requires-python\t''
dead-entry-point\t''
shadowed-module\t''
data-scheme\t''
redundant-scheme\t''
installed-twice\t''
script-shebang\t''
foreign-data\t''
startup-file\t''
upload-size\t''
reserved-file\t''
bytecode\t''
common-name\t''
top-level-file\t''
not-importable\t''
duplicate-files\t''
many-top-level\t''
init-at-top\t''
empty\t''
no-modules\t''
sdist-name\t''
sdist-format\t''
not-a-tar\t''
sdist-trailing\t''
sdist-sparse\t''
sdist-bomb\t''
sdist-too-large\t''
sdist-folder\t''
sdist-duplicate\t''
sdist-link\t''
sdist-old-metadata\t''
sdist-pyproject\t''
sdist-checkout\t''
secret-file\t''
release-hole\t''
release-same-tags\t''
release-shadowed\t''
release-metadata\t''
release-no-sdist\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json, sarif, github, junit]' -r -f -a "human\t''
json\t''
sarif\t''
github\t''
junit\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l fix-hint -d 'Show how to fix each finding'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l fix -d 'Write a corrected copy of each wheel: filename, tags, WHEEL, RECORD and file modes'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -l dry-run -d 'Show what --fix would change without writing anything'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand check" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand explain" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand completions" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand schema" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -f -a "dir" -d 'Print the cache directory'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -f -a "size" -d 'Show the size of each kind of entry, of the project\'s .pyz3-wheel and of Zig\'s own cache'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -f -a "clean" -d 'Remove everything, also installed Zigs and Pythons, and what builds left in the project\'s .pyz3-wheel'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -f -a "prune" -d 'Remove builds that were not used recently, and files of runs that were killed'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and not __fish_seen_subcommand_from dir size clean prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from dir" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from size" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from clean" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l older-than -d 'Remove builds that were not used for this many days' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -l all -d 'Remove everything, also installed Zigs and Pythons'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "dir" -d 'Print the cache directory'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "size" -d 'Show the size of each kind of entry, of the project\'s .pyz3-wheel and of Zig\'s own cache'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clean" -d 'Remove everything, also installed Zigs and Pythons, and what builds left in the project\'s .pyz3-wheel'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove builds that were not used recently, and files of runs that were killed'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l platform -d 'Build for this platform or group (linux, musllinux, macos, windows, all); may be repeated [default: this machine\'s]' -r -f -a "linux-x86_64\t''
linux-aarch64\t''
macos-x86_64\t''
macos-arm64\t''
windows-x64\t''
linux-i686\t''
linux-armv7l\t''
linux-ppc64le\t''
linux-s390x\t''
linux-riscv64\t''
windows-x86\t''
windows-arm64\t''
musllinux-x86_64\t''
musllinux-aarch64\t''
musllinux-i686\t''
musllinux-armv7l\t''
musllinux-ppc64le\t''
musllinux-s390x\t''
musllinux-riscv64\t''
macos-universal2\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l python -d 'Build for this Python, for example 3.12, cp312, 3.13t or a path; may be repeated [default: the active virtual environment\'s, else python3]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l optimize -d 'Zig\'s optimize mode [default: ReleaseFast] [possible values: Debug, ReleaseSafe, ReleaseFast, ReleaseSmall]' -r -f -a "Debug\t''
ReleaseSafe\t''
ReleaseFast\t''
ReleaseSmall\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json, sh, fish, powershell]' -r -f -a "human\t''
json\t''
sh\t''
fish\t''
powershell\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand env" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l zig -d 'The Zig executable to use' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l cache-dir -d 'Cache directory; can be shared between users and machines [default: the system\'s place for caches]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l zig-version -d 'The version of Zig to use; pip installs it if it is missing' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -s C -l project -d 'The folder with the pyproject.toml [default: the current folder]' -r
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l format -d 'The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env` [default: human] [possible values: human, json]' -r -f -a "human\t''
json\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l color -d 'Whether to use colors [default: auto] [possible values: auto, always, never]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -l fix -d 'Install the missing tools'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -s v -l verbose -d 'Print more: the stages of each job, the output of zig, and the notes of `check`'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -s q -l quiet -d 'Print only errors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand doctor" -s h -l help -d 'Print help; -h prints the short form'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "build" -d 'Build wheels (the default)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "platforms" -d 'List the platforms that wheels can be built for'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "pythons" -d 'List the Pythons that this machine has'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "metadata" -d 'Print the METADATA that wheels of the project will have'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "sdist" -d 'Build the source distribution'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "develop" -d 'Build the project and install it into a virtual environment in editable mode'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "init" -d 'Create a new project, or show what an existing one is missing'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "files" -d 'List the files of the wheel and the sdist with the reasons; --verbose lists excluded files too'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "check" -d 'Check that wheels and sdists, from any build tool, work where their filenames say they do'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "explain" -d 'Explain a check or a topic, or list all of them'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "completions" -d 'Print the completions of a shell'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "schema" -d 'Print the JSON Schema of `[tool.pyz3-wheel]`, for editors'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "cache" -d 'Show or clean the cache'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "env" -d 'Print the environment of a build for shells, editors and debuggers'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "doctor" -d 'Check this machine for the tools that a build needs'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and not __fish_seen_subcommand_from build platforms pythons metadata sdist develop init files check explain completions schema cache env doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "dir" -d 'Print the cache directory'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "size" -d 'Show the size of each kind of entry, of the project\'s .pyz3-wheel and of Zig\'s own cache'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clean" -d 'Remove everything, also installed Zigs and Pythons, and what builds left in the project\'s .pyz3-wheel'
complete -c pyz3-wheel -n "__fish_pyz3_wheel_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "prune" -d 'Remove builds that were not used recently, and files of runs that were killed'
