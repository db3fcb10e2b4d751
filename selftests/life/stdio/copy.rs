// SPDX-License-Identifier: GPL-2.0-only
// Copies standard input to standard output and error, line by line.
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line? + "\n";
        io::stdout().write_all(line.as_bytes())?;
        io::stderr().write_all(line.as_bytes())?;
    }
    io::stdout().flush()
}
