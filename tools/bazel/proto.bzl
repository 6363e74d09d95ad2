"""C++ libraries from .proto files, by the protoc and grpc_cpp_plugin that Debian installs."""

_PROTOC = "/usr/bin/protoc"
_GRPC_PLUGIN = "/usr/bin/grpc_cpp_plugin"
_SYSTEM_PROTOS = "/usr/include"

MtsuiteProtoInfo = provider(fields = {
    "direct": "this target's .proto files",
    "sources": "depset of .proto files, this target's and its dependencies'",
    "roots": "depset of import roots (directories), this target's and its dependencies'",
})

def _import_root(ctx):
    """Directory, relative to the execution root, that import paths of this target's files start from."""
    parts = [part for part in [ctx.label.workspace_root, ctx.attr.import_root] if part]
    return "/".join(parts) or "."

def _relative_to(root, file):
    if root == ".":
        return file.path
    if not file.path.startswith(root + "/"):
        fail("%s is not below the import root %s" % (file.path, root))
    return file.path[len(root) + 1:]

def _proto_info(ctx):
    deps = [dep[MtsuiteProtoInfo] for dep in ctx.attr.deps]
    return MtsuiteProtoInfo(
        direct = ctx.files.srcs,
        sources = depset(ctx.files.srcs, transitive = [dep.sources for dep in deps]),
        roots = depset([_import_root(ctx)], order = "preorder", transitive = [dep.roots for dep in deps]),
    )

def _protoc_arguments(ctx, info):
    args = ctx.actions.args()

    # protoc names a file by the first -I that contains it, so the workspace root, which contains all, comes last.
    roots = info.roots.to_list()
    args.add_all([root for root in roots if root != "."], format_each = "-I%s")
    if "." in roots:
        args.add("-I.")
    args.add("-I" + _SYSTEM_PROTOS)
    return args

def _declare(ctx, file, suffix):
    """A generated file next to its source: same package, .proto replaced by the suffix."""
    package_dir = "/".join([part for part in [ctx.label.workspace_root, ctx.label.package] if part])
    path = file.path[len(package_dir) + 1:] if package_dir else file.path
    return ctx.actions.declare_file(path[:-len(".proto")] + suffix)

def _cc_sources_impl(ctx):
    info = _proto_info(ctx)
    root = _import_root(ctx)
    out_root = ctx.bin_dir.path if root == "." else ctx.bin_dir.path + "/" + root
    headers = []
    sources = []

    # One action per file, so that a changed file costs one protoc run and one or two compilations.
    for file in ctx.files.srcs:
        new_headers = [_declare(ctx, file, ".pb.h")]
        new_sources = [_declare(ctx, file, ".pb.cc")]
        args = _protoc_arguments(ctx, info)
        args.add("--cpp_out=" + out_root)
        if ctx.attr.grpc:
            new_headers.append(_declare(ctx, file, ".grpc.pb.h"))
            new_sources.append(_declare(ctx, file, ".grpc.pb.cc"))
            args.add("--plugin=protoc-gen-grpc=" + _GRPC_PLUGIN)
            args.add("--grpc_out=" + out_root)
        args.add(_relative_to(root, file))
        ctx.actions.run(
            executable = _PROTOC,
            arguments = [args],
            inputs = info.sources,
            outputs = new_headers + new_sources,
            mnemonic = "Protoc",
            progress_message = "Generating C++ from %s" % file.short_path,
        )
        headers += new_headers
        sources += new_sources
    return [
        info,
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_COMMON_ATTRS = {
    "srcs": attr.label_list(allow_files = [".proto"]),
    "deps": attr.label_list(providers = [MtsuiteProtoInfo]),
    "import_root": attr.string(),
}

_cc_sources = rule(
    implementation = _cc_sources_impl,
    attrs = dict(_COMMON_ATTRS, grpc = attr.bool()),
)

def _descriptors_impl(ctx):
    infos = [dep[MtsuiteProtoInfo] for dep in ctx.attr.deps]
    info = MtsuiteProtoInfo(
        direct = [],
        sources = depset(transitive = [dep.sources for dep in infos]),
        roots = depset(transitive = [dep.roots for dep in infos]),
    )
    output = ctx.actions.declare_file(ctx.label.name + ".binpb")
    args = _protoc_arguments(ctx, info)
    args.add("--include_imports")
    args.add("--include_source_info")
    args.add("--descriptor_set_out=" + output.path)
    for dep in infos:
        args.add_all(dep.direct)
    ctx.actions.run(
        executable = _PROTOC,
        arguments = [args],
        inputs = info.sources,
        outputs = [output],
        mnemonic = "ProtocDescriptors",
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

_descriptors = rule(
    implementation = _descriptors_impl,
    attrs = {
        "deps": attr.label_list(providers = [MtsuiteProtoInfo]),
    },
)

def _sources_of(label):
    """Label of the generating target behind a mtsuite_cc_proto label."""
    if ":" in label:
        return label + "_generated"
    return label + ":" + label.split("/")[-1] + "_generated"

def mtsuite_cc_proto(name, srcs, deps = [], grpc = False, import_root = None, visibility = None):
    """A cc_library of the messages (and with `grpc`, the services) of some .proto files.

    Args:
      name: the cc_library; include `"<path below the import root>/<file>.pb.h"`.
      srcs: .proto files of this package.
      deps: other mtsuite_cc_proto targets whose files are imported, google/protobuf/*.proto excepted.
      grpc: also generate `<file>.grpc.pb.h`.
      import_root: where import paths start, relative to the workspace root. Default: `proto` for packages in
        proto/, else the workspace root.
      visibility: as everywhere; default: the package's.
    """
    package = native.package_name()
    if import_root == None:
        import_root = "proto" if (package + "/").startswith("proto/") else ""
    _cc_sources(
        name = name + "_generated",
        srcs = srcs,
        grpc = grpc,
        import_root = import_root,
        visibility = ["//visibility:public"],
        deps = [_sources_of(dep) for dep in deps],
    )
    for group in ["headers", "sources"]:
        native.filegroup(
            name = name + "_" + group,
            srcs = [":" + name + "_generated"],
            output_group = group,
            visibility = ["//visibility:private"],
        )
    if import_root == package:
        includes = ["."]
    elif package.startswith(import_root + "/"):
        includes = ["/".join([".."] * (package[len(import_root):].count("/")))]
    else:
        includes = []  # The workspace root is on every include path.
    native.cc_library(
        name = name,
        srcs = [":" + name + "_sources"] if srcs else [],
        hdrs = [":" + name + "_headers"] if srcs else [],
        # Generated code: its warnings are not ours to mend, and instrumenting it doubles the time of a sanitizer build.
        copts = ["-w"] + select({
            "@mtsuite//tools/sanitizers:enabled": [
                "-fno-sanitize=all",
                "-g0",
                "-O0",
            ],
            "//conditions:default": [],
        }),
        includes = includes,
        visibility = visibility,
        deps = deps + ["@system//:protobuf"] + (["@system//:grpc++"] if grpc else []),
    )

def mtsuite_proto_descriptors(name, deps, **kwargs):
    """A FileDescriptorSet (`<name>.binpb`, with imports and comments) of some mtsuite_cc_proto targets."""
    _descriptors(
        name = name,
        deps = [_sources_of(dep) for dep in deps],
        **kwargs
    )
