// SPDX-License-Identifier: GPL-2.0-only

// Copies standard input to standard output and error, line by line.
package main

import (
	"bufio"
	"io"
	"os"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	out := io.MultiWriter(os.Stdout, os.Stderr)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if _, err := out.Write(line); err != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			break
		}
	}
}
