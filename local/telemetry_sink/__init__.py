"""Application Insights' ingestion endpoint on one machine: takes envelopes, keeps them as JSON lines, shows them."""
