//go:build unix && !linux

package intake_test

import "syscall"

// maxResident gives the most memory that a process had; macOS counts in bytes.
func maxResident(u *syscall.Rusage) int64 { return u.Maxrss }
