"""Fuzz targets: coverage-guided under clang, their corpus as an ordinary test everywhere else."""

def mtsuite_fuzz_test(name, srcs, corpus, deps = [], size = "small", tags = [], **kwargs):
    """One fuzz target: a function `extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t)`.

    `bazel test //x:<name>` replays the corpus, and fails if it is empty.
    `tools/fuzz //x:<name> [seconds]` searches for new inputs with libFuzzer, starting from the corpus.

    Args:
      name: target name.
      srcs: source files; no main().
      corpus: inputs, usually glob(["corpus/**"]); keep every input that once failed.
      deps: what the target calls.
      size: of the replay test.
      tags: as everywhere.
      **kwargs: for cc_test and cc_binary, for example copts.
    """
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs,
        args = ["$(locations %s)" % (":" + name + "_corpus")],
        data = [":" + name + "_corpus"],
        tags = tags + ["fuzz-replay"],
        deps = deps + ["//tests/fuzz:replay_main"],
        **kwargs
    )
    native.filegroup(
        name = name + "_corpus",
        srcs = corpus,
        visibility = ["//visibility:public"],
    )

    # Manual: it links only with clang, that is under --config=fuzz.
    native.cc_binary(
        name = name + "_libfuzzer",
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = tags + ["manual"],
        deps = deps,
        **kwargs
    )
