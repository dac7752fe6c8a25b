//! The greatest common divisor. This file does not use Python, so `zig build test` can run its tests.
const std = @import("std");

pub fn gcd(a: i64, b: i64) u64 {
    var x: u64 = @abs(a);
    var y: u64 = @abs(b);
    while (y != 0) {
        const rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

test "the greatest common divisor of two numbers" {
    try std.testing.expectEqual(6, gcd(12, 18));
    try std.testing.expectEqual(12, gcd(-48, 36));
    try std.testing.expectEqual(7, gcd(0, 7));
}

test "the smallest number of 64 bits has no positive counterpart" {
    try std.testing.expectEqual(1 << 63, gcd(std.math.minInt(i64), 0));
}
