package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"consilium/internal/directory"
)

// progress tells how far a long work is: on a terminal one line that is written over
// and over, elsewhere a line every few seconds.
type progress struct {
	out      io.Writer
	terminal bool
	rows     func() int64

	mu      sync.Mutex
	label   string
	share   func() float64
	began   time.Time
	rowsWas int64
	of      directory.Progress

	stop  chan struct{}
	ended sync.WaitGroup
	once  sync.Once
}

// How often progress is told.
const (
	onTerminal = 200 * time.Millisecond
	inLog      = 5 * time.Second
)

// showProgress begins; rows gives the rows read until now.
func showProgress(out io.Writer, rows func() int64) *progress {
	p := &progress{out: out, rows: rows, stop: make(chan struct{}), label: "reading", began: time.Now()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.terminal = true
		}
	}
	every := inLog
	if p.terminal {
		every = onTerminal
	}
	p.ended.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				p.tell(time.Now())
			}
		}
	})
	return p
}

// phase begins the next part of the work; share gives how much of it is done, nil when
// nobody knows.
func (p *progress) phase(label string, share func() float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.label, p.share, p.began, p.rowsWas, p.of = label, share, time.Now(), p.rows(), directory.Progress{}
}

// building takes what the builder says of its own work.
func (p *progress) building(x directory.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of.Phase != x.Phase {
		p.label, p.share, p.began = x.Phase, nil, time.Now()
	}
	p.of = x
}

func (p *progress) tell(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.line(now)
	if p.terminal {
		fmt.Fprintf(p.out, "\r%s\x1b[K", line)
		return
	}
	fmt.Fprintln(p.out, line)
}

// line is such as "file 3 of 9, nppes [#####-----]  50 %  131,000 rows/s  0:32 left".
func (p *progress) line(now time.Time) string {
	took := now.Sub(p.began)
	done, share := p.rows()-p.rowsWas, -1.0
	unit := "rows"
	switch {
	case p.of.Phase != "":
		done, unit = p.of.Done, ""
		if p.of.Of > 0 {
			share = float64(p.of.Done) / float64(p.of.Of)
		}
	case p.share != nil:
		share = p.share()
	}
	var b strings.Builder
	b.WriteString(p.label)
	if share >= 0 {
		share = min(share, 1)
		full := int(share * 20)
		fmt.Fprintf(&b, " [%s%s] %3.0f %%", strings.Repeat("#", full), strings.Repeat("-", 20-full), share*100)
	}
	if unit != "" && took > 0 {
		fmt.Fprintf(&b, "  %s rows/s", grouped(int64(float64(done)/took.Seconds())))
	}
	if share > 0.01 && took > time.Second {
		left := time.Duration(float64(took) * (1 - share) / share).Round(time.Second)
		fmt.Fprintf(&b, "  %d:%02d left", int(left.Minutes()), int(left.Seconds())%60)
	}
	return b.String()
}

// end stops it and wipes the line; it may be called twice.
func (p *progress) end() {
	p.once.Do(func() {
		close(p.stop)
		p.ended.Wait()
		if p.terminal {
			fmt.Fprint(p.out, "\r\x1b[K")
		}
	})
}

// peakMemory is the most memory that this process had, as Linux counts it; 0 where it
// is not known.
func peakMemory() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
