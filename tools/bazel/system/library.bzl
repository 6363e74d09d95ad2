"""A cc_library for a library that is installed under /usr."""

def system_library(name, libs = [], deps = [], defines = [], pthread = False, always_link = False):
    """Declares one system library.

    Args:
      name: target name; `@system//:<name>`.
      libs: names for the linker, as after -l, dependants before dependencies.
      deps: system libraries whose symbols the headers of this one need.
      defines: macros that the headers need, passed on to every dependant.
      pthread: link with -pthread.
      always_link: keep the library although no symbol of it is used (static registration).
    """
    options = ["-l" + lib for lib in libs]
    if always_link:
        options = ["-Wl,--push-state,--no-as-needed"] + options + ["-Wl,--pop-state"]
    if pthread:
        options.append("-pthread")
    native.cc_library(
        name = name,
        defines = defines,
        linkopts = options,
        visibility = ["//visibility:public"],
        deps = deps,
    )
