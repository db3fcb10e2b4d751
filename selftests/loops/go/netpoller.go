// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

func threads() int {
	entries, err := os.ReadDir("/proc/self/task")
	must(err)
	return len(entries)
}

// received is the result of a receive.
type received struct {
	number uint64
	err    error
}

// recvLater receives in a goroutine.
func recvLater(file *os.File) chan received {
	result := make(chan received, 1)
	go func() {
		number, err := recv(file)
		result <- received{number, err}
	}()
	return result
}

func sendLater(file *os.File, number uint64) chan error {
	result := make(chan error, 1)
	go func() { result <- send(file, number) }()
	return result
}

func readWaitsInTheNetpoller() {
	const readers = 100
	var results []chan received
	file := newChannel(1)
	defer file.Close()
	for i := 0; i < readers; i++ {
		each := dupPolled(file, rightRecv)
		defer each.Close()
		results = append(results, recvLater(each))
	}
	waitUntil(func() bool { return sleepers() == readers })
	expect(uint64(0), infoOf(file).recvParks)
	expect(true, threads() < readers/2)
	sum := uint64(0)
	for i := uint64(1); i <= readers; i++ {
		must(send(file, i))
	}
	for _, result := range results {
		r := <-result
		must(r.err)
		sum += r.number
	}
	expect(uint64(readers*(readers+1)/2), sum)
}

func writeWaitsForRoom() {
	file := newChannel(2)
	defer file.Close()
	must(send(file, 1))
	must(send(file, 2))
	result := sendLater(file, 3)
	waitUntil(func() bool { return sleepers() == 1 })
	expect(uint32(2), infoOf(file).len)
	for expected := uint64(1); expected <= 3; expected++ {
		number, err := recv(file)
		must(err)
		expect(expected, number)
	}
	must(<-result)
	expect(uint64(0), infoOf(file).sendParks)
}

func descriptorThatNeverWaitsIsPolled() {
	file := newChannel(1)
	defer file.Close()
	receives := dupPolled(file, rightRecv)
	defer receives.Close()
	result := recvLater(receives)
	waitUntil(func() bool { return sleepers() == 1 })
	expect(uint32(0), infoOf(file).recvq)
	must(send(file, 7))
	expect(received{7, nil}, <-result)
}

func rendezvousMeetsAParkedReader() {
	file := newChannel(0)
	defer file.Close()
	receives := dupWaiting(file, rightRecv)
	defer receives.Close()
	sent := sendLater(file, 7)
	waitUntil(func() bool { return sleepers() == 1 })
	result := recvLater(receives)
	must(<-sent)
	expect(received{7, nil}, <-result)
	expect(uint64(0), infoOf(file).sendParks)
}

func readDeadlineTakesNothing() {
	file := newChannel(1)
	defer file.Close()
	result := recvLater(file)
	waitUntil(func() bool { return sleepers() == 1 })
	must(file.SetReadDeadline(time.Unix(1, 0)))
	expect(true, errors.Is((<-result).err, os.ErrDeadlineExceeded))
	must(send(file, 7))
	expect(uint32(1), infoOf(file).len)
	must(file.SetReadDeadline(time.Time{}))
	number, err := recv(file)
	must(err)
	expect(uint64(7), number)
}

func writeDeadlineSendsNothing() {
	file := newChannel(1)
	defer file.Close()
	must(send(file, 1))
	result := sendLater(file, 2)
	waitUntil(func() bool { return sleepers() == 1 })
	must(file.SetWriteDeadline(time.Unix(1, 0)))
	expect(true, errors.Is(<-result, os.ErrDeadlineExceeded))
	number, err := recv(file)
	must(err)
	expect(uint64(1), number)
	expect(uint32(0), infoOf(file).len)
}

func closeEndsARead() {
	file := newChannel(1)
	defer file.Close()
	receives := dupPolled(file, rightRecv)
	result := recvLater(receives)
	waitUntil(func() bool { return sleepers() == 1 })
	must(receives.Close())
	expect(true, errors.Is((<-result).err, os.ErrClosed))
	// The channel itself stays usable.
	must(send(file, 7))
	number, err := recv(file)
	must(err)
	expect(uint64(7), number)
}

func closedAndDrainedIsEOF() {
	file := newChannel(3)
	defer file.Close()
	must(send(file, 1))
	must(send(file, 2))
	closeChannel(file)
	all, err := io.ReadAll(file)
	must(err)
	expect(2*elemsize, len(all))
	_, err = recv(file)
	expect(io.EOF, err)
}

func closeWakesAll() {
	empty, full := newChannel(1), newChannel(1)
	defer empty.Close()
	defer full.Close()
	must(send(full, 1))
	var results []chan received
	var errs []chan error
	for i := 0; i < 3; i++ {
		results = append(results, recvLater(empty))
		errs = append(errs, sendLater(full, 2))
	}
	// The reads of one file, and its writes, take turns: one of each waits for the channel.
	waitUntil(func() bool { return sleepers() == 2 })
	closeChannel(empty)
	closeChannel(full)
	for i := range results {
		expect(io.EOF, (<-results[i]).err)
		expect(true, errors.Is(<-errs[i], syscall.EPIPE))
	}
}

func writeAfterCloseIsEPIPE() {
	file := newChannel(1)
	defer file.Close()
	closeChannel(file)
	expect(true, errors.Is(send(file, 1), syscall.EPIPE))
}

// tally counts how often each number was received.
type tally struct {
	sync.Mutex
	times map[uint64]int
}

func sendRange(file *os.File, from, to uint64, done *sync.WaitGroup) {
	defer done.Done()
	defer file.Close()
	for number := from; number < to; number++ {
		must(send(file, number))
	}
}

func recvAll(file *os.File, seen *tally, done *sync.WaitGroup) {
	defer done.Done()
	defer file.Close()
	for {
		number, err := recv(file)
		if err == io.EOF {
			return
		}
		must(err)
		seen.Lock()
		seen.times[number]++
		seen.Unlock()
	}
}

// The channels have no other senders, so they close when these do.
func manyGoroutines() {
	const goroutines, each = 8, 50
	var done sync.WaitGroup
	seen := tally{times: map[uint64]int{}}
	next := uint64(0)
	for _, capacity := range []uint32{1, 2, 16} {
		file := newChannel(capacity)
		for i := 0; i < goroutines; i++ {
			done.Add(2)
			go sendRange(dupPolled(file, rightSend), next, next+each, &done)
			go recvAll(dupPolled(file, rightRecv), &seen, &done)
			next += each
		}
		must(file.Close())
	}
	done.Wait()
	expect(int(next), len(seen.times))
	for _, times := range seen.times {
		expect(1, times)
	}
}

// sendAndPause is the other process of the next test: its file descriptor 3 may send.
func sendAndPause() {
	file := os.NewFile(3, "chan")
	for i := uint64(1); i <= 3; i++ {
		must(send(file, i))
	}
	for {
		syscall.Pause()
	}
}

func deathOfTheLastSenderIsEOF() {
	file := newChannel(1)
	sends, receives := dupWaiting(file, rightSend), dupPolled(file, rightRecv)
	defer receives.Close()
	must(file.Close())
	var output strings.Builder
	child := exec.Command("/proc/self/exe", "send")
	child.ExtraFiles = []*os.File{sends}
	child.Stderr = &output
	must(child.Start())
	must(sends.Close())
	for i := uint64(1); i <= 3; i++ {
		number, err := recv(receives)
		must(err)
		expect(i, number)
	}
	result := recvLater(receives)
	waitUntil(func() bool { return sleepers() >= 1 })
	must(child.Process.Kill())
	expect(io.EOF, (<-result).err)
	child.Wait()
	expect("", output.String())
}
