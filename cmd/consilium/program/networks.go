package program

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"consilium/internal/directory/network"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// NetworksFolder is where in the data folder the plan networks are looked for: files
// made by `directory network build`.
const NetworksFolder = "networks"

// networks are the files of a folder. One that is put there or replaced while the
// server runs is taken up; a damaged one is told of and left out.
type networks struct {
	dir string
	log *slog.Logger

	mu   sync.Mutex
	open map[string]opened // by path
}

// opened is a file as it was when it was read.
type opened struct {
	info os.FileInfo
	net  *network.Network // nil: damaged
}

// Names are what people call the networks, in order.
func (n *networks) Names() []string {
	var names []string
	for _, o := range n.look() {
		names = append(names, o.Name())
	}
	slices.Sort(names)
	return names
}

// Open gives the network of this name. NotFound when there is none.
func (n *networks) Open(name string) (expert.Members, error) {
	for _, o := range n.look() {
		if o.Name() == name {
			return o, nil
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}

func (n *networks) look() []*network.Network {
	n.mu.Lock()
	defer n.mu.Unlock()
	paths, _ := filepath.Glob(filepath.Join(n.dir, "*")) // the pattern is ours and right
	now := map[string]opened{}
	var all []*network.Network
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil || !info.Mode().IsRegular() || filepath.Base(p)[0] == '.' {
			continue
		}
		o, had := n.open[p]
		if !had || !os.SameFile(o.info, info) || !o.info.ModTime().Equal(info.ModTime()) || o.info.Size() != info.Size() {
			net, err := network.Open(p)
			if err != nil {
				n.log.Error("a plan's network file is not as it should be and is left out", "file", p, "error", err.Error())
				net = nil
			}
			o = opened{info, net}
		}
		now[p] = o
		if o.net != nil {
			all = append(all, o.net)
		}
	}
	n.open = now
	return all
}
