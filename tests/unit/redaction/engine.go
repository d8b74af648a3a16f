// Applies the policy with Go's engine, as the collector does: reads {"patterns": [[expression, replacement]], "texts": […]}
// from standard input and writes the masked texts as a JSON list.
package main

import (
	"encoding/json"
	"os"
	"regexp"
	"runtime"
	"sync"
)

func main() {
	var given struct {
		Patterns [][2]string
		Texts    []string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	var expressions []*regexp.Regexp
	for _, pattern := range given.Patterns {
		expressions = append(expressions, regexp.MustCompile(pattern[0]))
	}
	var running sync.WaitGroup
	workers := runtime.NumCPU()
	for worker := range workers {
		running.Go(func() {
			for index := worker; index < len(given.Texts); index += workers {
				for number, expression := range expressions {
					given.Texts[index] = expression.ReplaceAllString(given.Texts[index], given.Patterns[number][1])
				}
			}
		})
	}
	running.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(given.Texts); err != nil {
		panic(err)
	}
}
