// Options and suppressions that every test under a sanitizer starts with. Linked in through
// @system//:gtest_main and
// //tests/fuzz:replay_main; in an ordinary build this file is empty.
//
// Suppress only what Debian's uninstrumented libraries cause, one line each, with the reason.

#if defined(MTSUITE_ASAN)

extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_init_order=1:check_initialization_order=1:"
         "strict_string_checks=1:detect_leaks=1";
}

extern "C" const char* __lsan_default_suppressions() {
  // Nothing so far: gRPC 1.51, protobuf and SOCI free what they allocate, or keep it reachable.
  return "";
}

#endif

#if defined(MTSUITE_TSAN)

extern "C" const char* __tsan_default_options() { return "second_deadlock_stack=1"; }

extern "C" const char* __tsan_default_suppressions() {
  // The locks and atomics inside these libraries are invisible, so what they hand from thread to thread looks
  // unsynchronised. (absl::Mutex is not among them: see tsan_mutex.cc.)
  return "race:libgrpc.so\n"
         "race:libgrpc++.so\n"
         "race:libgpr.so\n"
         "race:libprotobuf.so\n"
         "race:libprometheus-cpp-pull.so\n"
         "race:libspdlog.so\n"
         "race:libabsl_\n"
         "mutex:libabsl_synchronization.so\n"
         "deadlock:libabsl_synchronization.so\n";
}

#endif
