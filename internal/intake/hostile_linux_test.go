package intake_test

import "syscall"

// maxResident gives the most memory that a process had, in bytes.
func maxResident(u *syscall.Rusage) int64 { return u.Maxrss << 10 }
