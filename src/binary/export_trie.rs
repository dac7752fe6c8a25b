//! The export trie of a Mach-O file, walked so that no trie takes longer than it is long.
//!
//! Takes its bytes, gives each exported name. A well-made trie is a tree; the general reader refuses
//! cycles, but not branches that join again, of which a few hundred bytes can have any number.
//! Source: `MachOTrie` of Apple's dyld; numbers are ULEB128.

use super::unreadable::Unreadable;

/// The longest name, in bytes; a longer one is of no linker's making.
const LONGEST: usize = 64 << 10;
/// The most nodes that wait to be visited: the siblings of the nodes on the path to the current one.
const MOST_OPEN: usize = 1 << 18;

/// Calls `found` with each name, in the order of the trie.
pub(super) fn walk(
    trie: &[u8],
    mut found: impl FnMut(&[u8]) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let damaged = || Unreadable::Damaged("its export trie is damaged".to_owned());
    // A bit for each place.
    let mut seen = vec![0_u8; trie.len() / 8 + 1];
    let mut name = Vec::new();
    // Nodes to visit: where they are, how long the name before them is, and what it goes on with.
    let mut open: Vec<(usize, usize, &[u8])> = vec![(0, 0, &[])];
    while let Some((offset, length, label)) = open.pop() {
        let bits = seen.get_mut(offset / 8).ok_or_else(damaged)?;
        let bit = 1 << (offset % 8);
        if *bits & bit != 0 || open.len() > MOST_OPEN {
            return Err(damaged());
        }
        *bits |= bit;
        name.truncate(length);
        name.extend_from_slice(label);
        if name.len() > LONGEST {
            return Err(damaged());
        }
        let node = trie.get(offset..).ok_or_else(damaged)?;
        let (terminal, node) = uleb(node).ok_or_else(damaged)?;
        if terminal > 0 {
            found(&name)?;
        }
        let (count, mut children) = node
            .get(terminal..)
            .and_then(<[u8]>::split_first)
            .ok_or_else(damaged)?;
        let first = open.len();
        for _ in 0..*count {
            let end = children
                .iter()
                .position(|byte| *byte == 0)
                .ok_or_else(damaged)?;
            let (label, after) = (&children[..end], &children[end + 1..]);
            let (child, after) = uleb(after).ok_or_else(damaged)?;
            open.push((child, name.len(), label));
            children = after;
        }
        open[first..].reverse();
    }
    Ok(())
}

/// A number and what follows it.
fn uleb(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_usize;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f).checked_shl(7 * u32::try_from(index).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((number, &bytes[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(trie: &[u8]) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let outcome = walk(trie, |name| {
            names.push(String::from_utf8_lossy(name).into_owned());
            Ok(())
        });
        outcome.ok().map(|()| names)
    }

    #[test]
    fn a_tree_is_walked_in_order() {
        // The root has `_a` (itself a name) and `_b`; below `_a` there is `c`.
        let trie = [
            0,
            2,
            b'_',
            b'a',
            0,
            10,
            b'_',
            b'b',
            0,
            18, //
            2,
            0,
            0,
            1,
            b'c',
            0,
            18 + 4,
            0, //
            2,
            0,
            0,
            0, //
            2,
            0,
            0,
            0,
        ];
        assert_eq!(names(&trie).unwrap(), ["_a", "_ac", "_b"]);
        for end in 0..trie.len() {
            let _ = names(&trie[..end]);
        }
    }

    #[test]
    fn branches_that_join_and_cycles_are_refused() {
        let joining = [0, 2, b'a', 0, 8, b'b', 0, 8, 0, 0];
        assert_eq!(names(&joining), None);
        let cycle = [0, 1, b'a', 0, 0];
        assert_eq!(names(&cycle), None);
    }
}
