"""LocalStack finds its parts in packages that are installed; ours are added where it looks them up."""

from plux import PluginManager, PluginSpec


def add(manager: PluginManager, spec: PluginSpec) -> None:
    manager._plugins[spec.name] = manager._create_container(spec)
