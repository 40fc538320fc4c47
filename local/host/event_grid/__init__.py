"""Event Grid's part: Azurite tells nobody of new blobs, so this finds them and delivers BlobCreated events."""
