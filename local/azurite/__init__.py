"""Azurite, Microsoft's storage emulator, as a service of the local world: blobs, queues and tables on disk."""
