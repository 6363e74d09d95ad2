// Options and suppressions that every test under a sanitizer starts with. Linked in through
// @system//:gtest_main and
// //tests/fuzz:replay_main; in an ordinary build this file is empty.
//
// Suppress only what Debian's uninstrumented libraries cause, one line each, with the reason.

#if defined(__SANITIZE_ADDRESS__)

extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_init_order=1:check_initialization_order=1:"
         "strict_string_checks=1:detect_leaks=1";
}

extern "C" const char* __lsan_default_suppressions() {
  // Nothing so far: gRPC 1.51, protobuf and SOCI free what they allocate, or keep it reachable.
  return "";
}

#endif

#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_options() {
  return "second_deadlock_stack=1:ignore_noninstrumented_modules=1";
}

extern "C" const char* __tsan_default_suppressions() {
  // ThreadSanitizer cannot see the locks and atomics inside these libraries, so what they hand from thread to
  // thread looks unsynchronised.
  return "called_from_lib:libgrpc.so\n"
         "called_from_lib:libgrpc++.so\n"
         "called_from_lib:libgpr.so\n"
         "called_from_lib:libabsl_synchronization.so\n"
         "called_from_lib:libprometheus-cpp-pull.so\n"
         "race:^grpc::\n"
         "mutex:libabsl_synchronization.so\n";
}

#endif
