"""The slip printers: layout, drivers, the print worker, and a virtual printer for demo and tests."""
