// Applies the policy with Go's engine, as the collector does: reads {"patterns": [[expression, replacement]], "texts": […]}
// from standard input and writes the masked texts as a JSON list.
package main

import (
	"encoding/json"
	"os"
	"regexp"
)

func main() {
	var given struct {
		Patterns [][2]string
		Texts    []string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	for index, text := range given.Texts {
		for _, pattern := range given.Patterns {
			text = regexp.MustCompile(pattern[0]).ReplaceAllString(text, pattern[1])
		}
		given.Texts[index] = text
	}
	if err := json.NewEncoder(os.Stdout).Encode(given.Texts); err != nil {
		panic(err)
	}
}
