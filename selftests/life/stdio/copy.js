// SPDX-License-Identifier: GPL-2.0-only
// Copies standard input to standard output and error, each chunk as it comes.
process.stdin.on('data', (chunk) => {
	process.stdout.write(chunk);
	process.stderr.write(chunk);
});
