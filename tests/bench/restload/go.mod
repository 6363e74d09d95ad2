module mtsuite.dev/tests/bench/restload

go 1.26.0
