//! A shared library with a plain C interface. It knows nothing of Python:
//! hello_ctypes/__init__.py loads it through ctypes.
const std = @import("std");

/// The Adler-32 checksum (RFC 1950) of `length` bytes. To continue one, pass the
/// checksum of what came before as `start`; else 1.
export fn hello_ctypes_adler32(start: u32, bytes: [*]const u8, length: usize) u32 {
    const modulus = 65521;
    var low: u32 = (start & 0xffff) % modulus;
    var high: u32 = (start >> 16) % modulus;
    for (bytes[0..length]) |byte| {
        low = (low + byte) % modulus;
        high = (high + low) % modulus;
    }
    return high << 16 | low;
}

/// Writes "Hello, ‹name›!" to `buffer` when there is one and it is large enough.
/// Returns the number of bytes that the greeting takes.
export fn hello_ctypes_greet(name: [*]const u8, name_length: usize, buffer: ?[*]u8, capacity: usize) usize {
    const before = "Hello, ";
    const after = "!";
    const needed = before.len + name_length + after.len;
    const out = buffer orelse return needed;
    if (needed <= capacity) {
        @memcpy(out[0..before.len], before);
        @memcpy(out[before.len..][0..name_length], name[0..name_length]);
        @memcpy(out[before.len + name_length ..][0..after.len], after);
    }
    return needed;
}

test "a checksum can be continued" {
    const whole = hello_ctypes_adler32(1, "Wikipedia", 9);
    try std.testing.expectEqual(0x11e60398, whole);
    try std.testing.expectEqual(whole, hello_ctypes_adler32(hello_ctypes_adler32(1, "Wiki", 4), "pedia", 5));
}

test "a greeting needs a buffer that is large enough" {
    var buffer: [11]u8 = @splat('.');
    try std.testing.expectEqual(11, hello_ctypes_greet("Zig", 3, null, 0));
    try std.testing.expectEqual(11, hello_ctypes_greet("Zig", 3, &buffer, 10));
    try std.testing.expectEqualStrings("...........", &buffer);
    _ = hello_ctypes_greet("Zig", 3, &buffer, buffer.len);
    try std.testing.expectEqualStrings("Hello, Zig!", &buffer);
}
