// Command hello proves that the Go rules of this workspace build and test.
package main

import "fmt"

func greeting(name string) string { return "hello " + name }

func main() { fmt.Println(greeting("mtsuite")) }
