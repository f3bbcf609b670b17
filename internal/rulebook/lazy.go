package rulebook

import (
	"io/fs"
	"sync"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Lazy answers as a Book does and reads a topic when it is first asked about it: for a
// command that asks one question and ends. It takes the rows as they are, so it is for
// rules that were checked, such as those in the program itself.
type Lazy struct {
	files  fs.FS
	mu     sync.Mutex
	topics map[string]*topic
}

// Open gives the rules of a file system without reading any yet.
func Open(files fs.FS) *Lazy { return &Lazy{files: files, topics: map[string]*topic{}} }

// Judge is Book.Judge.
func (l *Lazy) Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict {
	t := l.topic(topic)
	if t == nil {
		return finding.Verdict{}
	}
	return t.judge(facts, on, lang)
}

func (l *Lazy) topic(name string) *topic {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.topics[name]; ok {
		return t
	}
	file := topicFile{name: name + "/rules.yaml"}
	file.read(l.files)
	l.topics[name] = file.topic
	return file.topic
}
