// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"encoding/binary"
	"os"
	"syscall"
	"unsafe"
)

// Elements are numbers of that many bytes.
const elemsize = 8

const (
	rightSend = 1 << iota
	rightRecv
)

// The commands of <linux/chan.h> that are used here.
const (
	commandMake  = 0x4030e801
	commandDup   = 0x4008e802
	commandClose = 0xe803
	commandInfo  = 0x80a0e804
)

type makeArgument struct {
	elemsize, cap, flags, reserved uint32
	name                           [32]byte
}

type dupArgument struct {
	rights, flags uint32
}

type info struct {
	id                        uint64
	elemsize, cap, flags, len uint32
	closed, rights            uint32
	senders, receivers        uint32
	sendq, recvq              uint32
	requeued, maxlen          uint32
	sends, recvs              [3]uint64
	requeues                 uint64
	sendParks, recvParks      uint64
	name                      [32]byte
}

// command runs an ioctl. It avoids Fd to get the descriptor, as that would switch the file to
// blocking mode.
func command(file *os.File, number uintptr, argument unsafe.Pointer) uintptr {
	var result uintptr
	var errno syscall.Errno
	raw, err := file.SyscallConn()
	must(err)
	must(raw.Control(func(fd uintptr) {
		result, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, number, uintptr(argument))
	}))
	if errno != 0 {
		panic(errno)
	}
	return result
}

// newChannel makes a channel without special measures: os.OpenFile finds that the device can
// be polled.
func newChannel(capacity uint32) *os.File {
	file, err := os.OpenFile("/dev/chan", os.O_RDWR, 0)
	must(err)
	argument := makeArgument{elemsize: elemsize, cap: capacity}
	command(file, commandMake, unsafe.Pointer(&argument))
	return file
}

// dupWaiting returns another file of the channel, which blocks a thread in the kernel.
func dupWaiting(file *os.File, rights uint32) *os.File {
	argument := dupArgument{rights: rights}
	fd := command(file, commandDup, unsafe.Pointer(&argument))
	return os.NewFile(fd, "chan")
}

// dupPolled returns another file of the channel, which parks a goroutine in the netpoller.
func dupPolled(file *os.File, rights uint32) *os.File {
	argument := dupArgument{rights: rights}
	fd := command(file, commandDup, unsafe.Pointer(&argument))
	must(syscall.SetNonblock(int(fd), true))
	return os.NewFile(fd, "chan")
}

func closeChannel(file *os.File) {
	command(file, commandClose, nil)
}

func infoOf(file *os.File) info {
	var result info
	command(file, commandInfo, unsafe.Pointer(&result))
	return result
}

func send(file *os.File, number uint64) error {
	element := make([]byte, elemsize)
	binary.LittleEndian.PutUint64(element, number)
	_, err := file.Write(element)
	return err
}

func recv(file *os.File) (uint64, error) {
	element := make([]byte, elemsize)
	n, err := file.Read(element)
	if err != nil {
		return 0, err
	}
	expect(elemsize, n)
	return binary.LittleEndian.Uint64(element), nil
}
