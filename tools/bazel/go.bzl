"""Go inside `bazel build //...`: the go command does the work, with its own caches and module proxy.

rules_go would have to be downloaded. What go reads is `srcs`, so list every file of the module, go.mod and go.sum too.
"""

_REQUIREMENTS = {
    "local": "1",
    "no-sandbox": "1",
    "requires-network": "1",
}

def _go_binary_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.run(
        executable = ctx.executable._go,
        arguments = [
            ctx.file.go_mod.path,
            "build",
            "-ldflags=" + " ".join(ctx.attr.ldflags),
            "-o",
            "@OUT@/" + output.path,
            ctx.attr.package,
        ],
        inputs = depset([ctx.file.go_mod] + ctx.files.srcs),
        outputs = [output],
        use_default_shell_env = True,
        execution_requirements = _REQUIREMENTS,
        mnemonic = "GoBuild",
        progress_message = "Building Go package %s of %s" % (ctx.attr.package, ctx.label.package),
    )
    return [DefaultInfo(
        executable = output,
        files = depset([output]),
        runfiles = ctx.runfiles([output] + ctx.files.data),
    )]

mtsuite_go_binary = rule(
    implementation = _go_binary_impl,
    doc = "An executable built by `go build`, static and without local paths in it.",
    executable = True,
    attrs = {
        "go_mod": attr.label(allow_single_file = ["go.mod"], mandatory = True, doc = "The module's go.mod."),
        "package": attr.string(default = ".", doc = "Main package, relative to the module: `.` or `./cmd/x`."),
        "srcs": attr.label_list(allow_files = True, doc = "Every file of the module that the build may read."),
        "data": attr.label_list(allow_files = True),
        "ldflags": attr.string_list(default = ["-s", "-w"]),
        "_go": attr.label(
            default = "//tools/bazel:go.sh",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)

def mtsuite_go_test(name, go_mod, srcs, packages = ["./..."], args = [], tags = [], **kwargs):
    """`go test`, with the vet checks it runs by itself, as one Bazel test.

    Args:
      name: target name.
      go_mod: the module's go.mod.
      srcs: every file that the tests may read.
      packages: what to test, relative to the module.
      args: more arguments of `go test`, for example `-race` (which needs cgo) or `-run=…`.
      tags: as everywhere.
      **kwargs: as for sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools/bazel:go.sh"],
        args = ["$(location %s)" % go_mod, "test", "-count=1"] + args + packages,
        data = [go_mod] + srcs,
        tags = tags + ["go", "local", "no-sandbox", "requires-network"],
        **kwargs
    )
