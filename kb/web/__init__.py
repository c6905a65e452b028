"""The site: pages and JSON over the knowledge base; the only user of Datasette."""
