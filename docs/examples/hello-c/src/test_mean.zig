//! Tests of mean.c, which does not use Python: `zig build test`.
const std = @import("std");

const Mean = extern struct { value: f64 = 0, count: f64 = 0 };
extern fn mean_add(mean: *Mean, number: f64) void;

test "the mean follows each value" {
    var mean: Mean = .{};
    for ([_]f64{ 1, 2, 6 }, [_]f64{ 1, 1.5, 3 }) |number, expected| {
        mean_add(&mean, number);
        try std.testing.expectApproxEqAbs(expected, mean.value, 1e-12);
    }
}
