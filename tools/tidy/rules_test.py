"""Each rule finds what it is for and leaves the rest alone."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rules


def lines(rule, path, text):
    return [line for line, _ in rule(path, text)]


class RulesTest(unittest.TestCase):
    def test_sleeps(self):
        self.assertEqual(lines(rules.sleeps, "common/x/x.cc", "a;\nabsl::SleepFor(d);\n"), [2])
        self.assertEqual(lines(rules.sleeps, "common/x/x.cc", "// never SleepFor(d)\n"), [])
        self.assertEqual(lines(rules.sleeps, "common/clock/clock.cc", "absl::SleepFor(d);\n"), [])

    def test_clocks(self):
        self.assertEqual(lines(rules.clocks, "services/a/a.cc", "absl::Now();\n"), [1])
        self.assertEqual(lines(rules.clocks, "services/a/a.cc", "std::chrono::steady_clock::now();\n"), [1])
        self.assertEqual(lines(rules.clocks, "services/a/a.cc", "clock.Now();\nuptime(0);\n"), [])

    def test_doubles(self):
        proto = "message A {\n  // a double is bad\n  double balance = 1;\n  string doubled = 2;\n}\n"
        self.assertEqual(lines(rules.doubles, "proto/mtsuite/accounts/v1/a.proto", proto), [3])
        self.assertEqual(lines(rules.doubles, "proto/mtsuite/sim/v1/a.proto", proto), [])

    def test_stdout(self):
        self.assertEqual(lines(rules.stdout, "services/a/a.cc", "std::cout << 1;\n"), [1])
        self.assertEqual(lines(rules.stdout, "services/a/a_test.cc", "std::cout << 1;\n"), [])
        self.assertEqual(lines(rules.stdout, "services/a/a.cc", 'snprintf(buffer, 2, "a");\n'), [])

    def test_file_length(self):
        self.assertEqual(lines(rules.file_length, "a.cc", "\n" * 400), [])
        self.assertEqual(lines(rules.file_length, "a.cc", "\n" * 401), [401])
        self.assertEqual(lines(rules.file_length, "a.proto", "  // Why.\n" * 401), [])
        self.assertEqual(lines(rules.file_length, "a.md", "\n" * 401), [])

    def test_function_length(self):
        body = "  f();\n" * 69
        self.assertEqual(lines(rules.function_length, "a.cc", "namespace x {\nvoid A() {\n" + body + "}\n}\n"), [2])
        body = "  f();\n" * 68
        self.assertEqual(lines(rules.function_length, "a.cc", "namespace x {\nvoid A() {\n" + body + "}\n}\n"), [])

    def test_function_length_skips_containers_and_literals(self):
        members = "  int a() { return '{'; }  // {\n" * 80
        self.assertEqual(lines(rules.function_length, "a.h", "class A {\n" + members + "};\n"), [])
        self.assertEqual(lines(rules.function_length, "a.cc", 'const char* k = R"({{\n' + "\n" * 90 + ')";\n'), [])
        table = "constexpr int kTable[] = {\n" + "  1,\n" * 90 + "};\n"
        self.assertEqual(lines(rules.function_length, "a.cc", table), [])

    def test_unfinished(self):
        self.assertEqual(lines(rules.unfinished, "a.cc", "// TO" "DO: later\n"), [1])
        self.assertEqual(lines(rules.unfinished, "a.cc", "f();  // XX" "X\n"), [1])
        self.assertEqual(lines(rules.unfinished, "a.cc", 'currency = "XX' 'X";\n'), [])
        self.assertEqual(lines(rules.unfinished, "a.cc", "// the todos of an account\n"), [])

    def test_local_paths(self):
        self.assertEqual(lines(rules.local_paths, "a.md", "see /ho" "me/me/x\n"), [1])
        self.assertEqual(lines(rules.local_paths, "a.md", "GET /v1/workers, ../home/x\n"), [])

    def test_lock_files(self):
        self.assertEqual(lines(rules.lock_files, "package-lock.json", '"resol' 'ved": "https://x"\n'), [1])
        self.assertEqual(lines(rules.lock_files, "package-lock.json", '"version": "1"\n'), [])

    def test_dependencies(self):
        include = '#include "services/accounts/a.h"\n'
        self.assertEqual(lines(rules.dependencies, "services/connector/c.cc", include), [1])
        self.assertEqual(lines(rules.dependencies, "common/rpc/c.cc", include), [1])
        self.assertEqual(lines(rules.dependencies, "services/accounts/b.cc", include), [])
        self.assertEqual(lines(rules.dependencies, "tests/integration/b.cc", include), [])

    def test_headers(self):
        good = "// A.\n#ifndef COMMON_A_B_H_\n#define COMMON_A_B_H_\n#endif\n"
        self.assertEqual(lines(rules.headers, "common/a/b.h", good), [])
        self.assertEqual(lines(rules.headers, "common/a/c.h", good), [1])
        self.assertEqual(lines(rules.headers, "common/a/b.h", good + "using namespace std;\n"), [5])


if __name__ == "__main__":
    unittest.main()
