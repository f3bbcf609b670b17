package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"consilium/internal/directory"
	"consilium/internal/directory/network"
	"consilium/internal/expert"
)

type expertsCommands struct {
	Search expertsSearchCommand `cmd:"" help:"Search the national directory, with each reason and each tie."`
}

type expertsSearchCommand struct {
	asked
	kept
	Directory string `help:"The directory file, made by directory build." env:"CONSILIUM_DIRECTORY" placeholder:"FILE"`
}

// Run answers one question. Opening the file is no part of the time that the answer
// names: a server opens it once.
func (q expertsSearchCommand) Run(ctx context.Context, c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in expert.Question
	if err := q.read(c, &in); err != nil {
		return err
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	if q.Directory == "" {
		return wrong{exitWrong, errors.New("--directory: name the directory file, or set CONSILIUM_DIRECTORY; consilium directory build makes one")}
	}
	d, err := directory.Open(q.Directory)
	if err != nil {
		return wrong{exitWrong, fmt.Errorf("--directory: %s cannot be used: %w", q.Directory, err)}
	}
	defer d.Close()
	from := expert.Sources{Book: book, Directory: d, Network: networkOf, Lang: q.Lang}
	start := time.Now()
	answer, err := expert.Search(ctx, in, on, from)
	if err != nil {
		return refused(err)
	}
	answer.TookUS = time.Since(start).Microseconds()
	return write(c.Out, answer)
}

// networkOf opens a plan's network for a search. The file is read whole, so that it
// needs no closing.
func networkOf(file string) (expert.Members, error) {
	n, err := network.Open(file)
	if err != nil {
		return nil, err
	}
	return n, nil
}
