package document

import (
	"time"

	"golang.org/x/sys/unix"
)

// confine bounds a process that has started: its memory, its processor time, and
// that it writes no files.
func confine(pid int, limit time.Duration) {
	set := func(what int, most uint64) {
		l := unix.Rlimit{Cur: most, Max: most}
		_ = unix.Prlimit(pid, what, &l, nil) // where it is not allowed, the time limit still holds
	}
	set(unix.RLIMIT_AS, programMemory)
	set(unix.RLIMIT_CPU, uint64(limit/time.Second)+1)
	set(unix.RLIMIT_FSIZE, 0)
	set(unix.RLIMIT_CORE, 0)
	set(unix.RLIMIT_NOFILE, 64)
}
