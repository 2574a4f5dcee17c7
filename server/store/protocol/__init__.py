"""The Store protocol by subject: rows as they are kept, what may be asked (`…Reader`), what changes them (`…Tx`)."""
