// SPDX-License-Identifier: GPL-2.0-only

// The rows of chanbench over channels of Go. Reads lines "ROW CALLS", runs the row, and answers
// each with the nanoseconds that it took, or with "-" if there is no such row.
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

// row makes calls of an operation; it gets ready, then calls start.
type row func(calls int, start func())

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var name string
		var calls int
		if n, _ := fmt.Sscan(input.Text(), &name, &calls); n != 2 || rows[name] == nil {
			fmt.Println("-")
			continue
		}
		begin := time.Now()
		rows[name](calls, func() { begin = time.Now() })
		fmt.Println(time.Since(begin).Nanoseconds())
	}
}
