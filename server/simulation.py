"""placeholder until the simulation builder writes it"""
