// Looks at the files of the collector's queues before it starts, puts aside those that it could not open, and then
// becomes the collector.
//
//	queuecheck FOLDER [COLLECTOR [ARGUMENT...]]
//
// The storage's own `recreate: true` knows one kind of corruption: most others end the collector at every start.
//
// It also holds room in reserve. A collector that starts puts what was on its way back into its queue, and on a full
// volume it loses that: so the reserve is given up to a start that finds no room, and made anew by one that does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

const (
	aside       = ".corrupt-"
	fileFlag    = "--file"
	reserveName = "reserve"
	// A collector has 8 MiB on its way at most: two batches for Loki and for traces, one for Prometheus and for Sentry.
	reserveBytes = 16 << 20
	panicCode    = 2
	corruptCode  = 3
	patience     = 2 * time.Minute
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == fileFlag {
		os.Exit(checkFile(os.Args[2]))
	}
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: queuecheck FOLDER [COLLECTOR [ARGUMENT...]]")
		os.Exit(2)
	}
	_ = os.MkdirAll(os.Args[1], 0o700)
	checkFolder(os.Args[1])
	keepReserve(os.Args[1])
	if len(os.Args) > 2 {
		err := syscall.Exec(os.Args[2], os.Args[2:], os.Environ())
		say("%s cannot be started: %v", os.Args[2], err)
		os.Exit(1)
	}
}

// checkFolder never fails: what it cannot judge is left to the collector.
func checkFolder(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		say("%s cannot be read: %v", folder, err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if name == reserveName || strings.Contains(name, aside) || strings.HasSuffix(name, ".backup") || strings.HasPrefix(name, "tempdb") {
			continue
		}
		path := filepath.Join(folder, name)
		reason := "it is no file"
		if entry.Type().IsRegular() {
			reason = askChild(path)
		}
		if reason != "" {
			putAside(path, reason)
		}
	}
}

// askChild looks at a file in a process of its own, since a corrupt one may end whoever reads it.
func askChild(path string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	output, err := exec.CommandContext(ctx, "/proc/self/exe", fileFlag, path).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &exit) && (exit.ExitCode() == panicCode || exit.ExitCode() == corruptCode):
		return firstLine(output)
	default:
		say("%s is left as it is, it could not be looked at: %v %s", path, err, firstLine(output))
		return ""
	}
}

func checkFile(path string) int {
	if status, err := os.Stat(path); err == nil && status.Size() == 0 {
		return 0
	}
	// Opened as the collector does, which goes through every page; not bbolt's own Check, which also refuses a torn one of
	// the two meta pages, and bbolt has two so that one may be torn.
	options := bbolt.Options{Timeout: time.Second, ReadOnly: true, PreLoadFreelist: true, NoFreelistSync: true}
	database, err := bbolt.Open(path, 0o600, &options)
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout), errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist):
		fmt.Println(err)
		return 1
	case err != nil:
		fmt.Println(err)
		return corruptCode
	}
	defer database.Close()
	err = database.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(_, _ []byte) error { return nil })
		})
	})
	if err != nil {
		fmt.Println(err)
		return corruptCode
	}
	return 0
}

func putAside(path, reason string) {
	target := path + aside + time.Now().UTC().Format("20060102T150405.000Z")
	if err := os.Rename(path, target); err != nil {
		say("%s is corrupt (%s) and cannot be put aside: %v", path, reason, err)
		return
	}
	say("%s was corrupt (%s): put aside as %s; what waited in it is not sent", path, reason, target)
}

// keepReserve never fails either: without a reserve the collector runs as it would.
func keepReserve(folder string) {
	var volume syscall.Statfs_t
	if syscall.Statfs(folder, &volume) != nil {
		return
	}
	path, size := filepath.Join(folder, reserveName), int64(reserveBytes)
	if quarter := int64(volume.Blocks) * volume.Bsize / 4; quarter < size {
		size = quarter
	}
	if status, err := os.Stat(path); err == nil && status.Size() >= size {
		if int64(volume.Bavail)*volume.Bsize >= size {
			return
		}
		say("the volume of %s is full: its reserve of %d KiB is given up, so that what was on its way is kept", folder, size>>10)
		_ = os.Remove(path)
		return
	}
	if int64(volume.Bavail)*volume.Bsize < 3*size {
		return
	}
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		_ = os.Remove(path)
	}
}

func firstLine(output []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return line
}

func say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "queuecheck: "+format+"\n", values...)
}
