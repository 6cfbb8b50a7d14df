"""Adds plugins to LocalStack's own registry. LocalStack finds plugins only in installed packages."""

from plux import PluginManager, PluginSpec


def add(manager: PluginManager, spec: PluginSpec) -> None:
    manager._plugins[spec.name] = manager._create_container(spec)
