//! The terminal that progress bars are drawn on.

use std::io;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

/// How often the bars are drawn in a second.
const RATE: u8 = 20;

/// Standard error, with the cursor behind the last letter of the bars.
///
/// Otherwise spaces up to the end of the line put the cursor at the border, and the `^C` that the terminal
/// shows when the user interrupts the run would begin a line of its own, which nobody removes.
#[derive(Debug)]
struct Screen(Term);

/// Where bars are drawn.
pub(super) fn target() -> ProgressDrawTarget {
    let screen = Screen(Term::buffered_stderr());
    ProgressDrawTarget::term_like_with_hz(Box::new(screen), RATE)
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.0.write_line(line)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        if text.bytes().all(|byte| byte == b' ') {
            return Ok(());
        }
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
