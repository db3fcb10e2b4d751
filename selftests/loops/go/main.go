// SPDX-License-Identifier: GPL-2.0-only

// Channels behind Go's netpoller: os.File, read and written by many goroutines.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

type test struct {
	name string
	run  func()
}

var tests = []test{
	{"G9_read_waits_in_the_netpoller_and_not_in_a_thread", readWaitsInTheNetpoller},
	{"G9_write_waits_for_room", writeWaitsForRoom},
	{"G9_descriptor_that_never_waits_is_polled", descriptorThatNeverWaitsIsPolled},
	{"G9_rendezvous_meets_a_reader_that_is_parked", rendezvousMeetsAParkedReader},
	{"G4_read_deadline_takes_nothing", readDeadlineTakesNothing},
	{"G4_write_deadline_sends_nothing", writeDeadlineSendsNothing},
	{"Close_ends_the_read_of_another_goroutine", closeEndsARead},
	{"G6_closed_and_drained_is_EOF", closedAndDrainedIsEOF},
	{"G6_close_wakes_every_reader_and_writer", closeWakesAll},
	{"G6_write_after_close_is_EPIPE", writeAfterCloseIsEPIPE},
	{"G3_many_goroutines_share_several_channels", manyGoroutines},
	{"G11_death_of_the_last_sender_is_EOF", deathOfTheLastSenderIsEOF},
}

// expect fails the test if two values differ.
func expect(expected, seen any) {
	if expected != seen {
		panic(fmt.Sprintf("expected %v, but there is %v", expected, seen))
	}
}

// must fails the test if there is an error.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// waitUntil waits for an effect of another task, at most until the timeout of the test.
func waitUntil(condition func() bool) {
	for !condition() {
		time.Sleep(time.Millisecond)
	}
}

// sleepers returns the number of goroutines that wait in the netpoller.
func sleepers() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "[IO wait")
}

func comment(text string) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fmt.Println("#", line)
	}
}

func passes(t test) (passed bool) {
	hangs := time.AfterFunc(30*time.Second, func() {
		stacks := make([]byte, 1<<20)
		comment(t.name + " hangs\n" + string(stacks[:runtime.Stack(stacks, true)]))
		os.Exit(1)
	})
	defer hangs.Stop()
	defer func() {
		if reason := recover(); reason != nil {
			comment(fmt.Sprint(reason, "\n", string(debug.Stack())))
			passed = false
		}
	}()
	t.run()
	return true
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "send" {
		sendAndPause()
		return
	}
	failed := 0
	fmt.Printf("TAP version 13\n1..%d\n", len(tests))
	for i, t := range tests {
		word := "ok"
		if !passes(t) {
			word = "not ok"
			failed++
		}
		fmt.Println(word, i+1, t.name)
	}
	if failed > 0 {
		os.Exit(1)
	}
}
