// SPDX-License-Identifier: GPL-2.0-only

package main

import "sync"

// An element of 8 bytes, and one of 256.
type word [8]byte
type path [256]byte

var rows = map[string]row{
	"Pair/0":   pair[[0]byte],
	"Pair/8":   pair[word],
	"Pair/64":  pair[[64]byte],
	"Pair/256": pair[path],
	"Pair/512": pair[[512]byte],
	"Pair/1K":  pair[[1024]byte],
	"Pair/4K":  pair[[4096]byte],
	// A channel's elements have less than 64 KiB.

	"Flight4/8":   flight[word](4),
	"Flight4/4K":  flight[[4096]byte](4),
	"Uncontended": flight[word](100),
	"Batch64":     flight[word](64),

	"Nonblock":          nonblock,
	"Closed":            closed,
	"Make":              make1,
	"Close":             makeAndClose,
	"Select8":           select8,
	"Select8None":       select8None,
	"SelectUncontended": selectUncontended,

	"SelectSyncContended": selectSyncContended,
	"PingPong":            pingPong(0),
	"PingPong/buffered":   pingPong(1),
	"RoundTrip/8":         pingPong(0),
	"Sync":                synchronous,
	"Contended":           contended,
	"ProdCons0":           producers(0, 1),
	"ProdCons10":          producers(10, 1),
	"ProdCons100":         producers(100, 1),
	"ProdCons0/2":         producers(0, 2),
	"ProdCons0/4":         producers(0, 4),
	"ProdCons0/16":        producers(0, 16),
	"ProdCons0/64":        producers(0, 64),
	"Pipeline":            pipeline,
}

// Keeps what is made in memory, as in Go's own benchmark.
var kept chan word

func pair[T any](calls int, start func()) {
	c := make(chan T, 1)
	var element T
	start()
	for i := 0; i < calls; i++ {
		c <- element
		element = <-c
	}
}

func flight[T any](count int) row {
	return func(calls int, start func()) {
		c := make(chan T, count)
		var element T
		start()
		for i := 0; i < calls; i++ {
			for j := 0; j < count; j++ {
				c <- element
			}
			for j := 0; j < count; j++ {
				element = <-c
			}
		}
	}
}

func nonblock(calls int, start func()) {
	c := make(chan word, 1)
	start()
	for i := 0; i < calls; i++ {
		select {
		case <-c:
			panic("an element")
		default:
		}
	}
}

func closed(calls int, start func()) {
	c := make(chan word, 1)
	close(c)
	start()
	for i := 0; i < calls; i++ {
		<-c
	}
}

func make1(calls int, start func()) {
	start()
	for i := 0; i < calls; i++ {
		kept = make(chan word, 1)
	}
}

func makeAndClose(calls int, start func()) {
	start()
	for i := 0; i < calls; i++ {
		kept = make(chan word, 1)
		close(kept)
	}
}

func makeEight() [8]chan word {
	var c [8]chan word
	for i := range c {
		c[i] = make(chan word, 1)
	}
	return c
}

func select8(calls int, start func()) {
	c := makeEight()
	var element word
	start()
	for i := 0; i < calls; i++ {
		c[7] <- element
		select {
		case element = <-c[0]:
		case element = <-c[1]:
		case element = <-c[2]:
		case element = <-c[3]:
		case element = <-c[4]:
		case element = <-c[5]:
		case element = <-c[6]:
		case element = <-c[7]:
		}
	}
}

func select8None(calls int, start func()) {
	c := makeEight()
	start()
	for i := 0; i < calls; i++ {
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		default:
		}
	}
}

func selectUncontended(calls int, start func()) {
	var element word
	c, d := make(chan word, 1), make(chan word, 1)
	start()
	c <- element
	for i := 0; i < calls; i++ {
		select {
		case element = <-c:
			d <- element
		case element = <-d:
			c <- element
		}
	}
}

// crew starts a goroutine per part and waits for all.
func crew(start func(), parts ...func()) {
	var group sync.WaitGroup
	group.Add(len(parts))
	start()
	for _, part := range parts {
		go func(part func()) {
			part()
			group.Done()
		}(part)
	}
	group.Wait()
}

func selectSyncContended(calls int, start func()) {
	c, d, e := make(chan word), make(chan word), make(chan word)
	var element word
	crew(start, func() {
		for i := 0; i < calls; i++ {
			select {
			case c <- element:
			case d <- element:
			case e <- element:
			}
		}
	}, func() {
		for i := 0; i < calls; i++ {
			select {
			case <-c:
			case <-d:
			case <-e:
			}
		}
	})
}

func pingPong(capacity int) row {
	return func(calls int, start func()) {
		c, d := make(chan word, capacity), make(chan word, capacity)
		var element word
		crew(start, func() {
			for i := 0; i < calls; i++ {
				c <- element
				<-d
			}
		}, func() {
			for i := 0; i < calls; i++ {
				d <- <-c
			}
		})
	}
}

func synchronous(calls int, start func()) {
	c := make(chan word)
	var element word
	crew(start, func() {
		for i := 0; i < calls; i++ {
			c <- element
			<-c
		}
	}, func() {
		for i := 0; i < calls; i++ {
			<-c
			c <- element
		}
	})
}

func send(c chan<- word, calls int) func() {
	var element word
	return func() {
		for i := 0; i < calls; i++ {
			c <- element
		}
	}
}

func receive(c <-chan word, calls int) func() {
	return func() {
		for i := 0; i < calls; i++ {
			<-c
		}
	}
}

// share is the part of one task of several in the calls.
func share(calls, tasks, task int) int {
	if task < calls%tasks {
		return calls/tasks + 1
	}
	return calls / tasks
}

func contended(calls int, start func()) {
	const tasks, burst = 2, 100
	c := make(chan word, tasks*burst)
	var parts []func()
	for task := 0; task < tasks; task++ {
		calls := share(calls, tasks, task)
		parts = append(parts, func() {
			for ; calls > 0; calls -= burst {
				n := burst
				if calls < n {
					n = calls
				}
				send(c, n)()
				receive(c, n)()
			}
		})
	}
	crew(start, parts...)
}

func producers(capacity, tasks int) row {
	return func(calls int, start func()) {
		c := make(chan word, capacity)
		var parts []func()
		for task := 0; task < tasks; task++ {
			parts = append(parts, send(c, share(calls, tasks, task)),
				receive(c, share(calls, tasks, task)))
		}
		crew(start, parts...)
	}
}

// digest is that of chanbench.
func digest(element *path) {
	hash := uint32(2166136261)
	for round := 0; round < 8; round++ {
		for _, b := range element {
			hash = (hash ^ uint32(b)) * 16777619
		}
	}
	for i := 0; i < 4; i++ {
		element[i] = byte(hash >> (8 * i))
	}
}

func pipeline(calls int, start func()) {
	const workers, capacity = 4, 16
	paths, results := make(chan path, capacity), make(chan path, capacity)
	parts := []func(){func() {
		var element path
		for i := 0; i < calls; i++ {
			paths <- element
		}
	}, func() {
		for i := 0; i < calls; i++ {
			<-results
		}
	}}
	for worker := 0; worker < workers; worker++ {
		calls := share(calls, workers, worker)
		parts = append(parts, func() {
			for i := 0; i < calls; i++ {
				element := <-paths
				digest(&element)
				results <- element
			}
		})
	}
	crew(start, parts...)
}
