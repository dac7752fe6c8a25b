//! A limit for what one input may hold in memory at a time.
//!
//! libFuzzer looks at the process once a second and sees what a whole run left behind; this counts
//! every allocation of one input, and so sees growth with the square of the input while the input is
//! still small. Counts the allocating thread only, as the audit starts no other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What the audit promises for any wheel, in bytes.
const PROMISED: usize = 256 << 20;

/// What a binary of this length may take. A symbol of 16 bytes in a file is a name of its own in
/// memory, which takes some hundred bytes.
pub(crate) fn of_binary(length: usize) -> usize {
    PROMISED.min((4 << 20) + 64 * length)
}

/// What a wheel or an sdist of this length may take. Buffers of fixed size, and what is unpacked from it.
pub(crate) fn of_archive(length: usize) -> usize {
    PROMISED.min((80 << 20) + 1024 * length)
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The system's allocator, counted.
pub struct Counting;

impl Counting {
    fn grow(by: usize) {
        let live = LIVE.fetch_add(by, Relaxed).wrapping_add(by);
        if live > LIMIT.load(Relaxed) {
            let limit = LIMIT.swap(usize::MAX, Relaxed);
            panic!("{live} bytes are held at a time: more than {limit}");
        }
    }
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::grow(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if let Some(more) = size.checked_sub(layout.size()) {
            Self::grow(more);
        } else {
            LIVE.fetch_sub(layout.size() - size, Relaxed);
        }
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Does something that must not hold more than this many bytes at a time, beyond what is held now.
pub fn within(limit: usize, action: impl FnOnce()) {
    let before = LIVE.load(Relaxed);
    if std::env::var_os("FUZZ_NO_LIMIT").is_none() {
        LIMIT.store(before + limit, Relaxed);
    }
    action();
    LIMIT.store(usize::MAX, Relaxed);
}
