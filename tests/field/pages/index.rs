//! A package index on this machine, with the URLs of TestPyPI.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Prints the port, and serves: uploads to `/legacy/`, and what was uploaded below `/simple/`.
const SERVER: &str = r#"
import sys, pathlib, pypiserver
from wsgiref.simple_server import WSGIRequestHandler, make_server

index = pypiserver.app(roots=[pathlib.Path(sys.argv[1])], authenticate=[], password_file=".", disable_fallback=True)

def app(environ, respond):
    if environ["PATH_INFO"] == "/legacy/":
        environ["PATH_INFO"] = "/"
    return index(environ, respond)

class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A running index.
pub(super) struct Index {
    server: Child,
    _packages: TempDir,
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
}

impl Index {
    /// `None`, with a message, when pip cannot install the server.
    pub(super) fn start() -> Option<Self> {
        let bin = support::venv_tool(&["pypiserver>=2.3,<3"])?;
        let packages = tempfile::tempdir().unwrap();
        let mut server = Command::new(bin.join("python"))
            .args(["-c", SERVER])
            .arg(packages.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let stdout = server.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut port).unwrap();
        assert!(!port.is_empty(), "the index did not start");
        Some(Self {
            server,
            _packages: packages,
            url: format!("http://127.0.0.1:{}", port.trim()),
        })
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
