package fileutil

import (
	"errors"
	"os"
)

// WASI preview 1 neither maps files into memory nor locks them, and nothing that we use asks for it.

func mmap(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func munmap([]byte) error { return errors.ErrUnsupported }

func newLock(string) (Releaser, error) { return nil, errors.ErrUnsupported }
