package storagetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Postgres is an empty schema on a PostgreSQL server that lives as long as the
// test binary: it is made on first use, on a socket in a folder of its own, and
// goes when the binary ends, however it ends. Where PostgreSQL is not installed the
// test is skipped, and fails when CI is "true".
func Postgres(t testing.TB) Place {
	t.Helper()
	server.once.Do(func() { server.socket, server.err = startPostgres() })
	if errors.Is(server.err, errNotInstalled) && os.Getenv("CI") != "true" {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatalf("start PostgreSQL: %v", server.err)
	}
	// A schema of its own for each test: a database would be copied file by file.
	name := "test_" + strings.ToLower(rand.Text())
	admin(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { admin(t, "DROP SCHEMA "+name+" CASCADE") })
	return Place{URL: address(server.socket, name), Keys: NewKeys(t)}
}

func admin(t testing.TB, query string) {
	t.Helper()
	db, err := sql.Open("pgx", address(server.socket, "public"))
	must(t, err)
	defer db.Close()
	_, err = db.Exec(query)
	must(t, err)
}

var server struct {
	once   sync.Once
	socket string
	err    error
	hold   *os.File // the server goes when this end of the pipe is closed
}

var errNotInstalled = errors.New("PostgreSQL is not installed: install the package postgresql (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql)")

func address(socket, schema string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {socket}, "sslmode": {"disable"}, "search_path": {schema}}.Encode()}
	return u.String()
}

// script makes a server, says so on a file, waits until its standard input ends and
// takes everything away. fsync stays on: what is tested is what is run.
const script = `
"$1/initdb" -D "$2/data" -U postgres --auth=trust -E UTF8 --locale=C --no-sync >"$2/initdb.log" 2>&1 || { cp "$2/initdb.log" "$2/failed"; }
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c unix_socket_permissions=0777 -c shared_buffers=32MB -c max_connections=100 -c autovacuum=off -c logging_collector=off -c wal_level=minimal -c max_wal_senders=0 -c full_page_writes=off -c checkpoint_timeout=1h -c max_wal_size=4GB >"$2/server.log" 2>&1 &
pid=$!
cat >/dev/null
kill -INT $pid 2>/dev/null
wait $pid
rm -rf "$2"
`

func startPostgres() (socket string, err error) {
	bin, err := postgresBin()
	if err != nil {
		return "", err
	}
	// Not the test's own temporary folder: a socket's path may have 100 letters only,
	// and the server must be able to enter it.
	dir, err := os.MkdirTemp("/tmp", "consilium-pg-")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("/bin/sh", "-c", script, "sh", bin, dir)
	cmd.Dir = dir
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root.
		u, err := user.Lookup("postgres")
		if err != nil {
			return "", fmt.Errorf("running as root and there is no user postgres to run the server as: %w", err)
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return "", err
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	cmd.Stdin, server.hold = r, w
	if err := cmd.Start(); err != nil {
		return "", err
	}
	r.Close()
	db, err := sql.Open("pgx", address(dir, "public"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if why, err := os.ReadFile(filepath.Join(dir, "failed")); err == nil {
			w.Close()
			return "", fmt.Errorf("initdb: %s", why)
		}
		if err = db.PingContext(context.Background()); err == nil {
			return dir, nil
		}
	}
	why, _ := os.ReadFile(filepath.Join(dir, "server.log"))
	w.Close()
	return "", fmt.Errorf("the server does not answer: %w: %s", err, why)
}

// postgresBin finds the folder of initdb and postgres, the newest version first.
func postgresBin() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), nil
		}
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/local/opt/postgresql*/bin/initdb"} {
		names, _ := filepath.Glob(pattern)
		found = append(found, names...)
	}
	if len(found) == 0 {
		return "", errNotInstalled
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1]), nil
}
