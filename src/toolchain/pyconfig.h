/* The configuration of CPython's headers, for whatever the compiler is building for.
 *
 * CPython's own pyconfig.h is the result of one configure run on one machine, and the only public
 * header that differs from platform to platform. This one asks the compiler instead, so that one
 * file serves every target: Linux (glibc and musl), macOS, Windows with the GNU ABI, any
 * architecture. It covers the headers of CPython 3.9 and later, full and limited API, and says for
 * the rest only what is true of all these systems from glibc 2.17, macOS 10.9 and Windows 8 on.
 */
#ifndef Py_PYCONFIG_H
#define Py_PYCONFIG_H
#ifndef Py_CONFIG_H
#define Py_CONFIG_H
#endif

/* ---- The build of Python ---- */

/*@PYTHON_BUILD@*/
/* Never Py_DEBUG, Py_TRACE_REFS or Py_STATS: wheels are for release builds. */
#define WITH_DOC_STRINGS 1
#define WITH_PYMALLOC 1
#define WITH_THREAD 1
#define WITH_MIMALLOC 1
#define HAVE_DYNAMIC_LOADING 1

/* ---- Sizes and byte order ---- */

#define SIZEOF__BOOL 1
#define SIZEOF_SHORT __SIZEOF_SHORT__
#define SIZEOF_INT __SIZEOF_INT__
#define SIZEOF_LONG __SIZEOF_LONG__
#define SIZEOF_LONG_LONG __SIZEOF_LONG_LONG__
#define SIZEOF_FLOAT __SIZEOF_FLOAT__
#define SIZEOF_DOUBLE __SIZEOF_DOUBLE__
#define SIZEOF_LONG_DOUBLE __SIZEOF_LONG_DOUBLE__
#define SIZEOF_VOID_P __SIZEOF_POINTER__
#define SIZEOF_UINTPTR_T __SIZEOF_POINTER__
#define SIZEOF_SIZE_T __SIZEOF_SIZE_T__
#define SIZEOF_WCHAR_T __SIZEOF_WCHAR_T__
#define SIZEOF_PID_T 4
#define ALIGNOF_LONG __SIZEOF_LONG__
#define ALIGNOF_SIZE_T __SIZEOF_SIZE_T__

/* File offsets: _FILE_OFFSET_BITS below makes them 64 bits wide on Linux; on Windows off_t is a
 * long. */
#define SIZEOF_FPOS_T 8
#ifdef _WIN32
#define SIZEOF_OFF_T 4
#else
#define SIZEOF_OFF_T 8
#endif
#define HAVE_LARGEFILE_SUPPORT 1

/* ALIGNOF_MAX_ALIGN_T must be a number that the preprocessor can compare. Without it, the headers of
 * 3.12 and later ask the compiler for the alignment of long double, which is the right one except
 * on Windows: there CPython's own compiler has a long double that is a double. */
#ifdef _WIN32
#define ALIGNOF_MAX_ALIGN_T 8
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#define DOUBLE_IS_BIG_ENDIAN_IEEE754 1
#else
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#endif

/* ---- What every C compiler and library of today has ---- */

#define STDC_HEADERS 1
#define HAVE_PROTOTYPES 1
#define HAVE_STDARG_PROTOTYPES 1
#define HAVE_LONG_LONG 1
#define HAVE_LONG_DOUBLE 1
#define HAVE_C99_BOOL 1
#define HAVE_INTPTR_T 1
#define HAVE_UINTPTR_T 1
#define HAVE_INT32_T 1
#define HAVE_INT64_T 1
#define HAVE_UINT32_T 1
#define HAVE_UINT64_T 1
#define HAVE_BUILTIN_ATOMIC 1
#define HAVE_STD_ATOMIC 1

#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_LOCALE_H 1
#define HAVE_SIGNAL_H 1
#define HAVE_STDDEF_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_WCHAR_H 1

#define HAVE_ACOSH 1
#define HAVE_ASINH 1
#define HAVE_ATANH 1
#define HAVE_COPYSIGN 1
#define HAVE_ERF 1
#define HAVE_ERFC 1
#define HAVE_EXPM1 1
#define HAVE_HYPOT 1
#define HAVE_LGAMMA 1
#define HAVE_LOG1P 1
#define HAVE_LOG2 1
#define HAVE_ROUND 1
#define HAVE_TGAMMA 1
#define HAVE_DECL_ISFINITE 1
#define HAVE_DECL_ISINF 1
#define HAVE_DECL_ISNAN 1

#define HAVE_CLOCK 1
#define HAVE_DUP2 1
#define HAVE_GETPID 1
#define HAVE_MEMMOVE 1
#define HAVE_MKTIME 1
#define HAVE_PUTENV 1
#define HAVE_SETLOCALE 1
#define HAVE_SETVBUF 1
#define HAVE_SNPRINTF 1
#define HAVE_STRDUP 1
#define HAVE_STRERROR 1
#define HAVE_STRFTIME 1
#define HAVE_TMPFILE 1
#define HAVE_TMPNAM 1
#define HAVE_WCSCOLL 1
#define HAVE_WCSFTIME 1
#define HAVE_WCSXFRM 1

#ifdef _WIN32
/* ---- Windows ---- */

/* The names that CPython's headers and extension modules know the system by. */
#define MS_WIN32 1
#define MS_WINDOWS 1
#ifdef _WIN64
#define MS_WIN64 1
#endif
#define NT_THREADS 1
#define PLATLIBDIR "lib"
#if defined(__x86_64__)
#define PYD_PLATFORM_TAG "win_amd64"
#elif defined(__aarch64__)
#define PYD_PLATFORM_TAG "win_arm64"
#elif defined(__i386__)
#define PYD_PLATFORM_TAG "win32"
#endif

/* Python is a DLL, and what it exports is declared as imported. */
#define HAVE_DECLSPEC_DLL 1
#define Py_ENABLE_SHARED 1
#define MS_COREDLL 1

/* No HAVE_SSIZE_T: ssize_t belongs to POSIX, and Python's headers then take intptr_t. */

#define HAVE_CONIO_H 1
#define HAVE_DIRECT_H 1
#define HAVE_IO_H 1
#define HAVE_PROCESS_H 1
#define HAVE_SYS_UTIME_H 1
#define HAVE_DECL_TZNAME 1
#define HAVE_TZNAME 1

#else
/* ---- POSIX ---- */

/* What the C library shows. CPython's own configuration asks for everything, and modules that
 * include Python.h first have come to rely on it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#ifndef _LARGEFILE_SOURCE
#define _LARGEFILE_SOURCE 1
#endif
#if defined(__APPLE__)
/* There, a POSIX or X/Open level would hide everything else. */
#ifndef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE 1
#endif
#else
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#endif

#define HAVE_SSIZE_T 1
#define SIZEOF_PTHREAD_T __SIZEOF_POINTER__
#define HAVE_PTHREAD_H 1
#define TIME_WITH_SYS_TIME 1
#define SYS_SELECT_WITH_SYS_TIME 1

#define HAVE_ARPA_INET_H 1
#define HAVE_DIRENT_H 1
#define HAVE_DLFCN_H 1
#define HAVE_GRP_H 1
#define HAVE_LANGINFO_H 1
#define HAVE_NETDB_H 1
#define HAVE_NETINET_IN_H 1
#define HAVE_NET_IF_H 1
#define HAVE_POLL_H 1
#define HAVE_SCHED_H 1
#define HAVE_SPAWN_H 1
#define HAVE_STRINGS_H 1
#define HAVE_SYSLOG_H 1
#define HAVE_SYS_FILE_H 1
#define HAVE_SYS_IOCTL_H 1
#define HAVE_SYS_MMAN_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_SYS_POLL_H 1
#define HAVE_SYS_RESOURCE_H 1
#define HAVE_SYS_SELECT_H 1
#define HAVE_SYS_SOCKET_H 1
#define HAVE_SYS_STATVFS_H 1
#define HAVE_SYS_TIMES_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_UIO_H 1
#define HAVE_SYS_UN_H 1
#define HAVE_SYS_UTSNAME_H 1
#define HAVE_SYS_WAIT_H 1
#define HAVE_TERMIOS_H 1
#define HAVE_UNISTD_H 1
#define HAVE_UTIME_H 1

#define HAVE_ALARM 1
#define HAVE_CHMOD 1
#define HAVE_CHOWN 1
#define HAVE_DLOPEN 1
#define HAVE_FCHDIR 1
#define HAVE_FCHMOD 1
#define HAVE_FCHOWN 1
#define HAVE_FLOCK 1
#define HAVE_FORK 1
#define HAVE_FSEEKO 1
#define HAVE_FSTATVFS 1
#define HAVE_FSYNC 1
#define HAVE_FTELLO 1
#define HAVE_FTRUNCATE 1
#define HAVE_GETADDRINFO 1
#define HAVE_GETGROUPS 1
#define HAVE_GETHOSTNAME 1
#define HAVE_GETLOADAVG 1
#define HAVE_GETNAMEINFO 1
#define HAVE_GETPEERNAME 1
#define HAVE_GETPGRP 1
#define HAVE_GETPPID 1
#define HAVE_GETPRIORITY 1
#define HAVE_GETRLIMIT 1
#define HAVE_GETRUSAGE 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_GETUID 1
#define HAVE_INET_NTOP 1
#define HAVE_INET_PTON 1
#define HAVE_KILL 1
#define HAVE_LINK 1
#define HAVE_LOCALTIME_R 1
#define HAVE_GMTIME_R 1
#define HAVE_LSTAT 1
#define HAVE_MKFIFO 1
#define HAVE_MKSTEMP 1
#define HAVE_MMAP 1
#define HAVE_NANOSLEEP 1
#define HAVE_NICE 1
#define HAVE_POLL 1
#define HAVE_PREAD 1
#define HAVE_PTHREAD_KILL 1
#define HAVE_PTHREAD_SIGMASK 1
#define HAVE_PWRITE 1
#define HAVE_READLINK 1
#define HAVE_READV 1
#define HAVE_REALPATH 1
#define HAVE_SELECT 1
#define HAVE_SETENV 1
#define HAVE_SETPGID 1
#define HAVE_SETSID 1
#define HAVE_SETUID 1
#define HAVE_SIGACTION 1
#define HAVE_SIGALTSTACK 1
#define HAVE_SOCKETPAIR 1
#define HAVE_STATVFS 1
#define HAVE_STRSIGNAL 1
#define HAVE_STRUCT_TM_TM_ZONE 1
#define HAVE_SYMLINK 1
#define HAVE_SYSCONF 1
#define HAVE_TIMEGM 1
#define HAVE_TM_ZONE 1
#define HAVE_TRUNCATE 1
#define HAVE_UNAME 1
#define HAVE_UNSETENV 1
#define HAVE_UTIMES 1
#define HAVE_WAITPID 1
#define HAVE_WRITEV 1

/* macOS has these clocks from 10.12 on. */
#if !defined(__ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__) || \
    __ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__ >= 101200
#define HAVE_CLOCK_GETRES 1
#define HAVE_CLOCK_GETTIME 1
#define HAVE_CLOCK_SETTIME 1
#endif

#ifdef __linux__
/* glibc has a pthread_key_t that is an int. */
#define PTHREAD_KEY_T_IS_COMPATIBLE_WITH_INT 1
#define HAVE_ACCEPT4 1
#define HAVE_DUP3 1
#define HAVE_ENDIAN_H 1
#define HAVE_EPOLL 1
#define HAVE_FDATASYNC 1
#define HAVE_MREMAP 1
#define HAVE_PIPE2 1
#define HAVE_SEM_TIMEDWAIT 1
#define HAVE_SYS_EPOLL_H 1
#define HAVE_SYS_SYSCALL_H 1
#endif

#ifdef __APPLE__
#define HAVE_KQUEUE 1
#define HAVE_SYS_EVENT_H 1
#endif

#endif /* POSIX */

/* 64 bits on every 64-bit system, on Windows, and on musl; glibc for 32-bit processors that are
 * older than the year-2038 question has a long. Which C library it is says a header that wants to
 * know first what is asked for above. */
#if defined(__linux__) && __SIZEOF_POINTER__ == 4
#include <features.h>
#endif
#if defined(__GLIBC__) && __SIZEOF_POINTER__ == 4
#define SIZEOF_TIME_T __SIZEOF_LONG__
#else
#define SIZEOF_TIME_T 8
#endif

/* From 3.13 on the headers ask __has_builtin which atomics there are. Zig's translate-c answers no,
   and that of 0.17.1 crashes on the C11 atomics which they then fall back to. */
#define _Py_USE_GCC_BUILTIN_ATOMICS 1

#endif /* Py_PYCONFIG_H */
