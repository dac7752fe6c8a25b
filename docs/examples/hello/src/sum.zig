//! A sum of floats that keeps small values beside large ones (Neumaier's summation). This file does not
//! use Python, so `zig build test` can run its tests.
const std = @import("std");

pub const Sum = struct {
    rounded: f64 = 0,
    /// What rounding has taken from `rounded` so far.
    lost: f64 = 0,

    pub fn add(sum: *Sum, value: f64) void {
        const next = sum.rounded + value;
        if (std.math.isFinite(next)) {
            const larger, const smaller = if (@abs(sum.rounded) >= @abs(value)) .{ sum.rounded, value } else .{ value, sum.rounded };
            sum.lost += (larger - next) + smaller;
        }
        sum.rounded = next;
    }

    pub fn total(sum: Sum) f64 {
        return sum.rounded + sum.lost;
    }
};

fn totalOf(values: []const f64) f64 {
    var sum: Sum = .{};
    for (values) |value| sum.add(value);
    return sum.total();
}

test "small values are not lost beside large ones" {
    try std.testing.expectEqual(2.0, totalOf(&.{ 1.0, 1e100, 1.0, -1e100 }));
    const tenths: [10]f64 = @splat(0.1);
    try std.testing.expectEqual(1.0, totalOf(&tenths));
}

test "the sum of nothing is zero" {
    try std.testing.expectEqual(0.0, totalOf(&.{}));
}

test "infinity stays infinite" {
    const infinity = std.math.inf(f64);
    try std.testing.expectEqual(infinity, totalOf(&.{ 1.0, infinity, 2.0 }));
}
