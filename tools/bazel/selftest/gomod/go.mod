module mtsuite/selftest

go 1.24
