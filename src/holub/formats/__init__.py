"""What travels. Bytes in, bytes out: no socket, file, database, clock or hidden source of randomness."""
