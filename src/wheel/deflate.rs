//! Files become deflated bytes, on as many threads as are free, and the same bytes on any number.
//!
//! A file is cut into chunks of 1 MiB; each is deflated by itself, with the 32 KiB before it as
//! dictionary, so that next to nothing is lost by the cut, and ended by a sync flush, which fills the
//! last byte: one after another they are one deflate stream. Chunks come out in the order of the
//! files, hashed on the way. Never holds more than a few chunks a thread in memory.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

use flate2::{Compress, Compression, FlushCompress, Status};

use super::contents::{Bytes, Reading};
use super::record::{Content, Meter};
use crate::error::{Error, Problem, Result};
use crate::sys::sync;

/// What is deflated at a time. Another number gives other bytes.
pub(super) const CHUNK: usize = 1 << 20;
/// How far back deflate looks.
const WINDOW: usize = 32 << 10;
const LEVEL: u32 = 5;
/// Files below this are not worth another thread.
const WORTH_A_THREAD: u64 = 256 << 10;
/// Small files that wait at a time.
const MOST_WAITING: usize = 256;
/// More would wait for the one that reads and writes.
const MOST_HELPERS: usize = 15;

/// The threads that all packers of a run have together, beside their own.
#[derive(Debug)]
pub(super) struct Helpers {
    free: AtomicUsize,
}

impl Helpers {
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: AtomicUsize::new(count.min(MOST_HELPERS)),
        }
    }

    /// All that are free.
    fn borrow(&self) -> Loan<'_> {
        let count = self.free.swap(0, Ordering::AcqRel);
        Loan {
            helpers: self,
            count,
        }
    }
}

struct Loan<'a> {
    helpers: &'a Helpers,
    count: usize,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.helpers.free.fetch_add(self.count, Ordering::AcqRel);
    }
}

/// Deflated bytes, in their order.
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    /// Of the whole file, with its last piece.
    pub(super) end: Option<Digest>,
}

/// What a whole file is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) crc: u32,
    pub(super) content: Content,
}

/// Deflates these, and hands each piece on.
pub(super) fn all<'a>(
    sources: &[&'a Bytes<'a>],
    helpers: &Helpers,
    sink: &mut dyn FnMut(Piece) -> Result<()>,
) -> Result<()> {
    let total: u64 = sources.iter().map(|bytes| bytes.size()).sum();
    let loan = (total > WORTH_A_THREAD).then(|| helpers.borrow());
    let count = loan.as_ref().map_or(0, |loan| loan.count);
    let queue = Queue::default();
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let _closing = Closing(&queue);
        for _ in 0..count {
            let (sender, queue) = (sender.clone(), &queue);
            scope.spawn(move || help(queue, &sender));
        }
        drop(sender);
        let mut line = Line {
            queue: &queue,
            receiver,
            deflater: Deflater::default(),
            next: 0,
            waiting: VecDeque::new(),
            weight: 0,
            done: HashMap::new(),
            most: (count + 1) * 2 * CHUNK,
            sink,
        };
        for source in sources {
            line.feed(source)?;
        }
        while !line.waiting.is_empty() {
            line.advance()?;
        }
        Ok(())
    })
}

/// A chunk to deflate.
struct Task {
    number: u64,
    /// The dictionary, and the chunk behind it.
    bytes: Vec<u8>,
    dictionary: usize,
    last: bool,
}

/// What no thread has taken yet.
#[derive(Default)]
struct Queue {
    state: Mutex<(VecDeque<Task>, bool)>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, (VecDeque<Task>, bool)> {
        sync::lock(&self.state)
    }

    fn push(&self, task: Task) {
        self.lock().0.push_back(task);
        self.changed.notify_one();
    }

    fn take(&self) -> Option<Task> {
        self.lock().0.pop_front()
    }

    /// Waits for a task; none when there will be no more.
    fn wait(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.1 {
                return None;
            }
            if let Some(task) = state.0.pop_front() {
                return Some(task);
            }
            state = sync::ignore_poison(self.changed.wait(state));
        }
    }
}

/// Sends the helpers home, whatever happens.
struct Closing<'a>(&'a Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.lock().1 = true;
        self.0.changed.notify_all();
    }
}

type Done = (u64, io::Result<Vec<u8>>);

fn help(queue: &Queue, sender: &Sender<Done>) {
    let mut deflater = Deflater::default();
    while let Some(task) = queue.wait() {
        // A chunk that never came back would be waited for for ever.
        let bytes = catch_unwind(AssertUnwindSafe(|| deflater.deflate(&task)))
            .unwrap_or_else(|_| Err(io::Error::other("the compressor panicked")));
        if sender.send((task.number, bytes)).is_err() {
            return;
        }
    }
}

/// The one that reads, hashes, hands on in order, and deflates while there is nothing to hand on.
struct Line<'a> {
    queue: &'a Queue,
    receiver: Receiver<Done>,
    deflater: Deflater,
    next: u64,
    /// Number, length, and what the last chunk of a file has with it.
    waiting: VecDeque<(u64, usize, Option<Digest>)>,
    /// The lengths of those that wait.
    weight: usize,
    done: HashMap<u64, io::Result<Vec<u8>>>,
    /// The most that may wait.
    most: usize,
    sink: &'a mut dyn FnMut(Piece) -> Result<()>,
}

impl Line<'_> {
    fn feed(&mut self, source: &Bytes<'_>) -> Result<()> {
        let mut reading = Reading::of(source)?;
        let mut meter = Meter::default();
        let mut crc = crc32fast::Hasher::new();
        let mut before = Vec::new();
        loop {
            let mut bytes = Vec::with_capacity(before.len() + reading.next(CHUNK));
            bytes.extend_from_slice(&before);
            let dictionary = bytes.len();
            let last = reading.read(&mut bytes, CHUNK)?;
            let chunk = &bytes[dictionary..];
            meter.update(chunk);
            crc.update(chunk);
            if last {
                let digest = Digest {
                    crc: crc.finalize(),
                    content: meter.finish(),
                };
                return self.push(bytes, dictionary, Some(digest));
            }
            before = bytes[bytes.len().saturating_sub(WINDOW)..].to_vec();
            self.push(bytes, dictionary, None)?;
        }
    }

    fn push(&mut self, bytes: Vec<u8>, dictionary: usize, end: Option<Digest>) -> Result<()> {
        let (number, length) = (self.next, bytes.len());
        self.next += 1;
        let last = end.is_some();
        self.waiting.push_back((number, length, end));
        self.weight += length;
        self.queue.push(Task {
            number,
            bytes,
            dictionary,
            last,
        });
        while self.waiting.len() >= MOST_WAITING || self.weight >= self.most {
            self.advance()?;
        }
        Ok(())
    }

    /// Hands on the piece whose turn it is; until it is there, deflates one, or waits for one.
    fn advance(&mut self) -> Result<()> {
        self.done.extend(self.receiver.try_iter());
        let turn = self.waiting.front().map(|(number, ..)| *number);
        if let Some(bytes) = turn.and_then(|number| self.done.remove(&number)) {
            let (_, length, end) = self.waiting.pop_front().unwrap_or_default();
            self.weight -= length;
            let bytes = bytes.map_err(|error| failed(&error))?;
            return (self.sink)(Piece { bytes, end });
        }
        if let Some(task) = self.queue.take() {
            let bytes = self.deflater.deflate(&task);
            self.done.insert(task.number, bytes);
        } else {
            let gone = |_| failed(&io::Error::other("no thread is left"));
            let (number, bytes) = self.receiver.recv().map_err(gone)?;
            self.done.insert(number, bytes);
        }
        Ok(())
    }
}

fn failed(error: &io::Error) -> Error {
    Error::system(Problem::new(format!(
        "the wheel cannot be compressed: {error}"
    )))
}

/// What a thread deflates with.
#[derive(Default)]
struct Deflater {
    /// With room for the worst that deflate can make of a chunk, so that it is never short of it:
    /// the room that is left must not show in the bytes.
    room: Vec<u8>,
}

impl Deflater {
    fn deflate(&mut self, task: &Task) -> io::Result<Vec<u8>> {
        let (dictionary, chunk) = task.bytes.split_at(task.dictionary);
        // Not one for all chunks: `reset` leaves the window as it was, and what lies in it behind the
        // dictionary decides where the dictionary's last bytes are looked for.
        let mut stream = Compress::new(Compression::new(LEVEL), false);
        if !dictionary.is_empty() {
            stream.set_dictionary(dictionary)?;
        }
        self.room.clear();
        self.room.reserve(chunk.len() + chunk.len() / 8 + 1024);
        let flush = if task.last {
            FlushCompress::Finish
        } else {
            FlushCompress::Sync
        };
        let status = stream.compress_vec(chunk, &mut self.room, flush)?;
        let whole = stream.total_in() == chunk.len() as u64
            && self.room.len() < self.room.capacity()
            && (status == Status::StreamEnd) == task.last;
        if whole {
            Ok(self.room.clone())
        } else {
            Err(io::Error::other("deflate ran out of room"))
        }
    }
}

#[cfg(test)]
mod tests;
