"""What a person reads of the graph: entity pages, statistics, tables."""
